"""The two budgets of a paid call: its provider's month, and its own run. Both are asked before anything leaves.

Not for: counting what is spent (ledger.py), or when the question is put (gate.py, in the transaction that charges).
"""

from partnerforge_dagster.governor import ledger
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.models.failures import OverBudget
from partnerforge_dagster.store.transaction import Transaction


def over_budget(transaction: Transaction, call: Call, spent: int, a_month: int | None) -> OverBudget | None:
    """Why the call may not be paid for, or None. The caller holds the provider's row until it has charged the call.

    `spent` of the provider's budget `a_month`, both in its credits, None for no budget; the run's is in the call's
    context.
    """
    if call.cost <= 0:
        return None
    return _month(call, spent, a_month) or _run(transaction, call)


def _month(call: Call, spent: int, budget: int | None) -> OverBudget | None:
    if budget is None or spent + call.cost <= budget:
        return None
    return OverBudget(
        call.provider,
        f"the call would cost {call.cost} and {spent} of this month's {budget} credits are spent; raise "
        f"PARTNERFORGE_PROVIDERS__{call.provider.upper()}__CREDITS_A_MONTH or wait for the next month",
    )


def _run(transaction: Transaction, call: Call) -> OverBudget | None:
    """The run's credits over all providers, so holding one provider's row is not enough: the run is locked as well."""
    run, budget = call.who.run_id, call.who.max_credits
    if run is None or budget is None:
        return None
    ledger.lock_run(transaction, run)
    spent = ledger.spent_by_run(transaction, run)
    if spent + call.cost <= budget:
        return None
    # The same words for every call, so that a brief tells them as one gap.
    return OverBudget(
        call.provider,
        f"this run's budget of {budget} credits does not cover it; enrich again with a higher --max-credits",
    )

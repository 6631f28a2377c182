"""M14 signal scoring: intent score and the signals behind it.

Not for: the rules (scoring/intent.py) and their weights and half-lives (the seller profile).
"""

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.hiring_signals import HiringSignals
from partnerforge_dagster.models.investor_intelligence import InvestorIntelligence
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.signal_scoring import SignalScoring
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.scoring import observed
from partnerforge_dagster.scoring.intent import Observed, intent_score, score_signals, strength
from partnerforge_dagster.seller import Seller

MOST_SIGNALS = 12


@module
async def signal_scoring(
    account: Account,
    hiring_signals: HiringSignals,
    strategic_context: StrategicContext,
    investor_intelligence: InvestorIntelligence,
    seller: Seller,
) -> SignalScoring:
    """How likely the account is to buy soon: every signal weighed by kind, confidence and age.

    Open roles, dated events and what the company tells its investors each give up to their share of 100 points; a
    module that is unavailable, or could not ask all of its providers, widens the score's band instead of lowering it.
    """
    inquiry = Inquiry(account)
    rules, today = seller.intent, account.as_of.date()
    hiring = inquiry.usable(hiring_signals, name="hiring_signals", subject="hiring")
    events = inquiry.usable(strategic_context, name="strategic_context", subject="events")
    investor = inquiry.usable(investor_intelligence, name="investor_intelligence", subject="filings and priorities")
    if inquiry.status is Status.UNAVAILABLE:
        return inquiry.result(SignalScoring)
    modules = {
        "hiring_signals": Observed(hiring, observed.hiring(hiring, rules, today) if hiring else ()),
        "strategic_context": Observed(events, events.events if events else ()),
        "investor_intelligence": Observed(investor, observed.investor(investor, rules) if investor else ()),
    }
    scored = [one for module_ in modules.values() for one in score_signals(module_.signals, rules, today)]
    if not scored:
        inquiry.nothing_there("buying signals", None, "what could be asked shows no signal")
    return inquiry.result(
        SignalScoring,
        intent=intent_score(modules, rules, today),
        top_signals=tuple(sorted(scored, key=strength)[:MOST_SIGNALS]),
    )

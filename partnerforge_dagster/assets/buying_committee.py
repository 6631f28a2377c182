"""M10 buying committee: who would decide, on what evidence, and which seats are being hired for.

Not for: which titles fill which seat (scoring/committee.py and the seller profile).
"""

from partnerforge_dagster import wording
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.buying_committee import BuyingCommittee, Seat
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.executive_intelligence import ExecutiveIntelligence
from partnerforge_dagster.models.hiring_signals import HiringSignals
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.scoring.committee import fill_seats
from partnerforge_dagster.scoring.stack import some_unasked
from partnerforge_dagster.seller import Seller


@module
async def buying_committee(
    account: Account,
    company_context: CompanyContext,
    hiring_signals: HiringSignals,
    executive_intelligence: ExecutiveIntelligence,
    seller: Seller,
) -> BuyingCommittee:
    """Economic buyer, technical buyer, champion and user: likely holders by title, and matching postings.

    Nobody publishes a buying committee: every candidate is an inference, with a confidence by how well the title fits.
    """
    inquiry = Inquiry(account)
    context = inquiry.usable(company_context, name="company_context", subject="company name")
    hiring = inquiry.usable(hiring_signals, name="hiring_signals", subject="open roles")
    leaders = inquiry.usable(executive_intelligence, name="executive_intelligence", subject="executives")
    seats = fill_seats(
        context.name if context else account.domain,
        leaders.executives if leaders else (),
        hiring.relevant_roles if hiring else (),
        seller,
    )
    if inquiry.status is not Status.UNAVAILABLE:
        _explain(inquiry, seats, all_known=leaders is not None and not some_unasked(leaders))
    return inquiry.result(BuyingCommittee, seats=seats)


def _explain(inquiry: Inquiry, seats: tuple[Seat, ...], *, all_known: bool) -> None:
    """A gap for each seat without a name: empty is only known when all who could name executives were asked."""
    for seat in (seat for seat in seats if not seat.candidates):
        hired = f"; {wording.plural(len(seat.open_roles), 'open role')} would fill it" if seat.open_roles else ""
        if all_known:
            reason = f"no executive that is known has a title for this seat{hired}"
            inquiry.nothing_there(wording.spaced(seat.role), None, reason)
        else:
            reason = f"not everyone who could name executives could be asked{hired}"
            inquiry.could_not_ask(wording.spaced(seat.role), None, reason)

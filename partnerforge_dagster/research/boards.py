"""Whose a job board is, and the postings of several boards as one list.

Not for: finding boards (hiring_signals.py) or judging a role (roles.py).
"""

from collections import Counter
from collections.abc import Iterable

from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.provenance import Answer, Source
from partnerforge_dagster.providers.boards.posting import Posting
from partnerforge_dagster.research.company_names import host_is_of, names_of, normalised


def is_board_of(context: CompanyContext, postings: Iterable[Posting]) -> bool:
    """Whether a board that was only guessed says itself that it is this company's.

    Where it names the employer, that must be the company. Where it does not, a posting must lie on the company's site,
    link to it or give an e-mail address there. That a text has the company's name proves nothing: the board was found
    by that name, and another company may bear it too.
    """
    names = {normalised(name) for name in names_of(context)}
    board = tuple(postings)
    employers = {normalised(posting.company) for posting in board if posting.company}
    if employers:
        return not employers.isdisjoint(names)
    hosts = {host for posting in board for host in (posting.url, *posting.links_to)}
    return any(host_is_of(host, context.account) for host in hosts)


def joined(answers: Iterable[Answer[tuple[Posting, ...]]]) -> tuple[tuple[Posting, Source], ...]:
    """Postings of all boards with their sources; what is posted on two boards counts once.

    Within one board two postings of the same title and place are two openings; of another board's only those count
    that are more than the boards before have.
    """
    kept: dict[str, tuple[Posting, Source]] = {}
    counted: Counter[tuple[str, str]] = Counter()
    for answer in answers:
        here: Counter[tuple[str, str]] = Counter()
        for posting in answer.value or ():
            if posting.url in kept:
                continue
            opening = (posting.title.casefold(), (posting.location or "").casefold())
            here[opening] += 1
            if here[opening] > counted[opening]:
                kept[posting.url] = (posting, answer.source)
        counted |= here
    return tuple(kept.values())

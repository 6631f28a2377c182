"""What happens to companies after the day they were made on, so that a sandbox whose clock is moved on has news.

Every two months something happens to a company, drawn from its domain: a new search product, another technology, a new
head of an office, an event in the news. Postings are closed and opened again. What has happened stays: a world on a
later day has the past of the worlds on earlier days.
Not for: the companies as they were made (companies/, derive.py).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from partnerforge_dagster.providers.sandbox import happenings, vocabulary
from partnerforge_dagster.providers.sandbox.building import EPOCH
from partnerforge_dagster.providers.sandbox.catalogue import CATALOGUE, SEARCH
from partnerforge_dagster.providers.sandbox.company import Company, Event, EventKind, Job, Person, Tech
from partnerforge_dagster.providers.sandbox.draw import Draw

TURN_DAYS = 60
_FIRST_OFFICES = 2
"""Chief executive and finances stay: of known companies those are real people."""
_NEWS: tuple[EventKind, ...] = ("expansion", "launch", "acquisition", "funding", "layoffs", "earnings", "other")


@dataclass(frozen=True)
class _Turn:
    """One thing that happens to a company on a day."""

    day: date
    draw: Draw

    def choose(self, what: str) -> str:
        """The name of a draw that is this turn's own."""
        return f"{what} on {self.day}"


def lived_on(company: Company, today: date) -> Company:
    """The company after all that happened to it until `today`."""
    if company.unknown or today <= EPOCH:
        return company
    for turn in _turns(company.domain, today):
        happening = turn.draw.one(turn.choose("happening"), _HAPPENINGS)
        company = happening(company, turn)
    jobs = (_job_on(job, today, Draw(f"{company.domain} {job.title} {job.posted}")) for job in company.jobs)
    return replace(company, jobs=tuple(job for job in jobs if job is not None))


def _turns(domain: str, today: date) -> Iterator[_Turn]:
    draw = Draw(domain)
    for number in range((today - EPOCH).days // TURN_DAYS + 1):
        day = EPOCH + timedelta(days=number * TURN_DAYS + 1 + int(draw.unit(f"turn {number}") * (TURN_DAYS - 1)))
        if day <= today:
            yield _Turn(day, draw)


def _new_search(company: Company, turn: _Turn) -> Company:
    """Another search product than the one that is live; one time in four the shop's own, which nobody sees."""
    live = [tech.name for tech in company.technologies if tech.last is None and tech.name in SEARCH]
    others = tuple(name for name in SEARCH if name not in live)
    own = bool(live) and turn.draw.unit(turn.choose("own search")) < 0.25
    chosen = None if own else turn.draw.one(turn.choose("search"), others)
    moved = happenings.event_on(turn.day, "replatforming", company.name, turn.draw)
    return _with_event(_with_technology(company, turn.day, gone=set(live), come=chosen), moved)


def _other_technology(company: Company, turn: _Turn) -> Company:
    """One comes and one goes."""
    here = {tech.name for tech in company.technologies}
    live = tuple(tech.name for tech in company.technologies if tech.last is None and tech.name in vocabulary.ELSEWHERE)
    new = tuple(name for name in vocabulary.ELSEWHERE if name not in here)
    gone = {turn.draw.one(turn.choose("gone"), live)} if live else set()
    return _with_technology(company, turn.day, gone=gone, come=turn.draw.one(turn.choose("come"), new) if new else None)


def _with_technology(company: Company, day: date, *, gone: set[str], come: str | None) -> Company:
    kept = [
        replace(tech, last=day, hint=None) if tech.name in gone and tech.last is None else tech
        for tech in company.technologies
        if tech.name != come
    ]
    return replace(company, technologies=(*kept, *([_technology(company, come, day)] if come else [])))


def _technology(company: Company, name: str, day: date) -> Tech:
    entry = CATALOGUE[name]
    hint = entry.hint.replace("{site}", company.domain.split(".")[0]) if entry.hint else None
    return Tech(name, entry.tag, entry.categories, day, None, hint)


def _new_head(company: Company, turn: _Turn) -> Company:
    """Somebody else takes an office."""
    offices = company.executives[_FIRST_OFFICES:]
    if not offices:
        return _news(company, turn)
    leaving = turn.draw.one(turn.choose("leaving"), offices)
    names = {person.name for person in company.executives}
    found = (
        f"{first} {last}"
        for first in turn.draw.some(turn.choose("first"), vocabulary.FIRST, 5)
        for last in turn.draw.some(turn.choose("last"), vocabulary.LAST, 5)
    )
    new = Person(next(name for name in found if name not in names), leaving.title, turn.day)
    people = tuple(new if person is leaving else person for person in company.executives)
    told = happenings.event_on(turn.day, "leadership_change", company.name, turn.draw)
    told = replace(
        told,
        title=f"{company.name} appoints {new.name} as {new.title}",
        snippet=f"{company.name} appointed {new.name} as {new.title}, after {leaving.name} left.",
    )
    return _with_event(replace(company, executives=people), told)


def _news(company: Company, turn: _Turn) -> Company:
    kind = turn.draw.one(turn.choose("news"), _NEWS)
    return _with_event(company, happenings.event_on(turn.day, kind, company.name, turn.draw))


def _with_event(company: Company, event: Event) -> Company:
    """Newest first."""
    return replace(company, events=(event, *company.events))


def _job_on(job: Job, today: date, draw: Draw) -> Job | None:
    """The posting as it is open today: closed some weeks after the world was made, posted anew some weeks later."""
    open_days = (EPOCH - job.posted).days + 10 + int(draw.unit("open") * 80)
    since = (today - job.posted).days % (open_days + 15 + int(draw.unit("pause") * 45))
    return replace(job, posted=today - timedelta(days=since)) if since <= open_days else None


_HAPPENINGS: tuple[Callable[[Company, _Turn], Company], ...] = (
    _new_search,
    _other_technology,
    _other_technology,
    _new_head,
    _new_head,
    _news,
    _news,
)

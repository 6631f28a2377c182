from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnerforge_dagster.providers.sandbox.building import EPOCH
from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.similarweb_rows import visits
from partnerforge_dagster.providers.sandbox.world import World
from partnerforge_dagster.research.event_words import kind_told

DOMAINS = [f"acme-{number}.com" for number in range(40)]
YEAR = EPOCH + timedelta(days=365)

days = st.dates(EPOCH, date(2029, 12, 31))


def facts(company: Company) -> Company:
    """What does not change by being looked at on another day."""
    return replace(company, jobs=(), filings=(), years=())


@pytest.mark.parametrize("domain", ["costco.com", "sallybeauty.com", "acme-tools.com"])
def test_a_day_later_the_past_is_the_same(domain: str) -> None:
    """The next day nothing that has a date has moved."""
    now, later = World(EPOCH).company(domain), World(EPOCH + timedelta(days=1)).company(domain)
    assert facts(now) == facts(later)
    assert now.filings == later.filings
    assert now.years == later.years


@settings(deadline=None)
@given(st.sampled_from(DOMAINS), days, days)
def test_what_has_happened_stays(domain: str, one: date, other: date) -> None:
    """A later world has all events of an earlier one, and lists every technology that was ever seen."""
    before, after = (World(day).company(domain) for day in sorted((one, other)))
    assert set(before.events) <= set(after.events)
    assert {tech.name for tech in before.technologies} <= {tech.name for tech in after.technologies}


@settings(deadline=None)
@given(st.sampled_from(DOMAINS), days, days)
def test_a_month_that_is_over_keeps_its_visits(domain: str, one: date, other: date) -> None:
    """Visits of a month are the same whenever they are asked for."""
    worlds, month = [World(one), World(other)], date(2026, 5, 1)
    assert len({visits(world, world.company(domain), month) for world in worlds}) == 1


@settings(deadline=None)
@given(st.sampled_from(DOMAINS), days)
def test_nothing_lies_ahead(domain: str, today: date) -> None:
    """No technology, event, person or posting of a world is dated after its today."""
    company = World(today).company(domain)
    dated = [
        *(tech.first for tech in company.technologies),
        *(tech.last for tech in company.technologies if tech.last),
        *(event.on for event in company.events),
        *(person.since for person in company.executives if person.since),
        *(job.posted for job in company.jobs),
        *(filing.filed for filing in company.filings),
    ]
    assert max(dated) <= today


def test_every_kind_of_thing_happens_within_a_year() -> None:
    """Among forty companies search products, technologies, people and news change within a year."""
    pairs = [(World(EPOCH).company(domain), World(YEAR).company(domain)) for domain in DOMAINS]
    live = [[{tech.name for tech in one.technologies if tech.last is None} for one in pair] for pair in pairs]
    people = [[{person.name for person in one.executives} for one in pair] for pair in pairs]
    postings = [[{(job.title, job.posted) for job in one.jobs} for one in pair] for pair in pairs]
    assert sum(before - after != set() for before, after in live) > 10
    assert sum(after - before != set() for before, after in live) > 10
    assert sum(before != after for before, after in people) > 10
    assert sum(before != after for before, after in postings) > 10


def test_a_new_head_of_an_office_is_told_as_a_change_of_leadership() -> None:
    """Our own reader understands the news of it."""
    known = World(EPOCH)
    for domain in DOMAINS:
        for event in World(YEAR).company(domain).events:
            if event not in known.company(domain).events and "appoints" in event.title:
                assert kind_told(event.title) == "leadership_change"


def test_a_new_fiscal_year_leaves_the_old_ones_alone() -> None:
    """A year later there is one more fiscal year, and the figures of the known ones are as they were."""
    before, after = World(EPOCH).company("costco.com").years, World(YEAR).company("costco.com").years
    assert after[0].fiscal_year == before[0].fiscal_year + 1
    assert after[1:] == before[:-1]

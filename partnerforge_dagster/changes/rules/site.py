"""What is compared of the site, its visitors and its competitors (M02, M03, M05)."""

from collections.abc import Callable, Iterable

from partnerforge_dagster import wording
from partnerforge_dagster.changes.beliefs import Seen
from partnerforge_dagster.changes.observe import Rule, Sight
from partnerforge_dagster.changes.rules.readers import Reader, first, folded, items, money, number, value
from partnerforge_dagster.models.changes import Significance
from partnerforge_dagster.models.competitor_intelligence import Competitor, CompetitorIntelligence
from partnerforge_dagster.models.provenance import Fact
from partnerforge_dagster.models.technology_stack import RelatedDomain, Technology, TechnologyStack
from partnerforge_dagster.models.traffic_analysis import NamedShare, TrafficAnalysis

_MINOR = Significance.MINOR
_STACK = frozenset(
    {"technologies", "home page", "domain records", "end of the home page", "search vendor", "commerce platform", "CMS"}
)
_LOOKUP = frozenset({"technologies"})


def _technologies(stack: TechnologyStack) -> Sight:
    """What is live on the main site. What other subdomains run (a help desk) comes and goes with them."""
    return items(
        (folded(one.name), Seen(text=_live(one), label=one.name, source=first(one.sources)))
        for one in stack.technologies
        if one.live and one.main_site
    )


def _live(technology: Technology) -> str:
    return f"live ({', '.join(technology.categories)})" if technology.categories else "live"


def _named(fact: Fact[tuple[str, ...]] | None) -> Sight:
    source = first(fact.sources) if fact else None
    return items((name, Seen(text=name, label=name, source=source)) for name in (fact.value if fact else ()))


def _related(stack: TechnologyStack) -> Sight:
    fact = stack.related_domains
    source = first(fact.sources) if fact else None
    related: Iterable[RelatedDomain] = fact.value if fact else ()
    return items((one.domain, Seen(text=one.domain, label=one.domain, source=source)) for one in related)


TECHNOLOGY_STACK: tuple[Rule, ...] = (
    Rule("search_vendor", value("search_vendor"), Significance.ALERT, rests_on=_STACK),
    Rule("commerce_platform", value("commerce_platform"), Significance.ALERT, rests_on=_STACK),
    Rule("cms", value("cms"), rests_on=_STACK),
    Rule("technologies", _technologies, rests_on=_STACK),
    Rule("monthly_spend", money("monthly_spend"), _MINOR, relative=0.3, rests_on=_LOOKUP),
    Rule("revenue_estimate", money("revenue_estimate"), _MINOR, relative=0.3, rests_on=_LOOKUP),
    Rule("employees_estimate", number("employees_estimate"), _MINOR, relative=0.3, rests_on=_LOOKUP),
    Rule("trust_level", value("trust_level"), _MINOR, rests_on=frozenset({"trust level"})),
    Rule("related_domains", _related, _MINOR, rests_on=frozenset({"related domains"})),
    Rule(
        "redirecting_domains",
        lambda stack: _named(stack.redirecting_domains),
        _MINOR,
        rests_on=frozenset({"redirecting domains"}),
    ),
)


def _visits(traffic: TrafficAnalysis) -> Sight:
    """The last month's."""
    if traffic.latest_visits is None or traffic.months is None:
        return Sight({})
    text = f"{wording.count(traffic.latest_visits)} in {wording.month(traffic.months.value[-1].month)}"
    return Sight({"": Seen(text=text, number=traffic.latest_visits, source=first(traffic.months.sources))})


def _shares(name: str) -> Reader:
    """Parts of the traffic. A list of the largest ones: what is not on it is small, not gone, and what is, not new."""

    def read(traffic: TrafficAnalysis) -> Sight:
        fact: Fact[tuple[NamedShare, ...]] | None = getattr(traffic, name)
        source = first(fact.sources) if fact else None
        return items(
            (
                (one.name, Seen(text=wording.percent(one.share), number=one.share, label=one.name, source=source))
                for one in (fact.value if fact else ())
            ),
            about=frozenset(),
        )

    return read


TRAFFIC_ANALYSIS: tuple[Rule, ...] = (
    Rule("months", _visits, relative=0.25, alert_relative=0.5, rests_on=frozenset({"visits by month"})),
    Rule("channels", _shares("channels"), _MINOR, absolute=0.1, rests_on=frozenset({"traffic channels"})),
    Rule("countries", _shares("countries"), _MINOR, absolute=0.1, rests_on=frozenset({"countries of visitors"})),
    Rule(
        "search_share",
        number("search_share", wording.percent),
        _MINOR,
        absolute=0.1,
        rests_on=frozenset({"traffic channels", "share of search traffic"}),
    ),
)


def _competitors(found: CompetitorIntelligence) -> Sight:
    return items(
        (one.domain, Seen(text=one.domain, label=one.domain, source=first(one.sources))) for one in found.competitors
    )


def _of_each(of: Callable[[Competitor], Fact[str] | None]) -> Reader:
    """One value for each competitor; of who is no competitor now, or could not be read, nothing is known."""

    def read(found: CompetitorIntelligence) -> Sight:
        facts = {one.domain: of(one) for one in found.competitors if _was_read(one)}
        return items(
            (
                (domain, Seen(text=fact.value, label=domain, source=first(fact.sources)))
                for domain, fact in facts.items()
                if fact is not None
            ),
            about=frozenset(facts),
        )

    return read


def _uses_seller(one: Competitor) -> Fact[str] | None:
    if one.uses_seller is None:
        return None
    return Fact(value="yes" if one.uses_seller.value else "no", sources=one.uses_seller.sources)


def _was_read(one: Competitor) -> bool:
    return one.uses_seller is not None


def _competitor_visits(found: CompetitorIntelligence) -> Sight:
    return items(
        (
            (
                one.domain,
                Seen(
                    text=wording.count(one.visits.value),
                    number=one.visits.value,
                    label=one.domain,
                    source=first(one.visits.sources),
                ),
            )
            for one in found.competitors
            if one.visits is not None
        ),
        about=frozenset(),
    )


COMPETITOR_INTELLIGENCE: tuple[Rule, ...] = (
    Rule("competitors", _competitors, _MINOR),
    Rule("competitors' use of the seller", _of_each(_uses_seller), Significance.ALERT),
    Rule("competitors' search vendors", _of_each(lambda one: one.search_vendor)),
    Rule("competitors' platforms", _of_each(lambda one: one.commerce_platform), _MINOR),
    Rule("competitors' visits", _competitor_visits, _MINOR, relative=0.5),
    Rule("visits_place", number("visits_place"), _MINOR, absolute=1),
)

"""What the facts of a brief say of our own look at the site."""

from partnerforge_dagster.brief.citing import Citations, Writer
from partnerforge_dagster.brief.findings import Findings
from partnerforge_dagster.brief.sections import facts
from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.strategic_signal_brief import Section, Statement
from partnerforge_dagster.models.technology_stack import Evidence, EvidenceKind, Technology, TechnologyStack
from partnerforge_dagster.seller import load_seller
from partnerforge_dagster_tests.sandboxed import account

ACCOUNT = account("acme.test")
LOOKUP = Source(provider="builtwith", endpoint="domain", url=None, fetched_at=ACCOUNT.as_of)
PAGE = Source(provider="web_page", endpoint="home", url="https://acme.test/", fetched_at=ACCOUNT.as_of)


def technology(name: str, *categories: str, seen: str | None, confidence: float = 0.9) -> Technology:
    kind = EvidenceKind.REQUEST if seen and seen.startswith("http") else EvidenceKind.COOKIE
    evidence = (Evidence(kind=kind, seen=seen, url="https://acme.test/", weight=0.9),) if seen else ()
    return Technology(
        name=name, categories=categories, first_seen=None, last_seen=None, live=True, evidence=evidence,
        confidence=confidence if seen else None, sources=(LOOKUP, PAGE) if seen else (LOOKUP,),
    )  # fmt: skip


def statements(*technologies: Technology) -> list[Statement]:
    stack = TechnologyStack(
        account="acme.test", as_of=ACCOUNT.as_of, mode=ACCOUNT.mode, status=Status.COMPLETE, technologies=technologies
    )
    writer = Writer(Section.FACTS, Citations())
    facts.write(writer, Findings(account=ACCOUNT, results={"technology_stack": stack}, seller=load_seller(None)))
    return [one for one in writer.statements if one.label == "Seen on the home page"]


def test_searches_and_shops_come_first_with_their_best_evidence() -> None:
    """Of an address its host; the rest is counted; only the page is the source."""
    (said,) = statements(
        *(technology(f"Tag {n}", "analytics", seen="https://tag.test/a.js", confidence=0.99) for n in range(5)),
        technology("Demandware", "shop", seen="dwsid", confidence=0.7),
        technology("Algolia", "Site Search", seen="https://ab-dsn.algolia.net/1/a.js?key=1"),
        technology("Elasticsearch", "Site Search", seen=None),
    )
    assert said.text == (
        "Seen on the home page: Algolia (request ab-dsn.algolia.net), Demandware (cookie dwsid), "
        "Tag 0 (request tag.test), Tag 1 (request tag.test) and 3 more"
    )
    assert (said.kind, said.sources) == ("inference", (1,))


def test_where_nothing_was_seen_nothing_is_said() -> None:
    """A look-up alone is no look of ours."""
    assert statements(technology("Elasticsearch", "Site Search", seen=None)) == []

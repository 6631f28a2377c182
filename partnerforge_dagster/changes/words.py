"""A change in words and as JSON, the same in the brief, on the command line and on the asset pages.

Not for: colours and layout.
"""

from typing import Any

from partnerforge_dagster import wording
from partnerforge_dagster.models.changes import Change, PartMove

_SUBJECTS = {
    "months": "visits a month",
    "open_roles": "open roles",
    "relevant_roles": "relevant role",
    "technologies": "technology",
    "executives": "executive",
    "events": "",
    "filings": "filing",
    "competitors": "competitor",
    "competitors' use of the seller": "uses the seller:",
    "competitors' search vendors": "search vendor of",
    "competitors' platforms": "commerce platform of",
    "competitors' visits": "visits a month of",
    "quotes": "quote",
    "risks": "stated risk",
    "priorities": "stated priority",
    "value_propositions": "offer",
    "matches": "case study",
    "seats": "first choice for",
    "by_function": "open roles in",
    "years": "fiscal year",
    "score": "displacement score",
    "fit": "fit score",
    "intent": "intent score",
    "cms": "CMS",
    "cik": "CIK",
    "public": "listing",
    "visits_place": "place by visits among competitors",
    "related_domains": "related domain",
    "redirecting_domains": "redirecting domain",
    "channels": "share of visits from",
    "countries": "share of visits from",
}
"""What a field is called for one value; others are called by their names."""

_IN_POSTINGS = "technology in postings"


def subject(change: Change) -> str:
    """What changed: `Search vendor`, `Executive Ada Lund`, `Open roles in engineering`."""
    called = _SUBJECTS.get(change.field, wording.spaced(change.field))
    if (change.module, change.field) == ("hiring_signals", "technologies"):
        called = _IN_POSTINGS
    item = wording.country(change.item) if change.field == "countries" else change.item
    return wording.title(f"{called} {item}".strip() if item not in _values(change) else called)


def before(change: Change) -> str:
    """The old value, a dash for what was added."""
    return "–" if change.before is None else wording.clip(change.before, 200)


def after(change: Change) -> str:
    """The new value, `gone` for what was removed."""
    return "gone" if change.after is None else wording.clip(change.after, 200)


def line(change: Change) -> str:
    """`Search vendor: Algolia → Coveo`."""
    return f"{subject(change)}: {before(change)} → {after(change)}"


def points(move: PartMove) -> str:
    """`+4.5`, `−2`."""
    sign = "+" if move.points > 0 else "−"
    return f"{sign}{abs(move.points):g}"


def reason(move: PartMove) -> str:
    """`Visits +4.5 (12 to 16.5): 52 M visits ...`."""
    return f"{wording.title(move.part)} {points(move)} ({move.before:g} to {move.after:g}): {move.reason}"


def seen(change: Change) -> str:
    """`16 Nov 2026, BuiltWith`: when it was found, and who said so."""
    by = f", {wording.provider(change.source.provider)}" if change.source else ""
    return wording.day(change.on) + by


def document(change: Change) -> dict[str, Any]:
    """The change as plain JSON values, with what follows from them: whether it is an alert, points of each move."""
    moves = [{**move.model_dump(mode="json"), "points": move.points} for move in change.moves]
    return {**change.model_dump(mode="json"), "alert": change.alert, "moves": moves}


def _values(change: Change) -> tuple[str | None, ...]:
    return change.before, change.after

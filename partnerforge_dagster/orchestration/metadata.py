"""What people want to look at on an asset's page: tables, charts and links, per record.

Every module shows its status, what changed, gaps and sources; what it shows beyond that is its function below.
Not for: the brief itself (brief/), which is only previewed here.
"""

import logging
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import singledispatch
from typing import Any

import dagster as dg
from pydantic import BaseModel

from partnerforge_dagster import wording
from partnerforge_dagster.changes import words
from partnerforge_dagster.models.changes import Change
from partnerforge_dagster.models.provenance import Disagreement, Fact, Gap, Source, WaterfallStep
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief

log = logging.getLogger(__name__)

MOST_ROWS = 50
"""Rows of a table: an event row is stored for every materialization, so its size is watched."""

Row = Mapping[str, str | int | float | bool | None]


def metadata_of(
    result: ModuleResult, duration_s: float | None = None, changes: Sequence[Change] = ()
) -> dict[str, Any]:
    """Metadata of one account's materialization; `duration_s` is None where somebody else's step made it.

    `changes` are those since the last good result; a brief tells those of all modules.
    """
    changes = result.changes if isinstance(result, StrategicSignalBrief) else changes
    metadata: dict[str, Any] = {
        "status": result.status.value,
        "mode": result.mode.value.upper(),
        "as of": dg.MetadataValue.timestamp(result.as_of),
        **_shown(result),
    }
    if duration_s is not None:
        metadata["duration (s)"] = round(duration_s, 3)
    if changes:
        metadata["what changed"] = table([_change(change) for change in changes])
    if result.gaps:
        metadata["gaps"] = table([_gap(gap) for gap in result.gaps])
    if result.steps:
        metadata["who was asked"] = table([_step(step) for step in result.steps])
    if result.disagreements:
        metadata["sources that disagree"] = table([_disagreement(one) for one in result.disagreements])
    if sources := sources_of(result):
        metadata["sources"] = table([_source(source) for source in sources])
        metadata["source links"] = links([(_page(source), source.url) for source in sources])
    return metadata


def _shown(result: ModuleResult) -> dict[str, Any]:
    """The highlights; a bug in them must not fail the step of all accounts, whose results are paid for."""
    try:
        return highlights(result)
    except Exception as error:
        log.exception("the highlights of %s cannot be shown", result.account)
        return {"not shown": f"internal error: {type(error).__name__}: {error}"}


@singledispatch
def highlights(result: ModuleResult) -> dict[str, Any]:
    """The metadata that only this record has."""
    del result
    return {}


def table(rows: Sequence[Row]) -> dg.TableMetadataValue:
    """A table of the first MOST_ROWS rows; all rows have the same keys."""
    return dg.MetadataValue.table([dg.TableRecord(dict(row)) for row in rows[:MOST_ROWS]], schema=_schema(rows))


def _schema(rows: Sequence[Row]) -> dg.TableSchema:
    """Types from the first value of a column that is not None; the UI sorts and aligns by them."""

    def kind(column: str) -> str:
        first = next((row[column] for row in rows if row[column] is not None), "")
        return {bool: "bool", int: "int", float: "float"}.get(type(first), "string")

    return dg.TableSchema([dg.TableColumn(column, kind(column)) for column in (rows[0] if rows else ())])


def picture(title: str, svg: str) -> dg.MarkdownMetadataValue:
    """An SVG chart as Markdown: the UI shows it in place below 1,000 characters (pictures.py), else on a click."""
    return dg.MetadataValue.md(f"![{title}](data:image/svg+xml;base64,{b64encode(svg.encode()).decode()})")


def links(pages: Sequence[tuple[str, str | None]]) -> dg.MarkdownMetadataValue:
    """A list of titles and addresses to open: the cells of a table are plain text. Unsafe addresses stay unlinked."""
    return dg.MetadataValue.md("\n".join(_link(title, wording.web_url(url)) for title, url in pages[:MOST_ROWS]))


def _link(title: str, url: str | None) -> str:
    """Everything that Markdown could read in a title is escaped; in `<…>` an address may hold brackets."""
    words = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", wording.clip(title, 120))
    return f"- [{words}](<{url}>)" if url else f"- {words}"


def said(fact: Fact[Any] | None) -> str:
    """A fact's value for people, or a dash."""
    return "–" if fact is None else str(fact.value)


def sources_of(result: ModuleResult) -> list[Source]:
    """Every source anywhere in a result, once each, in order of appearance."""
    found: dict[Source, None] = {}

    def walk(value: object) -> None:
        if isinstance(value, Source):
            found[value] = None
        elif isinstance(value, tuple | list):
            for item in value:
                walk(item)
        elif isinstance(value, BaseModel):
            for name in type(value).model_fields:
                walk(getattr(value, name))

    walk(result)
    return list(found)


def _change(change: Change) -> Row:
    return {
        "what": words.subject(change),
        "before": words.before(change),
        "after": words.after(change),
        "why": "; ".join(words.reason(move) for move in change.moves) or None,
        "last seen": f"{change.since:%Y-%m-%d}",
        "alert": change.alert,
    }


def _gap(gap: Gap) -> Row:
    return {"missing": gap.subject, "why": gap.kind.value.replace("_", " "), "reason": gap.reason}


def _step(step: WaterfallStep) -> Row:
    outcome = step.outcome.value.replace("_", " ")
    return {"for": step.subject, "provider": step.provider, "outcome": outcome, "reason": step.reason or None}


def _disagreement(one: Disagreement) -> Row:
    return {
        "of": one.subject,
        "stated": f"{one.stated} ({wording.provider(one.stated_by.provider)})",
        "other": f"{one.other} ({wording.provider(one.other_by.provider)})",
    }


def _page(source: Source) -> str:
    """An endpoint alone would be the same words for every competitor."""
    where = f": {re.sub('^https?://(www[.])?', '', source.url)}" if source.url else ""
    return f"{wording.provider(source.provider)}, {wording.spaced(source.endpoint)}{where}"


def _source(source: Source) -> Row:
    return {
        "provider": source.provider,
        "endpoint": source.endpoint,
        "fetched at": f"{source.fetched_at:%Y-%m-%d %H:%M} UTC",
        "from cache": source.cached,
        "stale": source.stale,
        "url": source.url,
    }

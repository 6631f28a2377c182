"""The brief as JSON, with the keys of SPEC section 11 that outside programs rely on.

Not for: the stored record (StrategicSignalBrief.model_dump_json), whose names are our own.
"""

import json
from typing import Any

from partnerforge_dagster.brief.citing import numbers_of
from partnerforge_dagster.changes import words
from partnerforge_dagster.models.scores import Score
from partnerforge_dagster.models.strategic_signal_brief import BriefSource, BriefWaterfall, StrategicSignalBrief

_STATEMENT_KEYS = {"id", "section", "text", "kind", "sources"}


def render_json(brief: StrategicSignalBrief) -> str:
    """The brief as indented JSON text, ending in a newline. A score's parts cite by number, as statements do."""
    return json.dumps(brief_document(brief), indent=2, ensure_ascii=False) + "\n"


def brief_document(brief: StrategicSignalBrief) -> dict[str, Any]:
    """The same as plain JSON values, for whoever puts it into a larger document."""
    return {
        "account": brief.account,
        "as_of": brief.model_dump(mode="json")["as_of"],
        "mode": brief.mode.value,
        "statements": [item.model_dump(mode="json", include=_STATEMENT_KEYS) for item in brief.statements],
        "sources": [source.model_dump(mode="json") for source in brief.sources],
        "scores": {name: _score(score, brief.sources) for name, score in brief.scores.items()},
        "gaps": [{"module": row.module, **row.gap.model_dump(mode="json")} for row in brief.data_gaps],
        "changes": [words.document(change) for change in brief.changes],
        "title": brief.title,
        "tier": brief.tier,
        "status": brief.status.value,
        "modules": [module.model_dump(mode="json") for module in brief.modules],
        "missing_keys": [key.model_dump(mode="json") for key in brief.missing_keys],
        "waterfalls": [_waterfall(one) for one in brief.waterfalls],
        "disagreements": [one.model_dump(mode="json") for one in brief.conflicts],
        "charts": brief.charts.model_dump(mode="json"),
    }


def _waterfall(one: BriefWaterfall) -> dict[str, Any]:
    steps = [step.model_dump(mode="json", exclude={"subject"}) for step in one.steps]
    return {"module": one.module, "subject": one.subject, "steps": steps}


def _score(score: Score | None, sources: tuple[BriefSource, ...]) -> dict[str, Any] | None:
    if score is None:
        return None
    parts = [
        {
            **part.model_dump(mode="json", exclude={"sources"}),
            "sources": numbers_of(sources, part.sources),
        }
        for part in score.parts
    ]
    return {**score.model_dump(mode="json", exclude={"parts"}), "parts": parts}

"""Takes people out of records: what is about them is dropped, what only names them is redacted.

A statement about the company stays, with a mark in place of the name, so that no score loses the observation that
explains it.
Not for: rows and bodies (store/forgetting.py, bodies.py).
"""

from typing import Any, TypeVar

from pydantic import BaseModel

from partnerforge_dagster.changes.beliefs import Baseline
from partnerforge_dagster.models.buying_committee import Candidate
from partnerforge_dagster.models.changes import Change
from partnerforge_dagster.models.executive_intelligence import Executive, Quote
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.strategic_signal_brief import Section, Statement
from partnerforge_dagster.privacy.names import MARK, Forgotten

R = TypeVar("R", bound=ModuleResult)

ABOUT_PEOPLE = frozenset({"executive_intelligence", "buying_committee"})
"""Modules whose items are people."""
_ABOUT_PEOPLE = (Executive, Quote, Candidate, Change)
_SAID_OF_PEOPLE = frozenset({Section.WHO, Section.WHAT_TO_SAY})


def without(result: R, forgotten: Forgotten) -> R:
    """The result without these people; the same object where it names none of them."""
    if not _names(result.model_dump_json(), forgotten):
        return result
    taken_out: R = _without(result, forgotten)
    return type(result).model_validate(taken_out.model_dump())


def baseline_without(baseline: Baseline, module: str, forgotten: Forgotten) -> Baseline:
    """What is believed, without them, so that nobody is told that they have left."""
    fields = {}
    for name, belief in baseline.fields.items():
        kept = {
            forgotten.redacted(key): _without(seen, forgotten)
            for key, seen in belief.values.items()
            if module not in ABOUT_PEOPLE or not _names(key + " / " + seen.model_dump_json(), forgotten)
        }
        about = belief.about and tuple(forgotten.redacted(key) for key in belief.about)
        fields[name] = belief.model_copy(update={"values": kept, "about": about})
    return Baseline(fields=fields)


def _names(text: str, forgotten: Forgotten) -> bool:
    return MARK in text or forgotten.named_in(text)


def _without(value: Any, forgotten: Forgotten) -> Any:  # noqa: ANN401 - whatever a record holds
    if isinstance(value, BaseModel):
        kept = {name: _without(getattr(value, name), forgotten) for name in type(value).model_fields}
        return value.model_copy(update=kept)
    if isinstance(value, tuple | list):
        return type(value)(_without(item, forgotten) for item in value if not _is_about(item, forgotten))
    if isinstance(value, dict):
        return {_without(key, forgotten): _without(item, forgotten) for key, item in value.items()}
    if type(value) is str:
        return forgotten.redacted(value)
    return value


def _is_about(item: object, forgotten: Forgotten) -> bool:
    if isinstance(item, _ABOUT_PEOPLE) or (isinstance(item, Statement) and item.section in _SAID_OF_PEOPLE):
        return _names(item.model_dump_json(), forgotten)
    return False

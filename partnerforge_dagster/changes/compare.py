"""Compares each good result of a module with what is believed, and says what changed and what is believed now.

- A result that could not ask what a field rests on says nothing about that field; the belief waits. When exactly the
  same could not be asked for GETTING_USED_TO_IT, that is how things are (a site keeps us out, a plan has ended): the
  belief is formed anew, and whatever differs is put down to the blindness. The same when more can be asked than before.
- What is there for the first time is a change at once. What is gone is a change when two good answers in a row lack it.
  An answer out of the cache is not a second answer.
- Where a rule says so, what another provider says in other words is no change. It is believed from then on.
- A number that differs little stays what it was, so that many small steps in one direction do add up to a change.

Every law is tested with generated histories. Not for: which fields are compared and how (rules/), or keeping beliefs
(store/changes.py).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from partnerforge_dagster.changes.beliefs import Baseline, Belief, Seen
from partnerforge_dagster.changes.observe import Observation, Rule, observe
from partnerforge_dagster.changes.scores import move
from partnerforge_dagster.models.changes import Change, ChangeKind, Significance
from partnerforge_dagster.models.result import GOOD, Heard, ModuleResult, Unasked

GETTING_USED_TO_IT = timedelta(days=30)
REMEMBERED = timedelta(days=500)
"""What happened and was not seen for so long is forgotten: no source that is asked looks further back."""


class _Step(NamedTuple):
    """One field of one result."""

    module: str
    rule: Rule
    as_of: datetime


def compare(
    module: str, rules: Iterable[Rule], baseline: Baseline | None, result: ModuleResult
) -> tuple[Baseline, tuple[Change, ...]]:
    """What is believed after `result`, and what it changed. The first good result changes nothing.

    A stale or unavailable result says nothing new: the baseline stays, and an empty one is made when there is none.
    """
    fields = dict(baseline.fields) if baseline else {}
    changes: list[Change] = []
    if result.status in GOOD:
        for rule in rules:
            step = _Step(module, rule, result.as_of)
            fields[rule.field], found = _follow(step, fields.get(rule.field), observe(rule, result))
            changes += found
    return Baseline(fields=fields), tuple(changes)


def _follow(step: _Step, belief: Belief | None, seen: Observation) -> tuple[Belief, list[Change]]:
    if belief is None:
        values = _dated(seen.sight.values, step.as_of)
        return Belief(as_of=step.as_of, values=values, about=_about(None, seen), blind=seen.blind), []
    if blinder := tuple(one for one in seen.blind if one.some or one not in belief.blind):
        return _wait(step, belief, seen, blinder), []
    values, changes = _score(step, belief, seen) if step.rule.is_score else _values(step, belief, seen)
    sees_more = bool(set(belief.blind) - set(seen.blind))
    told = [one for one in changes if one.kind is ChangeKind.REMOVED] if sees_more else changes
    return Belief(as_of=step.as_of, values=values, about=_about(belief, seen), blind=seen.blind), told


def _wait(step: _Step, belief: Belief, seen: Observation, blinder: tuple[Unasked, ...]) -> Belief:
    """The belief as it was; with other eyes from now on when it was exactly this that could not be asked for long."""
    since = belief.blinder_since if blinder == belief.blinder and belief.blinder_since else step.as_of
    fleeting = any(one.some for one in blinder)
    if fleeting or step.as_of - since < GETTING_USED_TO_IT:
        return belief.model_copy(update={"blinder": blinder, "blinder_since": since})
    values = belief.values | _dated(_renamed(step.rule, belief, seen.sight.values), step.as_of)
    return Belief(as_of=belief.as_of, values=values, about=_about(belief, seen), blind=seen.blind)


def _about(belief: Belief | None, seen: Observation) -> tuple[str, ...] | None:
    if seen.sight.about is None:
        return None
    return tuple(sorted(seen.sight.about.union((belief and belief.about) or ())))


def _score(step: _Step, belief: Belief, seen: Observation) -> tuple[dict[str, Seen], list[Change]]:
    now = _dated(seen.sight.values, step.as_of)
    if not now or not belief.values:
        return now or belief.values, []
    before, after = belief.values[""], now[""]
    if _same(before, after, step.rule):
        return belief.values, []
    change = _change(step, "", before, after, since=before.last or belief.as_of)
    return now, [change.model_copy(update={"moves": move(belief.values, now)})]


def _values(step: _Step, belief: Belief, seen: Observation) -> tuple[dict[str, Seen], list[Change]]:
    values: dict[str, Seen] = {}
    changes: list[Change] = []
    for key, after in _dated(_renamed(step.rule, belief, seen.sight.values), step.as_of).items():
        before = belief.values.get(key)
        values[key] = after
        if before is None:
            asked_before = belief.about is None or key in belief.about
            if asked_before and _is_news(step.rule, after, belief.as_of):
                changes.append(_change(step, key, None, after, since=belief.as_of))
        elif _same(before, after, step.rule):
            values[key] = after.model_copy(update={"text": before.text, "number": before.number})
        elif step.rule.happenings is None and not _another_source(before, after, step.rule):
            changes.append(_change(step, key, before, after, since=before.last or belief.as_of))
    for key, before in belief.values.items():
        if key not in values:
            kept, gone = _missed(step, key, before, seen)
            if kept is not None:
                values[key] = kept
            elif gone:
                changes.append(_change(step, key, before, None, since=before.last or belief.as_of))
    return values, changes


def _missed(step: _Step, key: str, before: Seen, seen: Observation) -> tuple[Seen | None, bool]:
    """What stays believed of a value that the result lacks, and whether it is gone."""
    if step.rule.happenings is not None:
        forgotten = before.last is not None and step.as_of - before.last > REMEMBERED
        return (None if forgotten else before), False
    cannot_tell = seen.sight.about is not None and key not in seen.sight.about
    if seen.sight.open_ended or cannot_tell:
        return before, False
    if before.lacked_by is None:
        return before.model_copy(update={"lacked_by": seen.heard}), False
    if not _another_answer(before, seen.heard):
        return before, False
    return None, True


def _another_answer(missed: Seen, heard: Sequence[Heard]) -> bool:
    """Whether who lacks the value now was heard after who lacked it first.

    What counts is the provider that had it; where it is not among those heard, everybody must have been heard anew.
    """
    first = {one.provider: one.newest for one in missed.lacked_by or ()}
    now = {one.provider: one.oldest for one in heard}
    had_it = missed.source.provider if missed.source else None
    judged = [had_it] if had_it in now and had_it in first else [name for name in now if name in first]
    return all(now[name] > first[name] for name in judged)


def _renamed(rule: Rule, belief: Belief, values: Mapping[str, Seen]) -> dict[str, Seen]:
    """The values under the keys that are believed; of two that mean the same the first counts."""
    named: dict[str, Seen] = {}
    for key, seen in values.items():
        named.setdefault(rule.match(key, seen, belief.values), seen)
    return named


def _dated(values: Mapping[str, Seen], as_of: datetime) -> dict[str, Seen]:
    return {key: seen.model_copy(update={"last": as_of}) for key, seen in values.items()}


def _is_news(rule: Rule, seen: Seen, last_look: datetime) -> bool:
    if rule.happenings is None:
        return True
    return seen.day is not None and datetime.combine(seen.day, time(), UTC) >= last_look - rule.happenings


def _same(before: Seen, after: Seen, rule: Rule) -> bool:
    if before.unit != after.unit:
        return False
    if before.number is None or after.number is None:
        return _words(before.text) == _words(after.text)
    difference = abs(after.number - before.number)
    return difference <= rule.absolute or difference <= rule.relative * _larger(before, after)


def _larger(before: Seen, after: Seen) -> float:
    return max(abs(before.number or 0.0), abs(after.number or 0.0))


def _another_source(before: Seen, after: Seen, rule: Rule) -> bool:
    if not rule.same_source or before.source is None or after.source is None:
        return False
    return before.source.provider != after.source.provider


def _words(text: str) -> str:
    """Without case and punctuation, which sources use as they like."""
    return re.sub(r"\W+", " ", text.casefold().replace("&", " and ")).strip()


def _change(step: _Step, key: str, before: Seen | None, after: Seen | None, *, since: datetime) -> Change:
    shown = after or before
    kind = ChangeKind.ADDED if before is None else ChangeKind.REMOVED if after is None else ChangeKind.CHANGED
    return Change(
        module=step.module,
        field=step.rule.field,
        key=key,
        item=shown.label if shown else "",
        kind=kind,
        before=before.text if before else None,
        after=after.text if after else None,
        since=since,
        on=step.as_of,
        significance=_significance(step.rule, before, after),
        source=shown.source if shown else None,
    )


def _significance(rule: Rule, before: Seen | None, after: Seen | None) -> Significance:
    if after is None and rule.when_removed is not None:
        return rule.when_removed
    shown = after or before
    if rule.alert_if and shown and rule.alert_if.search(f"{shown.label} {shown.text}"):
        return Significance.ALERT
    numbers = before and after and before.number is not None and after.number is not None
    if before and after and numbers and rule.alert_relative is not None:
        difference = abs((after.number or 0.0) - (before.number or 0.0))
        if difference > rule.alert_relative * _larger(before, after):
            return Significance.ALERT
    return rule.significance

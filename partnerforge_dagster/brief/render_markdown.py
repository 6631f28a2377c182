"""The brief as Markdown, for chat, tickets and the Dagster UI. Hostile text stays text.

Not for: charts, which only the HTML has.
"""

import re
from collections.abc import Iterable, Iterator

from partnerforge_dagster import wording
from partnerforge_dagster.brief import missing, origins
from partnerforge_dagster.brief.citing import numbers_of
from partnerforge_dagster.changes import words
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.changes import Change
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.scores import Score
from partnerforge_dagster.models.strategic_signal_brief import BriefSource, Section, Statement, StrategicSignalBrief

HEADINGS = {
    Section.WHY_NOW: "Why now",
    Section.WHY_US: "Why us",
    Section.WHO: "Whom to talk to",
    Section.WHAT_TO_SAY: "What to say",
    Section.FACTS: "Facts",
}


def render_markdown(brief: StrategicSignalBrief) -> str:
    """The brief as Markdown text, ending in a newline."""
    blocks = [
        f"# {_plain(brief.title)}",
        _banner(brief),
        _statements(brief, Section.HEADLINE),
        _scores(brief),
        *(_under(heading, _statements(brief, section)) for section, heading in HEADINGS.items()),
        _under("What changed since last time", _changes(brief)),
        _under("What is missing", _gaps(brief)),
        _under("What a key would add", _keys(brief)),
        _under("Where sources disagree", _disagreements(brief)),
        _under("Who was asked", _waterfalls(brief)),
        _under("Sources", "\n".join(_source(source) for source in brief.sources)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _under(heading: str, body: str) -> str:
    return f"## {heading}\n\n{body}" if body else ""


def _banner(brief: StrategicSignalBrief) -> str:
    tier = f"**{_plain(brief.tier.upper())}** · " if brief.tier else ""
    line = f"{tier}as of {wording.day(brief.as_of)} · {brief.status}"
    if brief.mode is Mode.SANDBOX:
        return f"> **SANDBOX**: invented data from the built-in emulator.\n\n{line}"
    return line


def _statements(brief: StrategicSignalBrief, section: Section) -> str:
    return "\n".join(_statement(item) for item in brief.statements if item.section is section)


def _statement(item: Statement) -> str:
    body = item.text.removeprefix(f"{item.label}: ")
    label = f"**{_plain(item.label)}**: " if item.label and body != item.text else ""
    inference = " *(inference)*" if item.kind == "inference" else ""
    return f"- {label}{_plain(body)}{inference} {_cites(item.sources)}"


def _cites(numbers: Iterable[int]) -> str:
    """`\\[1, 3–5\\]`: escaped, so that it is never taken for a link."""
    runs = wording.runs(tuple(numbers))
    return "\\[" + ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs) + "\\]"


def _scores(brief: StrategicSignalBrief) -> str:
    rows = ["| score | of 100 | possible | would move it most |", "|---|---|---|---|"]
    details: list[str] = []
    for name, score in brief.scores.items():
        rows.append(_score_row(name, score))
        for part in score.parts if score else ():
            cited = numbers_of(brief.sources, part.sources)
            points = f"{'unknown, expected ' if part.value is None else ''}{part.points:.1f} of {part.weight:.3g}"
            reason = f"{_plain(part.reason)} {_cites(cited)}" if cited else _plain(part.reason)
            details.append(f"- {wording.title(name)}, {_plain(wording.spaced(part.name))}: {points}. {reason}")
    return "\n".join([*rows, "", *details]).rstrip() if brief.scores else ""


def _score_row(name: str, score: Score | None) -> str:
    if score is None:
        return f"| {name} | unknown | | |"
    wanted = wording.spaced(score.most_wanted) if score.most_wanted else ""
    return f"| {name} | {score.value:.0f} | {score.floor:.0f} to {score.ceiling:.0f} | {_plain(wanted)} |"


def _changes(brief: StrategicSignalBrief) -> str:
    return "\n".join(line for change in brief.changes for line in _change(change))


def _change(change: Change) -> Iterator[str]:
    """The change, and under a score's move the parts that moved it."""
    alert = "**!** " if change.alert else ""
    what, before, after = (_plain(text(change)) for text in (words.subject, words.before, words.after))
    yield f"- {alert}**{what}**: {before} → {after} ({_plain(words.seen(change))})"
    for move in change.moves:
        yield f"  - {_plain(words.reason(move))}"


def _gaps(brief: StrategicSignalBrief) -> str:
    return "\n".join(_gap_rows(brief))


def _gap_rows(brief: StrategicSignalBrief) -> Iterator[str]:
    for module, kind, subjects, reason in missing.grouped(missing.beside_keys(brief)):
        yield f"- **{module}**, {wording.GAP_KINDS[kind]}: {_plain(subjects)} ({_plain(reason)})"


def _keys(brief: StrategicSignalBrief) -> str:
    return "\n".join(
        f"- **{_plain(key.service)}** would add {_plain(key.adds)}. {_plain(key.instead)} "
        f"(`{'`, `'.join(key.variables)}`)"
        for key in brief.missing_keys
    )


def _disagreements(brief: StrategicSignalBrief) -> str:
    return "\n".join(
        f"- **{_plain(wording.title(one.subject))}**: {_plain(one.stated)} {_cites([one.stated_by])}, "
        f"but {_plain(one.other)} {_cites([one.other_by])}"
        for one in brief.conflicts
    )


def _waterfalls(brief: StrategicSignalBrief) -> str:
    return "\n".join(
        f"- **{MODULES[one.module].title}**, {_plain(one.subject)}: {_plain(origins.told(one.steps))}"
        for one in brief.waterfalls
    )


def _source(source: BriefSource) -> str:
    notes = "".join(f", {note}" for note, holds in (("cached", source.cached), ("stale", source.stale)) if holds)
    name = f"{wording.provider(source.provider)} {wording.spaced(source.endpoint)}"
    line = f"{source.n}. {_plain(name)}, {wording.moment(source.fetched_at)}{notes}"
    url = wording.web_url(source.url)
    return f"{line}, <{url}>" if url else line


def _plain(text: str) -> str:
    """Text in which neither Markdown nor HTML finds anything of its own."""
    line = wording.clip(text, 2000).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|#~])", r"\\\1", line)

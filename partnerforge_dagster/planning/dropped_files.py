"""Which files of the drop folder are to be imported now: new or changed, and no longer being written.

A file is ready when it is as it was at the look before. What was taken is remembered by name, size and time of change,
so each version is taken once, whether it could be read or not; what has left the folder is forgotten.
Not for: reading a file (account_files.py) or importing it (orchestration/importing.py).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple, Self

from partnerforge_dagster.account_files import JSON_ENDINGS, REJECTED

ENDINGS: Final = (".csv", ".tsv", ".txt", *JSON_ENDINGS)


class Version(NamedTuple):
    """What tells one version of a file from another."""

    size: int
    """Bytes."""
    changed_ns: int
    """Time of the last change, in Unix nanoseconds."""


@dataclass(frozen=True)
class Cursor:
    """What the looks so far have left; as text it is a sensor's cursor."""

    taken: Mapping[str, Version] = field(default_factory=dict)
    """Versions that need no import any more, by file name."""
    seen: Mapping[str, Version] = field(default_factory=dict)
    """Versions at the last look that were not taken yet."""

    @classmethod
    def loads(cls, text: str | None) -> Self:
        """From what `dumps` wrote; None and the empty text are the beginning."""
        parts = json.loads(text) if text else {}
        return cls(*({name: Version(*of) for name, of in parts.get(key, {}).items()} for key in ("taken", "seen")))

    def dumps(self) -> str:
        """As text."""
        return json.dumps({"taken": self.taken, "seen": self.seen}, sort_keys=True)

    def with_taken(self, names: Iterable[str]) -> Self:
        """After these files, as they were at the last look, were imported or found unreadable."""
        done = {name: self.seen[name] for name in names}
        rest = {name: version for name, version in self.seen.items() if name not in done}
        return type(self)({**self.taken, **done}, rest)


class Look(NamedTuple):
    """What a look at the folder came to."""

    ready: tuple[str, ...]
    """Names of files to import now, the oldest change first."""
    cursor: Cursor
    """Note what was imported with its `with_taken`; what was not is ready again at the next look."""


def look(found: Mapping[str, Version], before: Cursor) -> Look:
    """Decide, from what is in the folder now and what earlier looks have left."""
    taken = {name: version for name, version in before.taken.items() if name in found}
    seen = {name: version for name, version in found.items() if is_wanted(name) and version != taken.get(name)}
    ready = [name for name, version in seen.items() if version == before.seen.get(name)]
    return Look(tuple(sorted(ready, key=lambda name: (seen[name].changed_ns, name))), Cursor(taken, seen))


def is_wanted(name: str) -> bool:
    """Whether it is a file of accounts by its name: not hidden, no report of ours, with an ending that we read."""
    plain = name.lower()
    return plain.endswith(ENDINGS) and not plain.endswith(REJECTED) and not plain.startswith((".", "~"))


def found_in(folder: Path) -> dict[str, Version]:
    """The files of the folder, sub-folders left out; none when there is no such folder."""
    if not folder.is_dir():
        return {}
    found = {}
    for path in folder.iterdir():
        try:
            stat = path.stat()
        except FileNotFoundError:  # moved away meanwhile
            continue
        if path.is_file():
            found[path.name] = Version(stat.st_size, stat.st_mtime_ns)
    return found

"""What is said of wrong settings: the variable or the file and name, the value, the reason, and the nearest right name.

Not for: the settings themselves and their bounds (settings.py).
"""

import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from partnerforge_dagster.settings import PREFIX, Settings, settings_file

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def misspelt(environment: Iterable[str]) -> list[str]:
    """Complaints about variables that look like a setting and are none: they would be ignored in silence.

    Variables that resemble no setting are another program's business.
    """
    complaints = []
    for variable in environment:
        if not variable.startswith(PREFIX):
            continue
        head = variable.removeprefix(PREFIX).lower().partition("__")[0]
        near = get_close_matches(head, Settings.model_fields, n=1, cutoff=0.8)
        if near and near[0] != head:
            complaints.append(f"{variable}: there is no such setting; did you mean {PREFIX}{near[0].upper()}?")
    return complaints


def complaint(error: "ErrorDetails") -> str:
    """One line about a wrong setting: its variable, or file and name; its value, the reason."""
    *path, last = (str(part) for part in error["loc"])
    file = _file_with([*path, last])

    def named(name: str) -> str:
        return ".".join([*path, name]) if file else PREFIX + "__".join([*path, name]).upper()

    place = f"{file}: {named(last)}" if file else named(last)
    if error["type"] != "extra_forbidden":
        shown = "" if last.endswith("key") else f"={error['input']!r}"
        return f"{place}{shown}: {error['msg'].removeprefix('Value error, ')}"
    # The value is not shown: it may be a key under a misspelt name.
    near = get_close_matches(last, _names(path), n=1, cutoff=0.5)
    hint = f"; did you mean {named(near[0])}?" if near else ""
    return f"{place}: there is no such setting{hint}"


def _file_with(path: Sequence[str]) -> Path | None:
    """The settings file when it is the one that says something at `path`; the environment counts before it."""
    file, variable = settings_file(), (PREFIX + "__".join(path)).upper()
    if file is None or variable in map(str.upper, os.environ):
        return None
    found: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    for part in path:
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return file


def _names(path: Iterable[str]) -> Mapping[str, Any]:
    """Names of the settings below a path of nested ones."""
    model: Any = Settings
    for part in path:
        model = model.model_fields[part].annotation
    fields: Mapping[str, Any] = model.model_fields
    return fields

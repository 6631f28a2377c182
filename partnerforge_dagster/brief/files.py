"""Writes the three files of a brief: HTML, Markdown, JSON. A reader never sees half a file.

Not for: what is in them (render_html.py, render_markdown.py, render_json.py).
"""

from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from partnerforge_dagster.brief.render_html import render_html
from partnerforge_dagster.brief.render_json import render_json
from partnerforge_dagster.brief.render_markdown import render_markdown
from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief


class BriefFiles(NamedTuple):
    """Paths of a written brief."""

    html: Path
    markdown: Path
    json: Path


def brief_files(domain: str, folder: Path) -> BriefFiles:
    """Where an account's brief lies; a domain is ASCII letters, digits, dots and hyphens, so it is a safe file name."""
    return BriefFiles(*(folder.absolute() / f"{domain}{suffix}" for suffix in (".html", ".md", ".json")))


def write_brief(brief: StrategicSignalBrief, folder: Path) -> BriefFiles:
    """Write (or replace) the three files. Raises OSError when the folder cannot be written."""
    files = brief_files(brief.account, folder)
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in (
        (files.html, render_html(brief)),
        (files.markdown, render_markdown(brief)),
        (files.json, render_json(brief)),
    ):
        _replace(path, text)
    return files


def _replace(path: Path, text: str) -> None:
    """Write beside the file, then rename. The name is nobody else's: containers on one folder share process ids."""
    part = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)  # still there only after a failure, a full disk's for one

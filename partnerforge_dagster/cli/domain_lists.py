"""Accounts as a command is given them: domains, or files of accounts.

Not for: what a domain (accounts.py) or a line of a file (account_files.py) is.
"""

from collections.abc import Sequence
from pathlib import Path

from partnerforge_dagster.account_files import BadLine, GoodLine, UnreadableFile, content_of, lines_of
from partnerforge_dagster.cli.common import complain, domains_of, refuse


def domains_in(words: Sequence[str]) -> list[str]:
    """Account domains of what a person typed, each once; every bad one is reported before anything is done."""
    files = [Path(word) for word in words if _is_file(word)]
    listed = [domain for file in files for domain in _checked(file)]
    return list(dict.fromkeys([*domains_of(word for word in words if not _is_file(word)), *listed]))


def _is_file(word: str) -> bool:
    try:
        return Path(word).is_file()
    except (OSError, ValueError):  # longer than a path can be, or with a NUL in it
        return False


def _checked(file: Path) -> list[str]:
    try:
        with file.open("rb") as opened:
            lines = list(lines_of(content_of(opened), file.name))
    except UnreadableFile as error:
        refuse(f"{str(file)!r} {error}")
    good = [line.domain for line in lines if isinstance(line, GoodLine)]
    bad = [line for line in lines if isinstance(line, BadLine)]
    for line in bad:
        complain(f"{file}, line {line.number}: {line.value!r} {line.reason}")
    if bad:
        refuse(f"{len(bad)} of {len(lines)} lines of {str(file)!r} name no account; nothing was done")
    if not good:
        refuse(f"{str(file)!r} names no account; give one domain a line")
    return good

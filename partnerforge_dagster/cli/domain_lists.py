"""Accounts as a command is given them: domains, or files with one domain a line (of CSV the first column).

Not for: what a domain is (accounts.py), or files with more than domains in them.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from partnerforge_dagster.accounts import BadDomain, account_domain
from partnerforge_dagster.cli.common import complain, domains_of, refuse

HEADERS = {"account", "company", "domain", "host", "url", "website"}
"""First cells that are the name of a column."""
LARGEST_FILE = 100_000_000
"""Bytes; a million lines of CSV with a few columns."""


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
    if file.stat().st_size > LARGEST_FILE:
        refuse(f"{str(file)!r} has more than {LARGEST_FILE // 1_000_000} MB; split it")
    good, bad = [], []
    try:
        for line, text in _cells(file):
            try:
                good.append(account_domain(text))
            except BadDomain as error:
                bad.append(f"{file}, line {line}: {error}")
    except (UnicodeDecodeError, csv.Error) as error:
        refuse(f"{str(file)!r} is no list of domains in UTF-8: {error}")
    for message in bad:
        complain(message)
    if bad:
        refuse(f"{len(bad)} of {len(bad) + len(good)} lines of {str(file)!r} name no account; nothing was done")
    if not good:
        refuse(f"{str(file)!r} names no account; give one domain a line")
    return good


def _cells(file: Path) -> Iterator[tuple[int, str]]:
    """The first cell of each line, with the line's number; empty lines, comments and the header are left out."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for number, row in enumerate(rows := csv.reader(lines)):
            text = row[0].strip() if row else ""
            header = number == 0 and text.lower() in HEADERS
            if text and not header and not text.startswith("#"):
                yield rows.line_num, text

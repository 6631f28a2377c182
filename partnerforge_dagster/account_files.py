"""Files of accounts, line by line: CSV with or without a header, JSON lines, a domain a line.

A line that names no account is an item of its own (`BadLine`) and never an end: the lines after it are read.
Not for: what a domain is (accounts.py), or what is done with the accounts (orchestration/importing.py).
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO, Final, NamedTuple

from partnerforge_dagster.accounts import BadDomain, account_domain

LARGEST_FILE: Final = 100_000_000
"""Bytes; a million lines of CSV with a few columns. A file is held in memory."""

COLUMNS: Final = (
    *("domain", "companydomain", "companydomainname", "domainname", "website", "websiteurl", "companywebsite"),
    *("homepage", "url", "site", "host", "hostname", "account", "company"),
)
"""Names of the column or key that holds the domain, the surest first, without spaces and signs: in a CRM's export
`Account` is often the company's name beside a `Website`."""

JSON_ENDINGS: Final = (".jsonl", ".ndjson", ".json")

REJECTED: Final = ".rejected.csv"
"""Ending of the report of bad lines beside a file; a file with this ending is never taken for one of accounts."""

_SAMPLE: Final = 20
"""Rows looked at to find the column of a file without a header that says it."""


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message is the reason and the fix, without the file's name."""


class GoodLine(NamedTuple):
    """A line that names an account."""

    number: int
    """Of the line in the file, from 1; of several lines within quotes the first."""
    domain: str


class BadLine(NamedTuple):
    """A line that names none."""

    number: int
    value: str
    reason: str
    """Why, and what to give instead."""


def content_of(file: BinaryIO) -> bytes:
    """What is in a file, read no further than `lines_of` needs to refuse it as too large."""
    return file.read(LARGEST_FILE + 1)


def lines_of(content: bytes, name: str = "") -> Iterator[GoodLine | BadLine]:
    """What each line says; blank lines, comments (`#`) and the header are left out.

    `name` is the file's, whose ending tells JSON lines from CSV; without one the content does.
    Raises UnreadableFile at once, before the first line, when no line can be read.
    """
    lines = list(io.StringIO(decoded(content), newline=""))  # by \n, \r and \r\n only, as editors number them
    first = next((line.strip() for line in lines if line.strip()), "")
    if not first:
        raise UnreadableFile("is empty; give one account a line")
    if first.startswith("["):
        raise UnreadableFile("is one JSON array; give one JSON value a line (jq -c '.[]' makes them)")
    if name.lower().endswith(JSON_ENDINGS) or first.startswith("{"):
        return _json_lines(lines)
    return _csv_lines(lines)


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 with or without byte-order mark, or UTF-16 with one (Excel's "Unicode text").

    Raises UnreadableFile with the place of the first byte that is neither.
    """
    if len(content) > LARGEST_FILE:
        raise UnreadableFile(f"has more than {LARGEST_FILE // 1_000_000} MB; split it")
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        place = content.count(b"\n", 0, error.start) + 1
        byte = f"line {place} has the byte 0x{content[error.start]:02x}"
        raise UnreadableFile(f"is no text in UTF-8 ({byte}); save it as UTF-8 (in Excel: CSV UTF-8)") from error
    if "\0" in text:
        raise UnreadableFile("is no text but binary (it has NUL bytes); save it as CSV in UTF-8")
    return text


def _line(number: int, text: str) -> GoodLine | BadLine:
    try:
        return GoodLine(number, account_domain(text))
    except BadDomain as error:
        return BadLine(number, text, f"{error.reason}; {error.fix}")


# ── JSON lines ──


def _json_lines(lines: Sequence[str]) -> Iterator[GoodLine | BadLine]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _json_line(number, line.strip())


def _json_line(number: int, line: str) -> GoodLine | BadLine:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return BadLine(number, line, "is not JSON; give an object with a key such as domain, or a string")
    if isinstance(value, dict):
        value = _named(value)
    if not isinstance(value, str):
        return BadLine(number, line, "has no text under a key such as domain, website or url; give it one")
    return _line(number, value)


def _named(row: dict[str, Any]) -> object:
    """The value under the surest key."""
    by_name = {_plain(key): value for key, value in row.items()}
    return next((by_name[name] for name in COLUMNS if by_name.get(name)), None)


# ── CSV ──


def _csv_lines(lines: Sequence[str]) -> Iterator[GoodLine | BadLine]:
    rows = _rows(lines)
    head = list(islice(rows, _SAMPLE))
    found = [row for _, row in head if isinstance(row, list)]
    names = [_plain(cell) for cell in found[0]] if found else []
    column = next((names.index(name) for name in COLUMNS if name in names), None)
    if column is not None:
        head.remove(next(item for item in head if item[1] is found[0]))
    else:
        column = _likely_column(found)
    for number, row in head:
        yield _cell(number, row, column)
    for number, row in rows:
        yield _cell(number, row, column)


def _cell(number: int, row: list[str] | BadLine, column: int) -> GoodLine | BadLine:
    if isinstance(row, BadLine):
        return row
    if column >= len(row):
        return BadLine(number, ",".join(row), f"has no column {column + 1}; check its quotes and separators")
    return _line(number, row[column].strip())


def _rows(lines: Sequence[str]) -> Iterator[tuple[int, list[str] | BadLine]]:
    """The rows with something in them. A quote that is never closed spoils its own line and not those after it."""
    delimiter = _delimiter(lines)
    start = 0
    while start < len(lines):
        rest = (lines[place] for place in range(start, len(lines)))
        reader = csv.reader(rest, delimiter=delimiter, strict=True)
        read = 0
        try:
            for row in reader:
                number, read = start + read + 1, reader.line_num
                if any(cell.strip() for cell in row) and not row[0].lstrip().startswith("#"):
                    yield number, row
            return
        except csv.Error as error:
            start += read + 1
            line = lines[start - 1].strip()
            yield start, BadLine(start, line, f"is not CSV ({error}); check its quotes")


def _delimiter(lines: Sequence[str]) -> str:
    """The separator that the first line has most of: Excel writes semicolons where the comma is the decimal sign."""
    first = next(line for line in lines if line.strip())
    bare = re.sub(r'"[^"]*"', "", first)
    return max(",;\t|", key=bare.count)


def _likely_column(rows: Sequence[Sequence[str]]) -> int:
    """The column, the first of equals, in which most of these rows have a domain."""
    places = range(max((len(row) for row in rows), default=1))
    return max(places, key=lambda at: sum(at < len(row) and isinstance(_line(0, row[at]), GoodLine) for row in rows))


def _plain(name: str) -> str:
    """A column's name in small letters and digits only."""
    return "".join(sign for sign in name.lower() if sign.isalnum())

"""Files of accounts as people have them: exports, spreadsheets, logs, and what is none."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster import account_files
from partnerforge_dagster.account_files import BadLine, GoodLine, UnreadableFile, lines_of


def good(content: bytes, name: str = "") -> list[tuple[int, str]]:
    return [tuple(line) for line in lines_of(content, name) if isinstance(line, GoodLine)]


def bad(content: bytes, name: str = "") -> list[BadLine]:
    return [line for line in lines_of(content, name) if isinstance(line, BadLine)]


TWO = [(2, "costco.com"), (3, "etsy.com")]


@pytest.mark.parametrize(
    "content",
    [
        b"domain\ncostco.com\netsy.com\n",
        b"\xef\xbb\xbfDomain\r\nWWW.Costco.com\r\nhttps://etsy.com/x?y=1\r\n",
        b"Name,Website\nCostco,costco.com\nEtsy,etsy.com",
        b'Account Name;Company Domain Name\n"Costco; Inc.";costco.com\n"Etsy ""the"" shop";etsy.com\n',
        b"id\turl\n1\thttp://costco.com\n2\tetsy.com\n",
        b"Account,Web Site\nCostco.com Stores,costco.com\nBooking.com,etsy.com\n",
        b"# from the fair\ncostco.com\netsy.com\n",
        "domain\ncostco.com\netsy.com\n".encode("utf-16"),
        "domain\tland\ncostco.com\tUSA\netsy.com\tÖsterreich\n".encode("utf-16-le").join((b"\xff\xfe", b"")),
        b'{"id": 1}\n{"domain": null, "url": "costco.com"}\n{"Website": "etsy.com"}\n',
        b"\rcostco.com\retsy.com\r",
    ],
)  # fmt: skip
def test_ways_to_write_two_accounts(content: bytes) -> None:
    """With and without header, whatever the separator, marks, encoding and ends of lines."""
    assert good(content) == TWO


def test_without_a_header_the_column_of_domains_is_found() -> None:
    """The column in which most of the first rows are domains, though the first row's is not."""
    assert good(b"1,Costco,none\n2,Etsy,etsy.com\n3,Ikea,ikea.com\n") == [(2, "etsy.com"), (3, "ikea.com")]
    assert bad(b"1,Costco,none\n2,Etsy,etsy.com\n")[0][:2] == (1, "none")


def test_quoted_fields_may_hold_lines_and_blank_ones_are_left_out() -> None:
    """A row's number is that of its first line, as an editor shows it."""
    content = b'name,website\n"Costco\nWholesale",costco.com\n\n   \n,,\n"Etsy",etsy.com\n'
    assert [tuple(line) for line in lines_of(content)] == [(2, "costco.com"), (7, "etsy.com")]


def test_every_bad_line_has_number_value_and_reason() -> None:
    """The lines after a bad one are read."""
    content = b'domain,name\n127.0.0.1,a\ncostco.com,b\n,c\nco.uk,d\n"open,e\netsy.com,f\n'
    assert good(content) == [(3, "costco.com"), (7, "etsy.com")]
    assert [(line.number, line.value) for line in bad(content)] == [
        (2, "127.0.0.1"),
        (4, ""),
        (5, "co.uk"),
        (6, '"open,e'),
    ]
    reasons = [line.reason for line in bad(content)]
    assert reasons[0].startswith("is an IP address; give the company's domain")
    assert "is empty" in reasons[1]
    assert "example.co.uk" in reasons[2]
    assert "is not CSV" in reasons[3]


def test_a_row_that_is_too_short_says_which_column_it_lacks() -> None:
    """The whole row is the value, as there is no other."""
    (short,) = bad(b"name,website\nCostco\nEtsy,etsy.com\n")
    assert (short.number, short.value) == (2, "Costco")
    assert "has no column 2" in short.reason


def test_json_lines_that_name_no_account() -> None:
    """What is not JSON, has no such key, or has something else than text under it."""
    content = b'{"domain": "costco.com"}\n{"domain": \n{"name": "Etsy"}\n{"url": 7}\n[1]\n"etsy.com"\n7\n'
    assert good(content) == [(1, "costco.com"), (6, "etsy.com")]
    assert [line.number for line in bad(content)] == [2, 3, 4, 5, 7]
    assert "is not JSON" in bad(content)[0].reason
    assert "domain, website or url" in bad(content)[1].reason


def test_the_ending_says_that_it_is_json_lines() -> None:
    """Plain strings are JSON lines, too."""
    assert good(b'"costco.com"\n"etsy.com"\n', "a.jsonl") == [(1, "costco.com"), (2, "etsy.com")]
    assert "is not JSON" in bad(b"costco.com\n", "a.NDJSON")[0].reason


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\n", "is empty"),
        ("domain\ncafé.com\n".encode("latin-1"), r"line 2 has the byte 0xe9.*save it as UTF-8"),
        (b"PK\x03\x04\x00\x00", "binary"),
        ("domain\ncostco.com".encode("utf-16-le"), "binary"),
        (b"\xff\xfea", "no text in UTF-8"),
        (b'[{"domain": "costco.com"}]', "one JSON value a line"),
    ],
)
def test_what_cannot_be_read_is_refused_as_a_whole(content: bytes, said: str) -> None:
    """With the reason and the fix, before any line is given out."""
    with pytest.raises(UnreadableFile, match=said):
        lines_of(content)


def test_a_huge_file_is_refused() -> None:
    """Before it is decoded."""
    with pytest.raises(UnreadableFile, match="more than 100 MB; split it"):
        lines_of(b"x" * (account_files.LARGEST_FILE + 1))


@given(st.binary(max_size=300) | st.text(st.sampled_from('a.com,;"\n\r\t|#{}[]:é\u2028'), max_size=200).map(str.encode))
def test_any_bytes_are_lines_or_refused(content: bytes) -> None:
    """Whatever is in it, a file is read to its end or refused, and its lines come in order."""
    try:
        numbers = [line.number for line in lines_of(content)]
    except UnreadableFile:
        return
    assert numbers == sorted(set(numbers))
    assert all(0 < number <= content.count(b"\n") + content.count(b"\r") + 1 for number in numbers)


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
DOMAINS = st.from_regex(r"a-[a-z]{1,10}\.(com|de|co\.uk)", fullmatch=True)
"""Public suffixes, as `uk.com`, do not begin with `a-`."""


@given(st.lists(st.tuples(NAMES, DOMAINS), min_size=1, max_size=10), st.sampled_from(",;\t|"))
def test_what_is_written_as_csv_is_read(rows: list[tuple[str, str]], delimiter: str) -> None:
    """Names with quotes, separators and signs of any alphabet are in nobody's way."""
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([("name", "website"), *rows])
    read = [line.domain for line in lines_of(file.getvalue().encode()) if isinstance(line, GoodLine)]
    commented = [row for row in rows if row[0].lstrip().startswith("#")]
    assert read == [domain for name, domain in rows if (name, domain) not in commented]


@given(st.lists(st.tuples(NAMES, DOMAINS), min_size=1, max_size=10))
def test_what_is_written_as_json_lines_is_read(rows: list[tuple[str, str]]) -> None:
    """The same for JSON."""
    text = "\n".join(json.dumps({"name": name, "domain": domain}) for name, domain in rows)
    assert [line[1] for line in lines_of(text.encode())] == [domain for _, domain in rows]

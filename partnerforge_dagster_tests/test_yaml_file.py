"""What is wrong in a YAML file is said with file, line, field and reason."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.base import Frozen
from partnerforge_dagster.yaml_file import BadFile, parse


class Leaf(Frozen):
    name: str
    size: int = 0


class Root(Frozen):
    title: str
    leaf: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    by_name: dict[str, Leaf] | None = None


WRONG = [
    ("", "f.yaml: the file is empty"),
    ("# only a comment\n", "f.yaml: the file is empty"),
    ("- a\n", "f.yaml, line 1: a mapping of fields is expected, not a list or a single value"),
    ("title: [\n", "f.yaml, line 2: not valid YAML: expected the node content"),
    ("title: a\n\tleaf: b\n", "f.yaml, line 2: not valid YAML: found character '\\t'"),
    ("title: a\n---\ntitle: b\n", "f.yaml, line 2: not valid YAML: but found another document"),
    ("title: \x00\n", "f.yaml: not valid YAML: unacceptable character #x0000"),
    ("title: a\ntitle: b\n", "f.yaml, line 2: key 'title' is given twice, first in line 1"),
    (
        "title: a\nleaf:\n  name: b\n  name: c\n",
        "f.yaml, line 4: key 'name' is given twice, first in line 3",
    ),
    ("title: &x a\nleaf: {name: *x}\n", "f.yaml, line 1: anchors and aliases are not supported"),
    ("title: a\nleaf: &x {name: b, more: *x}\n", "f.yaml, line 2: anchors and aliases are not supported"),
    ("title: *nothing\n", "f.yaml, line 1: not valid YAML: found undefined alias"),
    ("title: 2026-99-99\n", "f.yaml, line 1: '2026-99-99' cannot be read; put it in quotes if it is meant as text"),
    ("title: !!python/object:os.system x\n", "f.yaml, line 1: 'x' cannot be read"),
    ("title: !!bool x\n", "f.yaml, line 1: 'x' cannot be read"),
    ("? [a]\n: b\n", "f.yaml, line 1: not valid YAML: found unhashable key"),
    ("leaf: {name: a}\n", "f.yaml, line 1, title: this field is missing"),
    ("title: a\ntitel: b\n", "f.yaml, line 2, titel: no such field; did you mean 'title'?"),
    ("title: a\nxyz: b\n", "f.yaml, line 2, xyz: no such field"),
    ("title: a\nleaf:\n  name: b\n  sise: 3\n", "f.yaml, line 4, leaf.sise: no such field; did you mean 'size'?"),
    (
        "title: a\nleaves:\n  - name: b\n  - name: c\n    sise: 3\n",
        "f.yaml, line 5, leaves[1].sise: no such field; did you mean 'size'?",
    ),
    (
        "title: a\nby_name:\n  x:\n    nam: b\n    name: c\n",
        "f.yaml, line 4, by_name.x.nam: no such field; did you mean 'name'?",
    ),
    (
        "title: a\nleaves:\n- {name: b}\n- {name: c, size: big}\n",
        "f.yaml, line 4, leaves[1].size: Input should be a valid integer, unable to parse string as an integer "
        "(got 'big')",
    ),
    ("title: a\nleaves:\n  - name: b\n  -\n", "f.yaml, line 4, leaves[1]: "),
    ("title: 3\n", "f.yaml, line 1, title: Input should be a valid string (got 3)"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_complaint_has_file_line_field_and_reason(text: str, message: str) -> None:
    """The line is that of the key, or of the nearest thing above what is missing."""
    with pytest.raises(BadFile) as complaint:
        parse(text, "f.yaml", Root)
    assert str(complaint.value).startswith(message)


def test_all_problems_are_told_at_once_up_to_a_bound() -> None:
    """One line for each, so that a file need not be tried again and again; a flood is cut."""
    with pytest.raises(BadFile) as complaint:
        parse("titel: a\nleaf: {nam: b}\n", "f.yaml", Root)
    assert len(str(complaint.value).splitlines()) == 4
    with pytest.raises(BadFile) as complaint:
        parse("title: a\nleaves:\n" + "- {}\n" * 50, "f.yaml", Root)
    assert str(complaint.value).splitlines()[20:] == ["... and 30 more"]


def test_a_file_that_nests_or_grows_without_bound_is_refused() -> None:
    """Neither can take the process down."""
    with pytest.raises(BadFile, match="nested too deeply"):
        parse("[" * 5000, "f.yaml", Root)
    with pytest.raises(BadFile, match="characters are too many"):
        parse("#" * 1_000_001, "f.yaml", Root)


def test_a_good_file_is_read() -> None:
    """Lists become tuples, values their types."""
    assert parse("title: a\nleaves: [{name: b, size: 2}]\n", "f.yaml", Root) == Root(
        title="a", leaves=(Leaf(name="b", size=2),)
    )


@given(text=st.text(alphabet="abc:-[]{}&*!?|>#'\"\n 0123456789.,%@~=<\t"))
def test_any_text_is_a_record_or_a_complaint(text: str) -> None:
    """No input raises anything but BadFile."""
    with contextlib.suppress(BadFile):
        assert isinstance(parse(text, "f.yaml", Root), Root)

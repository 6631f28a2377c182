"""Reading rows that keep no promise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.providers.lenient import mapping, number, read_rows, text, texts

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def test_a_malformed_row_is_skipped_and_the_others_are_read() -> None:
    """Null, a number, a row without the key and a row of the wrong type cost only themselves."""
    rows = [{"n": "1"}, None, 7, {}, {"n": []}, {"n": "2"}]
    assert read_rows(rows, lambda row: int(row["n"]), "rows") == (1, 2)


def test_rows_of_which_none_can_be_read_are_a_changed_format_and_not_an_empty_list() -> None:
    """Nothing readable among something raises; nothing at all and null are empty."""
    with pytest.raises(ValueError, match="none of the 2 rows of data can be read"):
        read_rows([{"new": 1}, {"new": 2}], lambda row: int(row["n"]), "data")
    assert read_rows([], lambda row: row, "data") == ()
    assert read_rows(None, lambda row: row, "data") == ()


def test_an_object_in_the_place_of_a_list_is_refused() -> None:
    """The message names what should have been a list."""
    with pytest.raises(ValueError, match="Results is a dict, not a list"):
        read_rows({"Lookup": "x.com"}, lambda row: row, "Results")


@given(JSON)
def test_no_json_value_makes_the_small_readers_raise(value: object) -> None:
    """They answer None or empty for whatever is not theirs, and finite numbers only."""
    found = number(value)
    assert found is None or abs(found) < float("inf")
    assert text(value) != ""
    assert all(texts(value))
    assert dict(mapping(value)) == (value if isinstance(value, dict) else {})

import pandas as pd

from partnerforge_dagster.brief.accounts_table import COLUMNS, accounts_table
from partnerforge_dagster.brief.compose import compose
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster_tests.brief import sample

BRIEF = compose(sample.ACCOUNT, sample.RESULTS, sample.SELLER)
FULL: dict[str, ModuleResult] = {**sample.RESULTS, "strategic_signal_brief": BRIEF}


def test_one_row_holds_what_a_seller_sorts_by() -> None:
    """Scores with their band, tier, freshness, stack, size and next step, typed."""
    row = accounts_table({sample.DOMAIN: FULL}).iloc[0].to_dict()
    assert row["name"] == "Norvale Outfitters"
    assert row["tier"] == "hot"
    assert (row["fit_floor"], row["fit"], row["fit_ceiling"]) == (80.5, 84.5, 90.5)
    assert row["status"] == "partial"
    assert row["search_vendor"] == "Coveo"
    assert row["commerce_platform"] == "Salesforce Commerce Cloud"
    assert row["visits_a_month"] == 10.8e6
    assert (row["revenue"], row["revenue_currency"]) == (3.42e9, "USD")
    assert row["oldest_as_of"] == row["newest_as_of"] == pd.Timestamp(sample.AS_OF)
    assert str(row["next_action"]).startswith("Ask for Priya Raman")


def test_the_best_fit_comes_first_and_the_unknown_last() -> None:
    """Rows are ranked by fit, then by domain, whatever order they come in; unknown is NA and not 0."""
    weak = sample.ICP.model_copy(update={"fit": sample.score(sample.ICP.fit.parts[1])})
    rows = {
        "zeta.example": {},
        "alpha.example": {"company_context": sample.unavailable("company_context")},
        "weak.example": {**FULL, "icp_priority_mapping": weak},
        "strong.example": FULL,
    }
    ranked = ["strong.example", "weak.example", "alpha.example", "zeta.example"]
    for order in (rows, dict(reversed(rows.items()))):
        frame = accounts_table(order)
        assert list(frame["account"]) == ranked
        assert frame["fit"].isna().tolist() == [False, False, True, True]


def test_types_and_order_of_columns_do_not_depend_on_the_rows(tmp_path) -> None:
    """No row, an empty row and a full row give the same columns and types, also through Parquet."""
    for rows in ({}, {"a.example": {}}, {sample.DOMAIN: FULL}):
        frame = accounts_table(rows)
        assert {name: str(kind) for name, kind in frame.dtypes.items()} == COLUMNS
        frame.to_parquet(tmp_path / "accounts.parquet")
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "accounts.parquet"), frame)

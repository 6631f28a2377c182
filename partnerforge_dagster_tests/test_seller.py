"""A seller profile is read whole or refused with file, line and reason."""

import re
from itertools import chain
from pathlib import Path

import pytest

from partnerforge_dagster import seller
from partnerforge_dagster.models.buying_committee import BuyingRole
from partnerforge_dagster.models.signals import SignalKind
from partnerforge_dagster.seller import BadSeller, load_seller, parse_seller

BUILT_IN = Path(seller.__file__).with_name("default_seller.yaml")
TEXT = BUILT_IN.read_text(encoding="utf-8")
SELLER = load_seller(None)


WRONG = [
    # what stands there, what is written instead, what is on the line that is complained about, the complaint's begin
    ("ease: 0.45", "eese: 0.45", "eese: 0.45", "competing[0].eese: no such field; did you mean 'ease'?"),
    ("ease: 0.45", "ease: 1.45", "ease: 1.45", "competing[0].ease: Input should be less than or equal to 1 (got 1.45)"),
    ("ease: 0.45", "ease: very", "ease: very", "competing[0].ease: Input should be a valid number"),
    ("industry: 18", "industry: 17", "  weights:", "fit.weights: the weights add up to 99, not 100"),
    ("incumbent_ease: 35", "incumbent_ease: 36", "  weights:", "displacement.weights: the weights add up to 101"),
    ("hiring_signals: 35", "hiring_signals: 34", "  sources:", "intent.sources: the weights add up to 99, not 100"),
    (
        "hiring_signals: 35",
        "hiring: 35",
        "  sources:",
        "intent.sources: the sources must be exactly hiring_signals, st",
    ),
    ("technology: 0.25", "technology: 0.3", "case_study_weights:", "case_study_weights: the weights add up to 1.05"),
    ("at_least: 0.15", "at_least: 0.3", "  search_share:", "fit.search_share: bands must rise, each `at_least` above"),
    ("at_least: 0.15", "at_least: -1", "at_least: -1", "fit.search_share[1].at_least: Input should be greater than"),
    ("hot: 75", "hot: 55", "tiers:", "tiers: hot must be above warm and warm above cool: 55, 55, 35"),
    ("layoffs: {", "layofs: {", "layofs: {", "intent.kinds.layofs: Input should be 'acquisition'"),
    ("    filing: {weight: 6, half_life_days: 90}\n", "", "  kinds:", "intent.kinds: kinds without weight and half-"),
    ("half_life_days: 240", "half_life_days: 0", "half_life_days: 0", "intent.kinds.replatforming.half_life_days: "),
    ("role: champion", "role: user", "seats:", "seats: every seat must be there exactly once; not so: champion, user"),
    ("role: champion", "role: chief", "role: chief", "seats[2].role: Input should be 'economic_buyer'"),
    ("'merchandis(er|ing)'", "'merch('", "'merch('", "seats[3].titles[1]: 'merch(' is not a regular expression"),
    ("name: Klevu", "name: coveo", "name: coveo", "competing[3].name: 'coveo' is used twice"),
    ("id: gymshark", "id: lacoste", "id: lacoste", "case_studies[1].id: 'lacoste' is used twice"),
    ("id: many-markets", "id: ai-shopping", "id: ai-shopping", "value_propositions[9].id: 'ai-shopping' is used twice"),
    ("[international expansion]", "[abroad]", "[abroad]", "value_propositions[6].themes: 'abroad' is not a theme"),
    ("figure: search_share", "figure: share", "figure: share", "value_propositions[0].calls_for[0].figure: Input"),
    ("at_most: -0.03, ", "", "fewer visitors", "value_propositions[3].calls_for[0]: a condition needs `at_least`, `at"),
    ("at_most: 0,", "at_most: 0, at_least: 1,", "at_most: 0", "value_propositions[3].calls_for[1]: `at_least` 1 is ab"),
    ("region: europe", "region: eu", "region: eu", "case_studies[0].region: 'eu' is not a region; regions are: north_"),
    ("[US, CA,", "[USA, CA,", "[USA, CA,", "regions.north_america[0]: String should match pattern"),
    ('NL, "NO", PL', "NL, NO, PL", "NL, NO, PL", "regions.europe[39]: Input should be a valid string (got False)"),
    ("GBP: 1.28", "GBP: 0", "GBP: 0", "fit.usd_per.GBP: Input should be greater than 0"),
    ("prior: 0.4", "prior: .nan", "prior: .nan", "fit.prior: Input should be a finite number"),
    ("name: Algolia\n", "name: ''\n", "name: ''", "name: String should have at least 1 character"),
    ("name: Algolia\n", "name: A\nname: B\n", "name: B", "key 'name' is given twice, first in line"),
    ("category: site search\n", "", "name: Algolia", "category: this field is missing"),
]


@pytest.mark.parametrize(("right", "wrong", "pointed_at", "complaint"), WRONG)
def test_a_wrong_profile_is_refused_with_file_line_and_reason(
    right: str, wrong: str, pointed_at: str, complaint: str
) -> None:
    """Each kind of mistake in the built-in file points at its own line, or at the block that holds it."""
    assert right in TEXT
    text = TEXT.replace(right, wrong, 1)
    with pytest.raises(BadSeller) as refusal:
        parse_seller(text, "my.yaml")
    said = next((line for line in str(refusal.value).splitlines() if complaint in line), None)
    assert said, str(refusal.value)
    place = re.match(r"my\.yaml, line (\d+)", said)
    assert place, said
    assert pointed_at in text.splitlines()[int(place[1]) - 1]


def test_the_line_of_a_wrong_value_is_exact(tmp_path: Path) -> None:
    """The file is named as it was given, the line is the one an editor shows."""
    path = tmp_path / "profile.yaml"
    path.write_text(TEXT.replace("ease: 0.45", "ease: 4.5", 1), encoding="utf-8")
    with pytest.raises(BadSeller) as refusal:
        load_seller(path)
    line = TEXT.splitlines().index("    ease: 0.45") + 1
    assert str(refusal.value).startswith(f"{path}, line {line}, competing[0].ease: ")


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    """Missing, a folder, not UTF-8: the message names the path and, where there is one, the line."""
    with pytest.raises(BadSeller, match=r"no\.yaml: cannot be read: No such file"):
        load_seller(tmp_path / "no.yaml")
    with pytest.raises(BadSeller, match="cannot be read: Is a directory"):
        load_seller(tmp_path)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: a\nproduct: Möbel\n".encode("latin-1"))
    with pytest.raises(BadSeller, match=r"latin\.yaml, line 2: not UTF-8"):
        load_seller(latin)


def test_a_copy_of_the_built_in_profile_is_the_built_in_profile(tmp_path: Path) -> None:
    """Who starts from a copy starts from the same judgement, with a byte order mark or without."""
    path = tmp_path / "copy.yaml"
    path.write_text(TEXT, encoding="utf-8-sig")
    assert load_seller(path) == SELLER


def test_the_built_in_profile_covers_every_seat_and_kind() -> None:
    """Nothing that a module may meet is without a rule."""
    assert {seat.role for seat in SELLER.seats} == set(BuyingRole)
    assert set(SELLER.intent.kinds) == set(SignalKind)


def test_every_theme_has_an_offer_or_is_said_by_one() -> None:
    """A theme that no value proposition answers would be found in filings and lead to nothing."""
    answered = set(chain.from_iterable(offer.themes for offer in SELLER.value_propositions))
    assert {theme.name for theme in SELLER.themes} == answered


def test_no_name_recognises_two_products_of_a_list() -> None:
    """One name in a stack stands for one product, or the finding would depend on the order."""
    for products in (SELLER.own, SELLER.competing, SELLER.platforms, SELLER.partners, SELLER.posting_technologies):
        names = [
            name.casefold() for product in products for name in dict.fromkeys((product.name, *product.recognized_by))
        ]
        names = [
            name for product in products for name in {n.casefold() for n in (product.name, *product.recognized_by)}
        ]
        assert len(names) == len(set(names))


def test_the_seller_is_not_its_own_competitor() -> None:
    """A product is either ours or to be replaced."""
    ours = {name.casefold() for product in SELLER.own for name in product.recognized_by}
    assert not any(product.is_called(name) for product in SELLER.competing for name in ours)


def test_stories_name_technologies_that_the_profile_knows() -> None:
    """A technology in a story that nothing recognises could never match."""
    known = (*SELLER.competing, *SELLER.platforms, *SELLER.partners)
    for case in SELLER.case_studies:
        for name in (*case.technologies, *([case.replaced] if case.replaced else [])):
            assert any(product.is_called(name) for product in known), (case.id, name)


def test_countries_belong_to_one_region() -> None:
    """Each ISO code is listed once."""
    codes = list(chain.from_iterable(SELLER.regions.values()))
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("name", "called"), [("klevu", True), ("KLEVU SEARCH", True), ("Klevu", True), ("Klev", False), ("", False)]
)
def test_products_are_recognised_by_whole_names_in_any_case(name: str, called: bool) -> None:
    """No part of a name is enough: `React` is not `React Native`."""
    klevu = next(product for product in SELLER.competing if product.name == "Klevu")
    assert klevu.is_called(name) is called

"""Small pictures: well-formed, inside their frame, and short enough that the UI shows them in place."""

from datetime import date
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.scores import Score
from partnerforge_dagster.orchestration.metadata import links, picture
from partnerforge_dagster.orchestration.pictures import MOST_BYTES, score_picture, visits_picture

YEAR = [date(2025 + month // 12, month % 12 + 1, 1) for month in range(9, 22)]
SHOWN_IN_PLACE = 1_000
visits = st.lists(st.floats(min_value=0, max_value=1e13), min_size=1, max_size=len(YEAR))


def score(floor: float, value: float, ceiling: float) -> Score:
    return Score(value=value, floor=floor, ceiling=ceiling, parts=(), most_wanted=None)


def words(drawing: str) -> list[str | None]:
    return [node.text for node in ElementTree.fromstring(drawing).iter() if node.tag.endswith("text")]


@given(visits)
def test_visits_fit_their_frame_and_the_page(numbers: list[float]) -> None:
    """From one month to thirteen, whatever the numbers."""
    drawing = visits_picture(list(zip(YEAR, numbers, strict=False)))
    assert len(drawing.encode()) <= MOST_BYTES
    assert len(picture("visits by month", drawing).value) < SHOWN_IN_PLACE
    (path,) = (node for node in ElementTree.fromstring(drawing) if node.tag.endswith("path"))
    for x, y in (spot.split(",") for spot in path.attrib["d"].strip("Mz").split()):
        assert 0 <= int(x) <= 400
        assert 0 <= int(y) <= 118


def test_visits_say_the_highest_and_the_last_month() -> None:
    """Two figures are legible without axes; a month that is missing leaves its place empty."""
    months = [(date(2026, 1, 1), 4e6), (date(2026, 2, 1), 8e6), (date(2026, 5, 1), 6e6)]
    drawing = visits_picture(months)
    assert words(drawing) == ["highest 8 M, Feb 2026", "Jan 2026", "6 M, May 2026"]
    assert 'd="M4,100 4,59 105,18 396,38 396,100z"' in drawing


@given(st.lists(st.floats(min_value=0, max_value=100), min_size=3, max_size=3))
def test_a_score_fits_its_frame_and_the_page(points: list[float]) -> None:
    """Every bar is within the first, and a wider one never covers a narrower."""
    drawing = score_picture(score(*sorted(points)))
    assert len(drawing.encode()) <= MOST_BYTES
    assert len(picture("displacement score", drawing).value) < SHOWN_IN_PLACE
    widths = [int(n.attrib["width"]) for n in ElementTree.fromstring(drawing) if n.tag.endswith("rect")]
    assert widths[0] == 400
    assert widths == sorted(widths, reverse=True)


def test_a_score_tells_its_band_only_where_it_has_one() -> None:
    """Unknown parts are the reason for a band; without them there is one number."""
    assert words(score_picture(score(0, 40, 100))) == ["40 of 100, 0 to 100 possible"]
    assert words(score_picture(score(90, 90, 90))) == ["90 of 100"]


def test_links_open_web_pages_only_and_titles_stay_text() -> None:
    """A hostile title or address ends neither the link nor the list."""
    shown = links([("10-K", "https://sec.gov/a_(b)"), ("a](x) – [b", "javascript:alert(1)"), ("c\n- d", None)]).value
    assert shown.splitlines() == [r"- [10\-K](<https://sec.gov/a_(b)>)", r"- a\]\(x\) – \[b", r"- c \- d"]

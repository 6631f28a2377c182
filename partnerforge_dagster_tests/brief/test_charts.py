import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.brief.charts import score_chart, technology_chart, visits_chart
from partnerforge_dagster.models.scores import Score
from partnerforge_dagster.models.strategic_signal_brief import TimelineBar

days = st.dates(date(2000, 1, 1), date(2030, 12, 31))
visits = st.floats(min_value=0, max_value=1e12, allow_nan=False)


def numbers_of(drawing: str) -> list[float]:
    """All coordinates of a drawing; parsing fails when it is not well formed."""
    shapes = [node for node in ET.fromstring(drawing).iter() if node.tag.rpartition("}")[2] != "svg"]
    found = []
    for node in shapes:
        for name in ("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "width", "height", "points", "d"):
            found += [float(part) for part in re.findall(r"-?\d+(?:\.\d+)?", node.attrib.get(name, ""))]
        assert "nan" not in str(node.attrib)
    return found


@given(st.lists(st.tuples(days, visits), min_size=1, max_size=20, unique_by=lambda point: point[0]))
def test_visits_stay_inside_their_frame(points: list[tuple[date, float]]) -> None:
    """Whatever the numbers, everything is drawn within 400 by 192 units."""
    assert all(-0.1 <= number <= 400.1 for number in numbers_of(visits_chart(sorted(points))))


def test_visits_have_a_zero_line_and_months() -> None:
    """The axis begins at zero and names the first-of-month dates."""
    drawing = visits_chart([(date(2026, 9, 1), 10e6), (date(2026, 10, 1), 12e6)])
    labels = [node.text for node in ET.fromstring(drawing).iter() if node.tag.endswith("text")]
    assert labels == ["0", "5 M", "10 M", "15 M", "Oct 2026", "Sep 2026"]


@given(
    st.lists(
        st.builds(
            lambda start, length, live: TimelineBar(
                name="A & B", start=start, end=start + timedelta(length), live=live
            ),
            days,
            st.integers(min_value=0, max_value=9000),
            st.booleans(),
        ),
        min_size=1,
        max_size=10,
    )
)
def test_bars_stay_inside_their_frame(bars: list[TimelineBar]) -> None:
    """Bars of any age, also of a single day, are drawn within 400 units."""
    assert all(-0.1 <= number <= 400.1 for number in numbers_of(technology_chart(bars)))


@given(st.lists(st.floats(min_value=0, max_value=100), min_size=3, max_size=3))
def test_gauges_stay_inside_their_frame(points: list[float]) -> None:
    """Any floor, value and ceiling give a gauge within 180 units that says all three in words."""
    floor, value, ceiling = sorted(points)
    drawing = score_chart(Score(value=value, floor=floor, ceiling=ceiling, parts=(), most_wanted=None))
    assert all(-0.1 <= number <= 180.1 for number in numbers_of(drawing))
    assert f"{value:.0f} of 100, between {floor:.0f} and {ceiling:.0f}" in drawing


def test_nothing_to_draw_is_nothing_drawn() -> None:
    """Without points or bars there is no empty frame."""
    assert visits_chart([]) == ""
    assert technology_chart([]) == ""

"""The charts as SVG: a score's gauge, visits by month, technologies over time.

Each is a whole document with its colours in attributes, for it stands in the page as well as in an image of its own.
Drawn 400 units wide, so that its letters stay readable on a phone.
Not for: choosing what is drawn (series.py).
"""

import math
from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from partnerforge_dagster import wording
from partnerforge_dagster.models.scores import Score
from partnerforge_dagster.models.strategic_signal_brief import TimelineBar

INK, QUIET, GRID, TRACK, GREY = "#1b2436", "#55607a", "#dfe4ee", "#e8ecf4", "#98a2b8"
BLUE, MIDDLE, PALE = "#2458c5", "#7398e6", "#c3d3f7"
WIDTH = 400
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def _document(width: int, height: int, label: str, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        'aria-label="{label}" font-family="{font}" font-size="11">{parts}</svg>'
    ).format(w=width, h=height, label=label, font=_FONT, parts=Markup("").join(parts))


def _text(x: float, y: float, words: str, anchor: str = "start", **attributes: str) -> Markup:
    style = {"fill": QUIET, **attributes}
    extra = Markup("").join(Markup(' {}="{}"').format(name.replace("_", "-"), value) for name, value in style.items())
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}"{}>{}</text>').format(x, y, anchor, extra, words)


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = GRID, width: float = 1) -> Markup:
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="{}"/>').format(
        x1, y1, x2, y2, colour, width
    )


# --- gauge ------------------------------------------------------------------------------------------------------------


def score_chart(score: Score) -> Markup:
    """A half-circle gauge: sure points dark, expected ones lighter, possible ones pale; notches mark the band."""
    label = f"{score.value:.0f} of 100, between {score.floor:.0f} and {score.ceiling:.0f}"
    parts = [
        _arc(0, 100, TRACK, 14),
        _arc(0, score.floor, BLUE, 14),
        _arc(score.floor, score.value, MIDDLE, 14),
        _arc(score.value, score.ceiling, PALE, 14),
        *(_notch(edge) for edge in sorted({score.floor, score.ceiling}) if score.floor < score.ceiling),
        _text(90, 84, f"{score.value:.0f}", "middle", fill=INK, font_size="38", font_weight="700"),
        _text(90, 104, _band(score), "middle", font_size="13"),
    ]
    return _document(180, 112, label, parts)


def _band(score: Score) -> str:
    return f"{score.floor:.0f} to {score.ceiling:.0f} possible" if score.floor < score.ceiling else "of 100"


def _arc(start: float, end: float, colour: str, width: int) -> Markup:
    if end - start < 0.5:
        return Markup("")
    (x1, y1), (x2, y2) = _on_gauge(start, 70), _on_gauge(end, 70)
    return Markup(
        '<path d="M{:.2f} {:.2f} A70 70 0 0 1 {:.2f} {:.2f}" fill="none" stroke="{}" stroke-width="{}"/>'
    ).format(x1, y1, x2, y2, colour, width)


def _notch(points: float) -> Markup:
    return _line(*_on_gauge(points, 61), *_on_gauge(points, 79), colour=INK, width=1.5)


def _on_gauge(points: float, radius: float) -> tuple[float, float]:
    angle = math.pi * (1 - points / 100)
    return 90 + radius * math.cos(angle), 90 - radius * math.sin(angle)


# --- visits -----------------------------------------------------------------------------------------------------------


def visits_chart(points: Sequence[tuple[date, float]]) -> Markup:
    """Visits by month (first-of-month dates, oldest first) as an area over a zero line; empty for no points."""
    if not points:
        return Markup("")
    left, right, top, bottom = 46.0, 372.0, 12.0, 168.0
    step = _round_step(max(value for _, value in points))
    highest = step * math.ceil(max(value for _, value in points) / step) or 1.0
    first, last = points[0][0].toordinal(), points[-1][0].toordinal()

    def place(on: date, value: float) -> tuple[float, float]:
        along = (on.toordinal() - first) / (last - first) if last > first else 0.5
        return left + along * (right - left - 8) + 4, bottom - value / highest * (bottom - top)

    spots = [place(on, value) for on, value in points]
    parts = [*_rungs(step, highest, left, right, top, bottom), *_area(spots, bottom)]
    every = max(1, math.ceil(len(points) / 5))
    for index in range(len(points) - 1, -1, -every):
        on = points[index][0]
        parts.append(_text(spots[index][0], bottom + 16, wording.month(on), "middle"))
    label = f"Visits by month, {wording.month(points[0][0])} to {wording.month(points[-1][0])}"
    return _document(WIDTH, 192, label, parts)


def _round_step(highest: float) -> float:
    """1, 2 or 5 times a power of ten, at least 1, so that about three steps reach the highest value."""
    least = max(highest / 3, 1.0)
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)


def _rungs(step: float, highest: float, left: float, right: float, top: float, bottom: float) -> list[Markup]:
    rungs = []
    for index in range(round(highest / step) + 1):
        y = bottom - index * step / highest * (bottom - top)
        rungs += [_line(left, y, right, y), _text(left - 6, y + 4, wording.count(index * step), "end")]
    return rungs


def _area(spots: Sequence[tuple[float, float]], bottom: float) -> list[Markup]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    x, y = spots[-1]
    dot = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3.5" fill="{}"/>').format(x, y, BLUE)
    area = Markup('<polygon points="{:.1f},{b} {p} {:.1f},{b}" fill="{c}" fill-opacity="0.14"/>').format(
        spots[0][0], x, b=bottom, p=path, c=BLUE
    )
    line = Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="2"/>').format(path, BLUE)
    return [area, line, dot]


# --- technologies -----------------------------------------------------------------------------------------------------


def technology_chart(bars: Sequence[TimelineBar]) -> Markup:
    """One bar per technology from first to last seen, live ones blue, gone ones grey; empty for no bars."""
    if not bars:
        return Markup("")
    left, right, row = 158.0, 385.0, 21
    bottom = len(bars) * row + 4.0
    first, last = min(bar.start for bar in bars).toordinal(), max(bar.end for bar in bars).toordinal()

    def x(on: date) -> float:
        return left + (on.toordinal() - first) / max(last - first, 1) * (right - left)

    parts = []
    for year in _years(first, last):
        parts += [_line(x(year), 2, x(year), bottom), _text(x(year), bottom + 15, str(year.year), "middle")]
    for index, bar in enumerate(bars):
        y = index * row + 4
        parts.append(_text(left - 8, y + 12, wording.clip(bar.name, 22), "end", fill=INK if bar.live else QUIET))
        parts.append(_bar(bar, x(bar.start), max(x(bar.end) - x(bar.start), 3), y))
    return _document(WIDTH, round(bottom) + 22, "Technologies by time on the site", parts)


def _bar(bar: TimelineBar, x: float, width: float, y: float) -> Markup:
    until = "live" if bar.live else f"gone, last seen {wording.day(bar.end)}"
    return Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="13" rx="3" fill="{}"><title>{}</title></rect>'
    ).format(x, y + 2, width, BLUE if bar.live else GREY, f"{bar.name}: {wording.day(bar.start)}, {until}")


def _years(first: int, last: int) -> list[date]:
    """First days of years within the span, at most six of them, evenly spaced."""
    start, end = date.fromordinal(first).year + 1, date.fromordinal(last).year
    every = max(1, math.ceil((end - start + 1) / 6))
    return [date(year, 1, 1) for year in range(start, end + 1, every)]

"""Small pictures for an asset's page: visits by month, a score with its band.

The Dagster UI shows Markdown in place only below 1,000 characters, and behind a click otherwise; so these have few
shapes, whole numbers and no font of their own. Each is a whole SVG document of at most MOST_BYTES.
Not for: the brief's charts (brief/charts.py), which have the room to be read by their axes.
"""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from partnerforge_dagster import wording
from partnerforge_dagster.brief.charts import BLUE, INK, MIDDLE, PALE, TRACK
from partnerforge_dagster.models.scores import Score

MOST_BYTES = 690
"""In base64, with a title, just below the 1,000 characters of the UI (1.13; MarkdownMetadataEntry in its bundle)."""

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 400, 4, 396, 18, 100


def visits_picture(points: Sequence[tuple[date, float]]) -> Markup:
    """Visits by month (oldest first) over a zero line, with the highest and the last in words; at least one point."""
    (first, _), (last, visits) = points[0], points[-1]
    most = max(points, key=lambda point: point[1])
    days, highest = max((last - first).days, 1), most[1] or 1.0
    spots = [
        (
            round(_LEFT + (month - first).days / days * (_RIGHT - _LEFT)),
            round(_BOTTOM - value / highest * (_BOTTOM - _TOP)),
        )
        for month, value in points
    ]
    path = " ".join(f"{x},{y}" for x, y in [(spots[0][0], _BOTTOM), *spots, (spots[-1][0], _BOTTOM)])
    return _document(
        118,
        Markup('<path d="M{}z" fill="{}" stroke="{}"/>').format(path, PALE, BLUE),
        _words(_LEFT, 12, f"highest {wording.count(most[1])}, {wording.month(most[0])}"),
        _words(_LEFT, 114, wording.month(first)),
        _words(_RIGHT, 114, f"{wording.count(visits)}, {wording.month(last)}", "end"),
    )


def score_picture(score: Score) -> Markup:
    """0 to 100 as a bar: sure points dark, expected ones lighter, possible ones pale, as in the brief's gauge."""
    band = f", {score.floor:.0f} to {score.ceiling:.0f} possible" if score.floor < score.ceiling else ""
    return _document(
        44,
        *(
            Markup('<rect y="24" width="{}" height="14" fill="{}"/>').format(round(points * _WIDTH / 100), colour)
            for points, colour in ((100, TRACK), (score.ceiling, PALE), (score.value, MIDDLE), (score.floor, BLUE))
        ),
        _words(0, 14, f"{score.value:.0f} of 100{band}"),
    )


def _document(height: int, *parts: Markup) -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" font-family="sans-serif" font-size="12">{}'
        "</svg>"
    ).format(_WIDTH, height, Markup("").join(parts))


def _words(x: int, y: int, words: str, anchor: str | None = None) -> Markup:
    extra = Markup(' text-anchor="{}"').format(anchor) if anchor else ""
    return Markup('<text x="{}" y="{}" fill="{}"{}>{}</text>').format(x, y, INK, extra, words)

"""News hits as dated events: what kind, how sure, and one event where several articles tell of the same.

The rules, all by words:
- A hit counts when title or snippet names the company and it has a date in the last two years.
- Its kind is what the title tells, else the snippet (event_words.py).
- Confidence is 0.6 when the title has the words, 0.4 when only the snippet has them, 0.1 more when the title also names
  the company, and 0.15 more for each further publisher, up to 0.95.
- Articles tell of the same event when the kind is the same, they are at most two weeks apart and at least half of the
  telling words of the shorter title are in the other.
Not for: the words of each kind (event_words.py), or what an event is worth (the seller profile).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.signals import Signal, SignalKind
from partnerforge_dagster.providers.engines.records import SearchResult
from partnerforge_dagster.research.company_names import mentions
from partnerforge_dagster.research.event_words import kind_told

LOOKED_BACK = timedelta(days=730)
_SAME_EVENT = timedelta(days=14)
_SAME_TITLE = 0.5
_IN_TITLE, _IN_SNIPPET, _NAMED_IN_TITLE, _FURTHER_PUBLISHER, _SUREST = 0.6, 0.4, 0.1, 0.15, 0.95

_WORD = re.compile(r"[a-z0-9]{3,}")
_SAY_NOTHING = frozenset({"the", "and", "for", "with", "its", "new", "from", "after", "will", "into", "over", "says"})


@dataclass(frozen=True)
class _Article:
    """One hit that tells of an event."""

    kind: SignalKind
    hit: SearchResult
    on: date
    confidence: float
    words: frozenset[str]
    source: Source


def kind_of(title: str, snippet: str) -> tuple[SignalKind, float] | None:
    """The event's kind and how sure its words make it; None when they tell of none."""
    for said, confidence in ((title, _IN_TITLE), (snippet, _IN_SNIPPET)):
        kind = kind_told(said)
        if kind is not None:
            return kind, confidence
    return None


def events(hits: Iterable[tuple[SearchResult, Source]], names: tuple[str, ...], today: date) -> tuple[Signal, ...]:
    """The events that the hits tell of, newest first. `names` are the company's; sources cite the articles."""
    articles = {hit.url: article for hit, source in hits if (article := _article(hit, source, names, today))}
    groups: list[list[_Article]] = []
    for article in sorted(articles.values(), key=lambda a: (a.on, a.hit.url)):
        group = next((known for known in groups if any(_same_event(article, other) for other in known)), None)
        if group is None:
            groups.append([article])
        else:
            group.append(article)
    return tuple(sorted(map(_signal, groups), key=lambda event: (str(event.on), event.title), reverse=True))


def _article(hit: SearchResult, source: Source, names: tuple[str, ...], today: date) -> _Article | None:
    if hit.on is None or not today - LOOKED_BACK <= hit.on <= today:
        return None
    found = kind_of(hit.title, hit.snippet)
    if found is None or not mentions(f"{hit.title}. {hit.snippet}", names):
        return None
    kind, confidence = found
    return _Article(
        kind=kind,
        hit=hit,
        on=hit.on,
        confidence=confidence + (_NAMED_IN_TITLE if mentions(hit.title, names) else 0.0),
        words=_telling_words(hit.title, names),
        source=source.model_copy(update={"url": hit.url}),
    )


def _telling_words(title: str, names: tuple[str, ...]) -> frozenset[str]:
    named = {word for name in names for word in _WORD.findall(name.casefold())}
    return frozenset(_WORD.findall(title.casefold())) - named - _SAY_NOTHING


def _same_event(one: _Article, other: _Article) -> bool:
    if one.kind is not other.kind or abs(one.on - other.on) > _SAME_EVENT:
        return False
    shorter = min(len(one.words), len(other.words))
    return shorter > 0 and len(one.words & other.words) / shorter >= _SAME_TITLE


def _signal(articles: list[_Article]) -> Signal:
    """The surest article speaks for all (the first of equals); the event's day is that of the first article."""
    best = max(articles, key=lambda article: article.confidence)
    publishers = {urlsplit(article.hit.url).hostname for article in articles}
    confidence = best.confidence + _FURTHER_PUBLISHER * (len(publishers) - 1)
    first_best = [best, *(article for article in articles if article is not best)]
    return Signal(
        kind=best.kind,
        title=best.hit.title,
        summary=best.hit.snippet,
        on=articles[0].on,
        url=best.hit.url,
        confidence=round(min(confidence, _SUREST), 2),
        sources=tuple(dict.fromkeys(article.source for article in first_best)),
    )

"""What a company says about the seller's themes in its annual report: priorities on one side, risks on the other.

Not for: getting the report (assets/investor_intelligence.py) or its sentences (filings_text.py).
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from partnerforge_dagster.research.filings_text import Sentence
from partnerforge_dagster.seller import Theme

KEPT = 6
KEPT_OF_ONE_THEME = 2
"""So that one subject does not fill the list."""

RISK_WORDING = re.compile(
    r"\brisks?\b|\badvers|\bharm|\bfail(s|ure|ed)?\b|\bunable\b|\bbreach|\bdisrupt|\bvulnerab|\bdamage|\binterrupt"
    r"|\b(may|might|could) not\b|\bif\b.*\bnot\b|\bnegatively\b|\bdecline in\b|\bcompetit(ors?|ion)\b|\bsubject to\b"
    r"|\b(depend(s|ent)?|rely|reliance) (up)?on\b",
    re.IGNORECASE,
)
"""A sentence with such a word states a worry wherever it stands."""

INTENT_WORDING = re.compile(
    r"\bwe (plan|intend|aim|continue|expect|focus|invest|will|are (invest|focus|build|expand|improv|launch|work))"
    r"|\b(strateg|priorit|initiative|invest(ing|ment|ed)|roadmap)",
    re.IGNORECASE,
)
"""What the company means to do says more than what it is."""


class Stated(NamedTuple):
    """A sentence under the theme that it touches."""

    theme: str
    text: str


@dataclass(frozen=True)
class _Candidate:
    stated: Stated
    points: int
    position: int


def stated_themes(
    sentences: Iterable[Sentence], themes: Iterable[Theme]
) -> tuple[tuple[Stated, ...], tuple[Stated, ...]]:
    """The best priorities and the best risks, at most six each, the strongest first.

    A sentence that touches more themes, or says what is intended, is stronger; of equals the earlier one.
    """
    patterns = [(theme.name, re.compile(theme.pattern, re.IGNORECASE)) for theme in themes]
    priorities: dict[str, _Candidate] = {}
    risks: dict[str, _Candidate] = {}
    for position, sentence in enumerate(sentences):
        touched = [name for name, pattern in patterns if pattern.search(sentence.text)]
        if not touched:
            continue
        points = len(touched) + 2 * bool(INTENT_WORDING.search(sentence.text))
        worry = sentence.among_risks or RISK_WORDING.search(sentence.text) is not None
        candidate = _Candidate(Stated(touched[0], sentence.text), points, position)
        (risks if worry else priorities).setdefault(sentence.text, candidate)
    return _best(priorities.values()), _best(risks.values())


def _best(candidates: Iterable[_Candidate]) -> tuple[Stated, ...]:
    of_theme: Counter[str] = Counter()
    kept: list[Stated] = []
    for candidate in sorted(candidates, key=lambda candidate: (-candidate.points, candidate.position)):
        if len(kept) < KEPT and of_theme[candidate.stated.theme] < KEPT_OF_ONE_THEME:
            of_theme[candidate.stated.theme] += 1
            kept.append(candidate.stated)
    return tuple(kept)

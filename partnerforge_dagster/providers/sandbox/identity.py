"""Names and identifiers of companies, made from the domain so that each leads back to it on every machine.

Nothing is remembered: a ticker, board slug, Q number or CIK given out by one process is understood by another.
`.com` is left out of names, since most domains have it: `acme-tools.com` is "Acme Tools" and ACME-TOOLS; `acme.co.uk`
is "Acme.co.uk" and ACME.CO.UK.
Not for: the tickers, CIKs and boards of known companies (companies/); their Q numbers are made here where we are not
sure of the real ones, so that no source leads to a stranger.
"""

import re

_CIK_BASE = 6_000_000_000
"""Above every CIK given out so far (about 2,100,000 in 2026)."""
_CIK_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-"
_CIK_LENGTH = 6
"""Longer labels do not fit in the ten digits of a CIK."""
_LEGAL_FORM = re.compile(r"[, ]+(?:inc|corp|llc|ltd|plc|gmbh|se|ag|sa|bv|ab|kk)\.?$", re.IGNORECASE)


def short(domain: str) -> str:
    """The domain without `.com`."""
    return domain.removesuffix(".com")


def domain_of(short_name: str) -> str:
    """The domain that `short` gave this for."""
    lower = short_name.lower()
    return lower if "." in lower else f"{lower}.com"


def name_of(domain: str) -> str:
    """A company name: `Acme Tools` for acme-tools.com."""
    label, dot, suffix = short(domain).partition(".")
    return " ".join(word.capitalize() for word in label.split("-") if word) + dot + suffix


def domain_of_name(name: str) -> str | None:
    """The domain of a name that `name_of` gave, with or without a legal form; None when no domain reads so."""
    label = re.sub(r"\s+", "-", _LEGAL_FORM.sub("", name.strip()).lower())
    return domain_of(label) if re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", label) else None


def ticker_of(domain: str) -> str:
    """A ticker that `domain_of` reads back."""
    return short(domain).upper()


def wikidata_of(domain: str) -> str:
    """A Q number far above the real ones, whose digits are the domain's bytes."""
    return f"Q{int.from_bytes(domain.encode(), 'big')}"


def domain_of_wikidata(item: str) -> str | None:
    """The domain of a Q number of `wikidata_of`; None for any other."""
    if not re.fullmatch(r"Q[1-9]\d{8,180}", item):
        return None
    number = int(item[1:])
    try:
        domain = number.to_bytes((number.bit_length() + 7) // 8, "big").decode("ascii")
    except UnicodeDecodeError:
        return None
    return domain if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain) else None


def cik_of(domain: str) -> int | None:
    """A CIK for a `.com` domain with a label of up to six characters; None for others: ten digits hold no more."""
    label = short(domain)
    if len(label) > _CIK_LENGTH or not domain.endswith(".com") or set(label) - set(_CIK_ALPHABET):
        return None
    number = 0
    for character in label:
        number = number * (len(_CIK_ALPHABET) + 1) + _CIK_ALPHABET.index(character) + 1
    return _CIK_BASE + number


def domain_of_cik(cik: int) -> str | None:
    """The domain of a CIK of `cik_of`; None for any other."""
    number, label = cik - _CIK_BASE, ""
    while number > 0:
        number, digit = divmod(number, len(_CIK_ALPHABET) + 1)
        if digit == 0:
            return None
        label = _CIK_ALPHABET[digit - 1] + label
    return f"{label}.com" if 0 < len(label) <= _CIK_LENGTH else None

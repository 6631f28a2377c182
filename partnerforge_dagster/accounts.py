"""What people paste, as one spelling: the registrable domain that names an account (SPEC section 10).

The public suffix list is the one bundled with tldextract; nothing is fetched. Its private part is used: a shop at
`myshop.myshopify.com` is a company of its own and not a page of its host, and `github.io` alone is nobody's.
Not for: whether such an account exists or is worth a call.
"""

import ipaddress
import re
import unicodedata
from functools import lru_cache
from typing import Final

import idna
import tldextract

LONGEST_HOST: Final = 253
"""Characters of a host name that DNS can carry (RFC 1035 section 2.3.4, without the length bytes)."""

WRAPPING: Final = " \t\r\n\f\v\u00a0\ufeff\u200b<>\"'`“”‘’,;"
"""What comes along when a domain is copied from a sentence, a spreadsheet or a mail."""

SPELLING: Final = "give it as it stands in a browser's address bar"

_SCHEME: Final = re.compile(r"(?:[a-z][a-z0-9+.\-]*:)?//|mailto:|https?:/*", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)

_NOT_IN_A_HOST: Final = re.compile(r"[\x00-,/:-^`{-\x7f\s]")
"""ASCII that is not a letter, digit, dot, hyphen or underscore, and white space of any kind."""


class BadDomain(ValueError):
    """The text names no account; the message names it, the reason and what to give instead."""

    def __init__(self, text: str, reason: str, fix: str) -> None:
        super().__init__(text, reason, fix)  # as they are, so that the exception can be pickled
        self.text, self.reason, self.fix = text, reason, fix

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= 80 else f"{self.text[:77]}..."
        return f"{shown!r} {self.reason}; {self.fix}"


def account_domain(text: str) -> str:
    """The registrable domain in `text`: ASCII, lower case, no trailing dot.

    Takes a domain, a sub-domain, a URL with anything around the host, or an e-mail address. Raises BadDomain.
    """
    host = _host(text)
    if not host:
        raise BadDomain(text, "is empty", "give a company's domain such as costco.com")
    if len(host) > LONGEST_HOST:
        raise BadDomain(text, f"is too long: {len(host)} characters", f"a domain has at most {LONGEST_HOST}")
    if _is_address(host):
        raise BadDomain(text, "is an IP address", "give the company's domain instead, such as costco.com")
    return _registrable(text, _mapped(text, host))


def _host(text: str) -> str:
    """The host of a URL, of an e-mail address or of itself, as written, without port and outer dots."""
    rest = text.strip(WRAPPING)
    scheme = _SCHEME.match(rest)
    authority = re.split(r"[/?#\\]", rest[scheme.end() :] if scheme else rest, maxsplit=1)[0]
    host = authority.rpartition("@")[2]
    return host if _is_ipv6(host) else re.sub(r":[0-9]*$", "", host).strip(WRAPPING + ".")


def _is_ipv6(host: str) -> bool:
    try:
        ipaddress.IPv6Address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True


def _is_address(host: str) -> bool:
    """As for browsers (WHATWG URL, "ends in a number"), 127.1, 0x7f.1 and 2130706433 are IPv4 addresses too."""
    last = unicodedata.normalize("NFKC", host).rpartition(".")[2]
    return _is_ipv6(host) or host.startswith("[") or _NUMBER.fullmatch(last) is not None


def _mapped(text: str, host: str) -> str:
    """UTS 46 mapping: lower case, full-width forms, ideographic dots. Sub-domains may hold underscores."""
    try:
        mapped = idna.uts46_remap(host, std3_rules=False, transitional=False)
    except idna.IDNAError as error:
        raise BadDomain(text, f"is not a domain: {error}", SPELLING) from error
    strange = _NOT_IN_A_HOST.search(mapped)
    if strange:
        raise BadDomain(text, f"is not a domain: {strange.group()!r} cannot be in one", "give one domain, nothing else")
    if ".." in mapped:
        raise BadDomain(text, "is not a domain: there is nothing between two of its dots", SPELLING)
    return mapped.strip(".")


def _registrable(text: str, host: str) -> str:
    parts = _suffixes()(host)
    if not parts.suffix:
        if "." not in host:
            raise BadDomain(text, "is not a domain", "give it with its ending, such as costco.com")
        ending = host.rpartition(".")[2]
        raise BadDomain(text, f"is not a domain: there is no top-level domain {ending!r}", "check its ending")
    if not parts.domain or (parts.is_private and parts.domain == "www"):
        # `www.github.io` could in theory be someone's, but then `www.` would not always be the same as nothing.
        reason = f"is a public suffix ({parts.suffix}), under which many companies have their domains"
        raise BadDomain(text, reason, f"give the company's own, such as example.{parts.suffix}")
    try:
        return idna.encode(parts.top_domain_under_public_suffix, std3_rules=True).decode("ascii")
    except idna.IDNAError as error:
        raise BadDomain(text, f"is not a domain: {error}", SPELLING) from error


@lru_cache(maxsize=1)
def _suffixes() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

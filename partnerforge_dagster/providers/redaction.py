"""What a recorded answer is without keys and personal data.

Out go: any of our keys that a provider repeats; values of cookies; headers about our account; e-mail addresses and
phone numbers. Names stay: executives in public filings and press are facts that the brief shows.
A phone number in running text is found by its form (`+1 425 313 8100`, `(425) 313-8100`, `425-313-8100`); under a key
or a link that says phone, whatever its form.
Not for: credentials on their way out: those are added below, and no recording ever sees them.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from partnerforge_dagster.providers import keys
from partnerforge_dagster.settings_providers import Providers

EMAIL = "removed@example.invalid"
PHONE = "(phone removed)"
KEY = "(key removed)"

_FILES = "avif|css|gif|html?|ico|jpe?g|js|json|map|mjs|png|svg|webp|woff2?"
"""What `logo@2x.png` and `vue@3.min.js` end in: no addresses."""
_EMAIL = re.compile(
    r"[A-Za-z0-9._%+'-]+@(?!example\.invalid)(?:[A-Za-z0-9-]+\.)+"
    rf"(?!(?:{_FILES})(?![\w-]))[A-Za-z]{{2,}}(?![\w-]|\.\w)"
)
_PHONE = re.compile(
    r"(?<![\w.,/+=-])"
    r"(?:\+\d{1,3}[ (-][\d ().-]{5,}\d|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}[.-]\d{3}[.-]\d{4})"
    r"(?![\w-])"
)
_PHONE_LINK = re.compile(r"(tel:|callto:)[+\d()%. -]+", re.IGNORECASE)
_PHONE_KEY = re.compile(r"(?:tele)?phones?(?:number)?s?|fax|telephone_?numbers?", re.IGNORECASE)
_OF_OUR_ACCOUNT = re.compile(
    r"credit|rate-?limit|quota|authorization|api-?key|token|request-?id|session", re.IGNORECASE
)


def keys_of(providers: Providers) -> tuple[str, ...]:
    """Every key that is set, longest first, so that none is half replaced."""
    found = {key for provider in providers.named().values() for key in keys.keys_of(provider)}
    return tuple(sorted(found, key=len, reverse=True))


def public_headers(headers: Iterable[tuple[str, str]], secrets: Iterable[str]) -> list[tuple[str, str]]:
    """Headers of an answer that tell nothing of us; a cookie keeps its name, which tells a technology."""
    kept = []
    for name, value in headers:
        if name.lower() == "set-cookie":
            kept.append((name, value.partition("=")[0].strip() + "="))
        elif not _OF_OUR_ACCOUNT.search(name):
            kept.append((name, public_text(value, secrets)))
    return kept


def public_body(body: bytes, secrets: Iterable[str]) -> bytes:
    """The body without keys and personal data; the same bytes where there are none."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return public_text(body.decode("latin-1"), secrets).encode("latin-1")
    if text.lstrip()[:1] in ("{", "["):
        try:
            values = json.loads(text)
        except ValueError:
            return public_text(text, secrets).encode()
        cleaned = _public_values(values, tuple(secrets))
        return body if cleaned == values else json.dumps(cleaned).encode()
    return public_text(text, secrets).encode()


def public_text(text: str, secrets: Iterable[str]) -> str:
    """Running text without them."""
    for key in secrets:
        text = text.replace(key, KEY)
    text = _EMAIL.sub(EMAIL, text)
    text = _PHONE_LINK.sub(r"\1", text)
    return _PHONE.sub(PHONE, text)


def _public_values(value: Any, secrets: tuple[str, ...]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {
            name: _without_numbers(item) if _PHONE_KEY.fullmatch(name) else _public_values(item, secrets)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_public_values(item, secrets) for item in value]
    return public_text(value, secrets) if isinstance(value, str) else value


def _without_numbers(value: Any) -> Any:  # noqa: ANN401 - JSON
    """What stands under a key that says phone: texts go, of whatever form; the shape stays."""
    if isinstance(value, list):
        return [_without_numbers(item) for item in value]
    return PHONE if isinstance(value, str) and value else value

"""Takes people's names out of bodies that came from outside, whatever their format: JSON stays JSON, text stays text.

Not for: our own records (records.py).
"""

import html
import json
from typing import Any

from partnerforge_dagster.privacy.names import Forgotten


def text_without(text: str, forgotten: Forgotten) -> str:
    """JSON or any other text, with marks in place of the names; the same text where there is none."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if found is not None:
            cleaned = _walk(found, forgotten)
            return text if cleaned == found else json.dumps(cleaned, ensure_ascii=False)
    redacted = forgotten.redacted(text)
    spelt_out = html.unescape(redacted)
    if "&" in redacted and forgotten.named_in(spelt_out):  # `Ren&eacute;e Doe`
        return forgotten.redacted(spelt_out)
    return redacted


def body_without(body: bytes, forgotten: Forgotten) -> bytes:
    """The same of bytes; those that are no UTF-8 are read as Latin-1, which has a letter for each."""
    for encoding in ("utf-8", "latin-1"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        cleaned = text_without(text, forgotten)
        return body if cleaned == text else cleaned.encode(encoding, "replace")
    return body


def _walk(value: Any, forgotten: Forgotten) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        if value[:1] in ("{", "["):  # JSON within JSON, as Dagster keeps it
            return text_without(value, forgotten)
        return forgotten.redacted(value)
    if isinstance(value, list):
        return [_walk(item, forgotten) for item in value]
    if isinstance(value, dict):
        return {forgotten.redacted(key): _walk(item, forgotten) for key, item in value.items()}
    return value

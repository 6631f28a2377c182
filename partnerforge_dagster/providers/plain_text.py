"""HTML fragments of providers as plain text: snippets of search engines, bodies of job postings.

Not for: whole pages (web_pages.py reads those with a parser).
"""

import html
import re

_BLOCK = re.compile(r"</?(?:p|div|li|ul|ol|br|h[1-6]|tr|td|th|table|section|hr)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)


def plain(fragment: str) -> str:
    """Tags removed (a block's edge becomes a space), entities resolved once, whitespace collapsed.

    Tags go before entities, so that an escaped `&lt;b&gt;` stays the text `<b>`.
    """
    return " ".join(html.unescape(_TAG.sub("", _BLOCK.sub(" ", fragment))).split())

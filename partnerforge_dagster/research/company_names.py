"""A company's names: compared without legal forms, and looked for in text.

Not for: finding out what a company is called (identity.py).
"""

import re
import unicodedata
from collections.abc import Iterable

from partnerforge_dagster.models.company_context import CompanyContext

_LEGAL_FORMS = frozenset(
    {"inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "plc", "llc", "llp", "lp", "pty"}
    | {"gmbh", "ag", "kgaa", "se", "sa", "sas", "sarl", "spa", "srl", "nv", "bv", "ab", "as", "asa", "oy", "oyj", "kk"}
    | {"holding", "holdings", "group"}
)
_STATE_MARK = re.compile(r"\s*/[a-z]{2,3}/?\s*$", re.IGNORECASE)
"""EDGAR's mark behind a title: `COSTCO WHOLESALE CORP /NEW`, `ACME INC /DE/`."""
_WORD = re.compile(r"[^\W_]+")


def normalised(name: str) -> str:
    """Folded words without accents, punctuation and trailing legal forms: `Costco Wholesale Corp /NEW` is
    `costco wholesale`. A name of nothing but legal forms keeps its first word."""
    words = _WORD.findall(_folded(_STATE_MARK.sub("", name).replace(".", "")))
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def host_is_of(url: str | None, domain: str) -> bool:
    """Whether an address (`https://www.x.com/`, `x.com`) lies under the registrable domain `domain`."""
    if not url:
        return False
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", url.strip().lower()).split("/")[0].split(":")[0]
    return host == domain or host.endswith(f".{domain}")


def label_of(domain: str) -> str:
    """The first label of a registrable domain: `costco` of `costco.com`."""
    return domain.split(".")[0]


def names_of(context: CompanyContext) -> tuple[str, ...]:
    """The names by which text may mean the company; without any known one, its domain and that in capitals."""
    known = tuple(fact.value for fact in (context.trading_name, context.legal_name) if fact is not None)
    return known or (context.account, label_of(context.account).capitalize())


def mentions(text: str, names: Iterable[str]) -> bool:
    """Whether a text has one of the names as whole words, as they are or without their legal forms.

    A name of one short or everyday word must be written as it is, capitals included: `Target` is a company,
    a `target` is not.
    """
    folded = text.casefold()
    return any(_mentions(text, folded, _without_legal_form(name)) for name in names)


def _mentions(text: str, folded: str, core: str) -> bool:
    # A plain search first: it is a hundred times faster, and boards have megabytes of text without the name.
    if not core or core.casefold() not in folded:
        return False
    flags = re.IGNORECASE if " " in core or "." in core else re.NOFLAG
    return bool(re.search(rf"(?<![\w.-]){re.escape(core)}(?![\w-]|\.\w)", text, flags))


def _without_legal_form(name: str) -> str:
    words = _STATE_MARK.sub("", name).replace(",", " ").split()
    while len(words) > 1 and words[-1].strip(".&").lower().replace(".", "") in {*_LEGAL_FORMS, ""}:
        words.pop()
    return " ".join(words)


def _folded(text: str) -> str:
    # Decomposed on both sides of folding: some letters fold only then, others can be decomposed only then.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))

"""What people paste becomes one spelling or one clear refusal."""

import contextlib
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.accounts import BadDomain, account_domain

PASTED = [
    ("costco.com", "costco.com"),
    ("  costco.com\t\n", "costco.com"),
    ("COSTCO.com", "costco.com"),
    ("costco.com.", "costco.com"),
    ("costco.com..", "costco.com"),
    (".costco.com", "costco.com"),  # a cookie's domain
    ("www.costco.com", "costco.com"),
    ("www2.shop.costco.com", "costco.com"),
    ("my_shop.costco.com", "costco.com"),  # underscores are common in front of the registrable domain
    ("www.com", "www.com"),
    ("https://www.costco.com/", "costco.com"),
    ("HTTPS://user:pw@WWW.Costco.com.:443/a/b?x=1#y", "costco.com"),
    ("http://costco.com:8080", "costco.com"),
    ("costco.com:8080/path", "costco.com"),
    ("http:/costco.com", "costco.com"),  # typed in a hurry
    ("//costco.com/x", "costco.com"),
    ("ftp://files.costco.com", "costco.com"),
    ("costco.com?ref=a@b.org", "costco.com"),
    ("costco.com\\path", "costco.com"),
    ("https://evil.org@costco.com/", "costco.com"),  # what a browser would open
    ("https://www.google.com/url?q=https://costco.com", "google.com"),
    ("jane.doe@shop.costco.com", "costco.com"),
    ("mailto:jane@costco.com?subject=a/b", "costco.com"),
    ("<https://costco.com>", "costco.com"),
    ('"costco.com",', "costco.com"),
    ("“costco.com”", "costco.com"),
    ("\ufeffcostco.com", "costco.com"),  # first line of a file with a byte order mark
    ("cost\u200bco.com", "costco.com"),  # zero-width space from a web page
    ("tesco.co.uk", "tesco.co.uk"),
    ("shop.tesco.co.uk", "tesco.co.uk"),
    ("myshop.myshopify.com", "myshop.myshopify.com"),  # a company of its own
    ("www.myshop.myshopify.com", "myshop.myshopify.com"),
    ("myshopify.com.br", "myshopify.com.br"),
    ("someone.github.io", "someone.github.io"),
    ("bücher.de", "xn--bcher-kva.de"),
    ("BÜCHER.de", "xn--bcher-kva.de"),
    ("bu\u0308cher.de", "xn--bcher-kva.de"),  # decomposed, as macOS writes it
    ("XN--BCHER-KVA.DE", "xn--bcher-kva.de"),
    ("straße.de", "xn--strae-oqa.de"),  # IDNA 2008: not strasse.de
    ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
    ("ｃｏｓｔｃｏ．ｃｏｍ", "costco.com"),
    ("costco。com", "costco.com"),
    ("3m.com", "3m.com"),
    ("1.1.1.com", "1.com"),
]

REFUSED = [
    ("", "is empty"),
    ("   ", "is empty"),
    ("http://", "is empty"),
    ("jane@", "is empty"),
    ("costco", "is not a domain; give it with its ending"),
    ("localhost:3000", "is not a domain; give it with its ending"),
    ("costco,com", "',' cannot be in one"),
    ("costco.bogus", "no top-level domain 'bogus'"),
    ("shop.local", "no top-level domain 'local'"),
    ("1.2.3.4", "is an IP address"),
    ("http://1.2.3.4:80/x", "is an IP address"),
    ("１.２.３.４", "is an IP address"),
    ("127.1", "is an IP address"),
    ("2130706433", "is an IP address"),
    ("0x7f.0.0.1", "is an IP address"),
    ("::1", "is an IP address"),
    ("[::1]:80", "is an IP address"),
    ("http://[2001:db8::1]/", "is an IP address"),
    ("fe80::1%eth0", "is an IP address"),
    ("jane@[1.2.3.4]", "is an IP address"),
    ("com", "is a public suffix"),
    ("co.uk", "is a public suffix"),
    ("www.github.io", "is a public suffix"),
    ("github.io", "is a public suffix"),
    ("costco.com walmart.com", "' ' cannot be in one"),
    ("costco.com, walmart.com", "cannot be in one"),
    ("cost\x00co.com", "'\\x00' cannot be in one"),
    ("costco.com\nwalmart.com", "'\\n' cannot be in one"),
    ("*.costco.com", "'*' cannot be in one"),
    ("costco.com:x", "':' cannot be in one"),
    ("costco%2ecom", "'%' cannot be in one"),
    ("costco..com", "nothing between two of its dots"),
    ("-costco.com", "hyphen"),
    ("cost_co.com", "U+005F"),
    ("i❤.ws", "U+2764"),
    ("\u202ecostco.com", "U+202E"),  # turns the text around on a screen
    ("xn--a.com", "is not a domain"),
    ("a" * 64 + ".com", "Label too long"),
    ("a." * 200 + "com", "is too long: 403 characters"),
    ("x" * 5_000_000, "is too long: 5000000 characters"),
]


@pytest.mark.parametrize(("pasted", "domain"), PASTED)
def test_pasted_text_becomes_the_registrable_domain(pasted: str, domain: str) -> None:
    """Whatever surrounds the registrable domain is taken off, and it is spelt in lower-case ASCII."""
    assert account_domain(pasted) == domain


@pytest.mark.parametrize(("pasted", "reason"), REFUSED)
def test_what_names_no_account_is_refused_with_value_reason_and_fix(pasted: str, reason: str) -> None:
    """The message shows the value (cut when long), why it is refused and what to give instead."""
    with pytest.raises(BadDomain) as refusal:
        account_domain(pasted)
    message = str(refusal.value)
    assert reason in message
    assert repr(pasted[:70])[:-1] in message
    assert len(message) < 400
    assert "; " in message


def test_a_refusal_crosses_process_borders() -> None:
    """A pickled BadDomain says the same: Dagster carries exceptions from worker to parent."""
    with pytest.raises(BadDomain) as refusal:
        account_domain("co.uk")
    assert str(pickle.loads(pickle.dumps(refusal.value))) == str(refusal.value)


# "acme" in front: a label such as `uk` would make `uk.com`, which is a public suffix.
labels = st.from_regex(r"acme[a-z0-9]{0,8}", fullmatch=True) | st.sampled_from(["bücher", "店", "пример"])
domains = st.tuples(labels, st.sampled_from(["com", "co.uk", "de", "com.au", "myshopify.com", "рф"])).map(".".join)


@given(domain=domains)
def test_normalizing_twice_is_normalizing_once(domain: str) -> None:
    """The result is its own spelling, plain lower-case ASCII."""
    once = account_domain(domain)
    assert account_domain(once) == once
    assert once.isascii()
    assert once == once.lower()


@given(
    domain=domains,
    scheme=st.sampled_from(["", "http://", "HTTPS://", "//", "ftp://"]),
    user=st.sampled_from(["", "jane@", "jane:pw@"]),
    www=st.sampled_from(["", "www.", "WWW."]),
    dot=st.sampled_from(["", "."]),
    tail=st.sampled_from(["", ":443", "/", "/a@b.com/c", "?q=1", "#x", ":80/x?y#z"]),
    upper=st.booleans(),
)
def test_what_surrounds_a_domain_never_changes_it(
    domain: str, scheme: str, user: str, www: str, dot: str, tail: str, upper: bool
) -> None:
    """Scheme, user, `www.`, case, trailing dot, port, path, query and fragment leave the account as it is."""
    pasted = scheme + user + www + (domain.upper() if upper else domain) + dot + tail
    assert account_domain(pasted) == account_domain(domain)


@given(text=st.text())
def test_any_text_is_an_account_or_a_refusal(text: str) -> None:
    """No input raises anything but BadDomain, and every account is a spelling of itself."""
    with contextlib.suppress(BadDomain):
        domain = account_domain(text)
        assert account_domain(domain) == domain

"""Records of a domain: aliases, mail hosts, texts, and the ways of not knowing. No real answer was at hand."""

import httpx
import pytest

from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Unreachable
from partnerforge_dagster.providers.dns import Dns
from partnerforge_dagster_tests.providers.wire import Server, ask


def answer(*records: tuple[int, str], status: int = 0) -> httpx.Response:
    rows = [{"name": "x.com.", "type": kind, "TTL": 300, "data": data} for kind, data in records]
    return httpx.Response(200, json={"Status": status, "Question": [], **({"Answer": rows} if rows else {})})


def aliases(server: Server) -> tuple[str, ...] | None:
    return ask(server, Dns, lambda dns: dns.aliases("www.x.com")).value


def test_the_whole_chain_of_aliases_is_read() -> None:
    """Addresses at its end are left out; names come in small letters without the last dot."""
    chain = answer((5, "Shops.MyShopify.com."), (5, "b.net."), (1, "192.0.2.1"))
    assert aliases(chain) == ("shops.myshopify.com", "b.net")


def test_mail_hosts_come_without_their_preference() -> None:
    """And one alone, as some write it, is taken as it is."""
    found = ask(answer((15, "10 mx.x.com."), (15, "mx2.x.com.")), Dns, lambda dns: dns.mail_hosts("x.com"))
    assert found.value == ("mx.x.com", "mx2.x.com")


def test_texts_and_the_senders_that_they_name() -> None:
    """A record in parts is one text; only an SPF record is taken apart."""
    records = answer((16, '"v=spf1 include:a.net " "ip4:192.0.2.1 -all"'), (16, "token=a:b"))
    found = ask(records, Dns, lambda dns: dns.texts("x.com"))
    assert found.value == ("v=spf1 include:a.net  ip4:192.0.2.1 -all", "token=a:b", "a.net", "192.0.2.1")


@pytest.mark.parametrize("status", [0, 3])
def test_no_record_and_no_name_are_answers(status: int) -> None:
    """Asked, nothing there."""
    assert aliases(answer(status=status)) == ()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (answer(status=2), Unreachable),
        (answer(status=5), Unreachable),
        (httpx.Response(429), RateLimited),
        (httpx.Response(502), Unreachable),
        (httpx.Response(400, text="Invalid name"), BadAnswer),
        (httpx.Response(200, html="<html></html>"), BadAnswer),
        (httpx.Response(200, json={"Answer": []}), BadAnswer),
        (httpx.Response(200, json={"Status": 0, "Answer": {}}), BadAnswer),
        (httpx.Response(200, json={"Status": 0, "Answer": [{"type": "?"}]}), BadAnswer),
    ],
)
def test_no_answer_is_not_no_record(said: httpx.Response, kind: type[ProviderError]) -> None:
    """Each way of not answering is a failure, also that of a resolver inside a 200."""
    with pytest.raises(kind):
        aliases(said)

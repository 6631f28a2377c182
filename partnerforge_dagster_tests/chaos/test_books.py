"""What the judge finds when its log is laid beside the ledger."""

import json
from pathlib import Path
from typing import Any

import pytest

from partnerforge_dagster.chaos.books import Request, bought_twice, lost, read_log, settled, unaccounted, unknown


def request(
    call: str | None, question: str = "q", *, at: float = 0.0, took: float | None = 1.0, good: bool = True
) -> Request:
    """A request that arrived `at` and was answered after `took` seconds, or never."""
    answered = None if took is None else at + took
    return Request(call, question, "builtwith", "/v23", "costco.com", at, answered, good and took is not None)


def row(call: str, status: str = "ok", *, tries: int = 1, endpoint: str = "domain") -> dict[str, Any]:
    """A row of the ledger."""
    return {
        "id": call, "status": status, "tries": tries, "provider": "builtwith", "endpoint": endpoint,
        "account": "costco.com",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("requests", "completed", "wrong"),
    [
        ([request("a"), request("b", "other", at=1)], {"a", "b"}, []),
        ([request("a"), request("b", at=2)], {"b"}, []),
        ([request("a", took=None), request("b", at=2), request("c", at=3)], {"c"}, []),
        ([request("a"), request("b", at=2)], {"a", "b"}, ["b"]),
        ([request("a"), request("b", at=2)], {"a"}, ["b"]),
        ([request("a", took=5), request("b", at=2)], {"a", "b"}, ["b"]),
        ([request("b", at=2), request("a"), request("c", at=3)], {"a"}, ["b", "c"]),
        ([request("a", good=False), request("a", at=2)], {"a"}, []),
        ([request("a", took=None), request("a", at=2)], {"a"}, []),
        ([request("a"), request("a", at=2)], {"a"}, ["a"]),
        ([request("a", took=11), request("a", at=10)], {"a"}, []),
    ],
    ids=[
        "different questions",
        "asked again after its process died",
        "died twice",
        "completed twice",
        "asked again after completion, and died",
        "two at a time",
        "in the order of arrival, not of the log",
        "tried again after a fault",
        "tried again after silence",
        "tried again after a good answer",
        "tried again after an answer that came too late",
    ],
)
def test_bought_twice(requests: list[Request], completed: set[str], wrong: list[str]) -> None:
    """Whoever asks what a completed call has asked buys twice; calls that died or were refused leave it open."""
    assert [request.call for request in bought_twice(requests, completed, patience_s=10)] == wrong


def test_lost_is_what_a_replay_asks_again() -> None:
    """A replay's request is lost money when the question was completed, and none when it was left open."""
    storm = [request("a", "bought"), request("b", "open")]
    replay = [request("c", "bought", at=9), request("d", "open", at=9), request("e", "new", at=9)]
    assert [request.call for request in lost(storm, replay, {"a"})] == ["c"]


def test_ledger_and_judge_must_agree() -> None:
    """A request that the ledger does not know, or a completed call nobody answered, is an offence; a hit is none."""
    rows = [row("a"), row("b"), row("c", "unreachable"), row("hit", tries=0), row("gone", "charge_unknown")]
    requests = [request("a"), request("b", took=None), request("c", good=False), request("gone"), request(None)]
    found = unaccounted([*requests, request("x")], rows)
    assert [(one["what"], one.get("call") or one.get("id")) for one in found] == [
        ("not in the ledger", None),
        ("not in the ledger", "x"),
        ("completed unanswered", "b"),
    ]


def test_what_the_ledger_says_of_calls() -> None:
    """Completed are answered calls and no hits nor sign-ins; unknown are those whose process died, found or not."""
    crumb = {**row("crumb", endpoint="/v1/test/getcrumb"), "provider": "yahoo"}
    rows = [row("a"), row("hit", tries=0), crumb, row("b", "intended"), row("c", "charge_unknown"), row("d", "refused")]
    assert settled(rows) == {"a"}
    assert unknown(rows) == {"b", "c"}


def test_the_log_is_read_as_far_as_it_is_whole(tmp_path: Path) -> None:
    """Both lines of a request are one; a half-written last line is left for later; sign-ins are no questions."""
    log = tmp_path / "judge.jsonl"
    assert read_log(log) == []
    asked = {"event": "request", "id": "1", "at": 5.0, "provider": "builtwith", "path": "/v23", "domain": "costco.com"}
    more = {"call": "a", "question": "q"}
    lines = [
        {**asked, **more},
        {**asked, "id": "2", "at": 6.0, **more},
        {**asked, "id": "3", "provider": "yahoo", "path": "/v1/test/getcrumb"},
        {**asked, "event": "response", "at": 7.0, "status": 200, "fault": "html"},
    ]
    log.write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"event": "resp')
    first, second = read_log(log)
    assert (first.call, first.question, first.arrived, first.answered, first.good) == ("a", "q", 5.0, 7.0, False)
    assert (second.answered, second.good) == (None, False)
    log.write_text(log.read_text().rpartition('{"event": "resp')[0].replace("html", "slow"))
    assert read_log(log)[0].good

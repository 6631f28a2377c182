"""A call's first transaction: the stored answer, or the claim on its question and leave to go, both at once.

Not for: what claims (test_cache.py) or limits (test_limiter.py) promise, or cancelled calls (test_cancelled.py).
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text

from partnerforge_dagster.governor import limiter
from partnerforge_dagster.governor.cache import StoredAnswer
from partnerforge_dagster.governor.clock import SystemClock, now
from partnerforge_dagster.governor.context import CallContext
from partnerforge_dagster.governor.gate import NOT_YET, Gate, Outcome
from partnerforge_dagster.governor.leases import Lease
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.policy import Authorizer, HeaderKeys, Open, ProviderPolicy, Send
from partnerforge_dagster.governor.questions import Questions
from partnerforge_dagster.models.failures import OverBudget, Unreachable
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.transaction import begin
from partnerforge_dagster_tests.governor import virtual
from partnerforge_dagster_tests.governor.fakes import HOST, Provider, ask, classify, settings
from partnerforge_dagster_tests.governor.watching import messages, watched

ANSWER = StoredAnswer(200, (), b"{}", virtual.NOON)
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
WAIT_S = 30
"""A busy machine's threads come late."""
SLOWLY = {"claim_s": 3600}
"""Claims are not renewed while somebody counts."""


def commits(work: Callable[[], object]) -> int:
    """How many transactions the work takes."""
    seen: list[str] = []
    with watched(lambda when, words: seen.append(when) if words == "COMMIT" else None):
        work()
    return seen.count("after")


@pytest.mark.parametrize(
    "authorizer",
    [Open(), HeaderKeys({"api.example.com": ("key", "{key}", SecretStr("k"))}), HeaderKeys({})],
    ids=["open", "key", "no key wanted"],
)
def test_a_paid_call_takes_two_transactions(engine: Engine, authorizer: Authorizer) -> None:
    """One before it leaves and one after its answer; a stored answer takes one."""
    provider = Provider()
    assert commits(lambda: ask(engine, provider, authorizer=authorizer, **SLOWLY)) == 2
    assert commits(lambda: ask(engine, provider, authorizer=authorizer, **SLOWLY)) == 1
    assert len(provider.requests) == 1


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_paid_call_is_three_messages_to_postgresql(engine: Engine) -> None:
    """The question claimed and all that decides read; leave; the answer. A stored answer is read and noted: two."""
    provider = Provider()
    with messages() as sent:
        ask(engine, provider, clock=SystemClock())
    assert len(sent) == 3, sent
    with messages() as sent:
        ask(engine, provider, clock=SystemClock())
    assert len(sent) == 2, sent


def test_an_answer_is_as_old_as_the_databases_clock_says(engine: Engine) -> None:
    """It is not asked again: what passed since leave was given is measured here."""
    clock = SystemClock()
    policy = ProviderPolicy("fake", settings(), classify)
    gate, questions = Gate(policy, engine, clock), Questions(engine, clock, fresh_s=60)
    call = Call("fake", "/a", CallContext(), 1, clock.monotonic)
    lease = gate.enter(questions, "key", call, "host")
    assert isinstance(lease, Lease)
    time.sleep(0.1)
    kept = gate.settle_with(call, lease, ANSWER, "key", "https://host/a")
    with begin(engine) as transaction:
        assert lease.given_at + timedelta(seconds=0.1) <= kept.fetched_at <= now(clock, transaction)
        assert virtual.see(transaction, "key").answer == kept


class Handshake(Open):
    """Wants a token once, over the wire."""

    def __init__(self) -> None:
        self.shaken = False

    def ready(self, request: httpx.Request) -> bool:  # noqa: ARG002 - the Authorizer's signature
        return self.shaken

    async def sign(self, request: httpx.Request, send: Send) -> httpx.Request:
        if not self.shaken:
            await send(httpx.Request("GET", f"{HOST}/token"))
            self.shaken = True
        return request


def test_a_handshake_does_not_wait_for_the_call_that_wants_it(engine: Engine) -> None:
    """With one request at once the call gives its leave back, and takes it again when it can be signed."""
    provider = Provider()
    assert ask(engine, provider, authorizer=Handshake(), at_once=1, timeout_s=600).status_code == 200
    assert [request.url.path for request in provider.requests] == ["/token", "/a"]
    rows = Calls(engine).rows()
    assert {(row["endpoint"], row["status"], row["tries"]) for row in rows} == {
        ("/token", "ok", 1),
        ("domain", "ok", 1),
    }
    assert max(row["waited_s"] for row in rows) < 300


def test_a_refused_call_makes_no_handshake(engine: Engine) -> None:
    """It will not leave, so nothing is sent for it."""
    provider = Provider()
    with pytest.raises(OverBudget):
        ask(engine, provider, authorizer=Handshake(), credits_a_month=0)
    assert provider.requests == []


def test_who_waits_for_a_turn_only_claims(engine: Engine) -> None:
    """Without a host nothing is counted and nothing leaves; another asker is told that somebody asks."""
    clock = virtual.VirtualClock()
    gate, questions = virtual.gate(engine, clock, "fake"), Questions(engine, clock, fresh_s=60)
    first, second = virtual.question(clock, "fake"), virtual.question(clock, "fake")
    assert gate.enter(questions, "key", first, None) == NOT_YET
    assert Calls(engine).rows() == []
    assert gate.enter(questions, "key", second, "host") is None
    assert isinstance(gate.enter(questions, "key", first, "host"), Lease), "a claim stays its owner's"
    assert [(row["id"], row["status"]) for row in Calls(engine).rows()] == [(first.id, "intended")]


def test_a_refused_call_keeps_its_claim_until_it_gives_up(engine: Engine) -> None:
    """Nobody else asks meanwhile; then whoever comes next may."""
    clock = virtual.VirtualClock()
    gate = virtual.gate(engine, clock, "fake", credits_a_month=0)
    questions = Questions(engine, clock, fresh_s=60)
    first, second = virtual.question(clock, "fake"), virtual.question(clock, "fake")
    refused = gate.enter(questions, "key", first, "host")
    assert isinstance(refused, OverBudget)
    assert gate.enter(questions, "key", second, "host") is None
    questions.give_up("key", first, refused)
    assert isinstance(gate.enter(questions, "key", second, "host"), OverBudget)


def until_waiting(engine: Engine, how_many: int) -> None:
    """Return once so many of PostgreSQL's sessions wait for a lock of another one."""
    end = time.monotonic() + WAIT_S
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.execute(WAITING).scalar_one() < how_many:
            assert time.monotonic() < end
            time.sleep(0.02)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("key", ["key", None], ids=["enter", "admit"])
def test_leave_is_given_when_the_provider_is_had_at_last(engine: Engine, key: str | None) -> None:
    """Not when it was asked for: requests that left meanwhile would seem to have left in the future."""
    clock = SystemClock()
    gate, questions = Gate(ProviderPolicy("fake", settings(), classify), engine, clock), Questions(engine, clock, 60)
    call = Call("fake", "/a", CallContext(), 1, clock.monotonic)
    with ThreadPoolExecutor(1) as worker:
        with begin(engine) as transaction:
            limiter.lock(transaction, "fake")
            enter = (gate.enter, questions, key, call, "host") if key else (gate.admit, call, "host")
            leave = worker.submit(*enter)
            until_waiting(engine, 1)
            freed = now(clock, transaction)
        lease = leave.result(WAIT_S)
        assert isinstance(lease, Lease)
        assert lease.given_at >= freed


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_nobody_waits_for_the_provider_who_decides_nothing(engine: Engine) -> None:
    """A good answer is settled, and somebody else's question left alone, while another one holds the provider's row."""
    clock = virtual.VirtualClock()
    gate, questions = virtual.gate(engine, clock, "fake"), Questions(engine, clock, fresh_s=60)
    first, second = virtual.question(clock, "fake"), virtual.question(clock, "fake")
    lease = gate.enter(questions, "key", first, "host")
    assert isinstance(lease, Lease)
    with ThreadPoolExecutor(1) as worker, begin(engine) as transaction:
        limiter.lock(transaction, "fake")
        assert worker.submit(gate.enter, questions, "key", second, "host").result(WAIT_S) is None
        settled = worker.submit(gate.settle_with, first, lease, ANSWER, "key", "https://host/a")
        assert settled.result(WAIT_S).body == ANSWER.body
        third = virtual.question(clock, "fake")
        assert worker.submit(gate.enter, questions, "key", third, "host").result(WAIT_S) == settled.result()


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_late_owner_and_whoever_took_his_claim_over_do_not_block_each_other(engine: Engine) -> None:
    """Both hold the question before the provider's row. The other way round each would wait for the other's.

    The late one holds the row, too, as its answer ends a row of failures.
    """
    clock = virtual.VirtualClock()
    gate, questions = virtual.gate(engine, clock, "fake"), Questions(engine, clock, fresh_s=60, claim_s=5)
    late, next_one = virtual.question(clock, "fake"), virtual.question(clock, "fake")
    lease = gate.enter(questions, "key", late, "host")
    assert isinstance(lease, Lease)
    failing = virtual.question(clock, "fake")
    clock.advance(1)
    failed = gate.admit(failing, "host")
    assert isinstance(failed, Lease)
    gate.settle(failing, failed, Outcome(Unreachable("fake", "HTTP 500")))
    clock.advance(5)
    with ThreadPoolExecutor(2) as workers:
        with begin(engine) as transaction:
            limiter.lock(transaction, "fake")
            settled = workers.submit(gate.settle_with, late, lease, ANSWER, "key", "https://host/a")
            until_waiting(engine, 1)
            entered = workers.submit(gate.enter, questions, "key", next_one, "host")
            until_waiting(engine, 2)
        kept = settled.result(WAIT_S)
        assert entered.result(WAIT_S) == kept, "whoever came later has the answer and pays nothing"
    with begin(engine) as transaction:
        assert virtual.see(transaction, "key").owner is None

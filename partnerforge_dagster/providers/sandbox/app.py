"""The sandbox as one ASGI application: sends each request to its provider's emulator, with log, latency and faults.

The host says which provider is meant (`X-Forwarded-Host`, else `Host`). An IP address or a name without a dot means
that the caller talks to the sandbox's own address: then the path says it. Every other host is an account's web site.
Not for: what a provider answers (one file each) or carrying the app (transport.py in process, serve.py on a port).
"""

import asyncio
import ipaddress
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.datastructures import Headers, QueryParams
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partnerforge_dagster.providers.sandbox import (
    builtwith,
    common_crawl,
    dns,
    gdelt,
    job_boards,
    sec_edgar,
    similarweb,
    sites,
    tranco,
    web_search,
    wikidata,
    yahoo,
)
from partnerforge_dagster.providers.sandbox.faults import HANG_UP, Dropped, Faults, Kind, Rule
from partnerforge_dagster.providers.sandbox.latency import MODULE_HEADER, Latency
from partnerforge_dagster.providers.sandbox.refusals import refusal
from partnerforge_dagster.providers.sandbox.request_log import CALL_HEADER, Entry, RequestLog, question_of
from partnerforge_dagster.providers.sandbox.subject import Asked, account_of
from partnerforge_dagster.providers.sandbox.world import World

MANGLED = {Kind.SLOW, Kind.TRUNCATED, Kind.RESET}
"""Kinds that need the right answer before they spoil it."""


@dataclass(frozen=True)
class Emulator:
    """One provider's part of the sandbox."""

    provider: str
    hosts: frozenset[str]
    routes: tuple[Route, ...]
    app: ASGIApp

    @classmethod
    def of(cls, provider: str, hosts: tuple[str, ...], routes: list[Route]) -> "Emulator":
        """From what an emulator's file exports. Unknown paths and methods become 404 and 405."""
        return cls(provider, frozenset(hosts), tuple(routes), ExceptionMiddleware(Router(routes=routes)))

    def has_path(self, scope: Scope) -> bool:
        """Whether one of its routes has the request's path, whatever the method."""
        return any(route.matches(scope)[0] is not Match.NONE for route in self.routes)


_PARTS = (builtwith, similarweb, yahoo, sec_edgar, web_search, job_boards, wikidata, gdelt, tranco, common_crawl, dns)
EMULATORS = tuple(Emulator.of(part.PROVIDER, part.HOSTS, part.ROUTES) for part in _PARTS)
"""In the order in which paths are tried when the host does not tell."""
SITES = Emulator.of(sites.PROVIDER, (), sites.ROUTES)


def sandbox_app(world: World, *, latency: Latency, faults: Faults, log: RequestLog | None) -> Starlette:
    """The whole sandbox. Handlers find the world in `request.app.state.world`."""
    gate = Middleware(Gate, world=world, latency=latency, faults=faults, log=log)
    app = Starlette(middleware=[gate])
    app.state.world = world
    return app


def emulator_for(host: str, scope: Scope) -> Emulator | None:
    """Who answers; None for a path that nobody has at the sandbox's own address."""
    for emulator in EMULATORS:
        if host in emulator.hosts:
            return emulator
    if not _is_own_address(host):
        return SITES
    return next((emulator for emulator in EMULATORS if emulator.has_path(scope)), None)


def _is_own_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host
    return True


LENT_KEYS = {
    "builtwith": ((b"authorization", b"API sandbox"),),
    "similarweb": ((b"api-key", b"sandbox"),),
    "web_search": ((b"x-subscription-token", b"sandbox"), (b"x-api-key", b"sandbox")),
    "job_boards": ((b"authorization", b"Bearer sandbox"),),
}
"""Keys lent to who calls the sandbox at its own address without any, so that a bare `curl` is answered."""


def _with_lent_keys(emulator: Emulator, scope: Scope) -> Scope:
    brought = {name for name, _ in scope["headers"]}
    lent = [key for key in LENT_KEYS.get(emulator.provider, ()) if key[0] not in brought]
    return {**scope, "headers": [*scope["headers"], *lent]}


class Gate:
    """Everything that is the same for all emulators."""

    def __init__(self, app: ASGIApp, *, world: World, latency: Latency, faults: Faults, log: RequestLog | None) -> None:
        self._app = app
        self._world = world
        self._latency = latency
        self._faults = faults
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request (other kinds of ASGI scope are passed on)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = _host(Headers(scope=scope))
        emulator = emulator_for(host, scope)
        if emulator is None:
            answer = PlainTextResponse("no provider has this path; name one in X-Forwarded-Host\n", status_code=404)
            await answer(scope, receive, send)
            return
        if _is_own_address(host):
            scope = _with_lent_keys(emulator, scope)
        scope.setdefault("state", {})["site"] = host.removeprefix("www.")
        await self._logged(emulator, host, scope, receive, send)

    async def _logged(self, emulator: Emulator, host: str, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        body = await _body(receive)
        headers = Headers(scope=scope)
        module = headers.get(MODULE_HEADER)
        domain = None
        if self._log is not None or self._faults.by_account:
            asked = Asked(host, path, QueryParams(scope["query_string"]), body)
            domain = account_of(self._world, emulator.provider, asked)
        rule = self._faults.strike(emulator.provider, path, domain)
        entry = None
        if self._log is not None:
            number, method, call = self._log.next_id(), scope["method"], headers.get(CALL_HEADER)
            question = question_of(method, host, path, scope["query_string"], body) if call else None
            entry = Entry(number, emulator.provider, method, path, domain, host, module, call, question)
            self._log.request(entry)
        status = None
        try:
            delay = self._latency.seconds(module, emulator.provider, path)
            status = await _play(emulator, rule, delay, body, scope, receive, send)
        finally:
            if self._log is not None and entry is not None:
                self._log.response(entry, status=status, fault=rule.kind if rule else None)


async def _play(
    emulator: Emulator, rule: Rule | None, delay: float, body: bytes, scope: Scope, receive: Receive, send: Send
) -> int | None:
    """Answer, or not, as the rule wants it. Returns the status that was sent whole; None when there was none."""
    kind = rule.kind if rule else None
    if kind is Kind.DOWN:
        await _hang_up(scope, kind)
        return None
    if rule and kind in (Kind.SLOW, Kind.TIMEOUT):
        delay += rule.seconds or 0.0
    if not await _wait(delay, receive):
        return None
    if kind is Kind.TIMEOUT:
        await _hang_up(scope, kind)
        return None
    if rule is None or kind in MANGLED:
        answer = await _ask(emulator, scope, body)
    else:
        answer = _refusal(rule, scope)
    if kind is Kind.RESET:
        await _send_half(answer, send)
        await _hang_up(scope, kind)
        return None
    if kind is Kind.TRUNCATED:
        answer = _with_body(answer, bytes(answer.body)[: len(answer.body) // 2])
    await answer(scope, receive, send)
    return answer.status_code


def _refusal(rule: Rule, scope: Scope) -> Response:
    answer = refusal(rule.provider, _host(Headers(scope=scope)), scope["path"], rule.kind)
    if rule.kind is Kind.TOO_MANY and rule.seconds is not None:
        answer = _with_body(answer, bytes(answer.body))
        answer.headers["retry-after"] = f"{rule.seconds:g}"
    return answer


async def _ask(emulator: Emulator, scope: Scope, body: bytes) -> Response:
    """The emulator's own answer, whole."""
    status, headers, parts = 500, list[tuple[bytes, bytes]](), list[bytes]()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message["headers"])
        else:
            parts.append(message.get("body", b""))

    await emulator.app(scope, receive, send)
    answer = Response(b"".join(parts), status_code=status)
    answer.raw_headers = headers
    return answer


def _with_body(answer: Response, body: bytes) -> Response:
    """A copy with this body and the length that goes with it."""
    copy = Response(body, status_code=answer.status_code)
    copy.raw_headers = [(name, value) for name, value in answer.raw_headers if name != b"content-length"]
    copy.headers["content-length"] = str(len(body))
    return copy


async def _send_half(answer: Response, send: Send) -> None:
    body = bytes(answer.body)
    await send({"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})


async def _hang_up(scope: Scope, kind: Kind) -> None:
    if HANG_UP not in scope:
        raise Dropped(kind)
    await scope[HANG_UP](kind)


async def _wait(seconds: float, receive: Receive) -> bool:
    """Let time pass. False when the caller has hung up meanwhile: nobody is there to answer."""
    if seconds <= 0:
        return True
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return True
    return False


async def _body(receive: Receive) -> bytes:
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    return b"".join(parts)


def _host(headers: Headers) -> str:
    """Lower case, without port."""
    host = headers.get("x-forwarded-host") or headers.get("host", "")
    name, colon, port = host.strip().lower().rpartition(":")
    return (name if colon and port.isdigit() else host.strip().lower()).strip("[]").rstrip(".")

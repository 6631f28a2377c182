"""Keeps requests for companies' own pages out of our own network: a public name may have a private address.

A name is looked up once, and the request goes to an address that was looked at: a name that answers differently the
second time (DNS rebinding) gains nothing.
Not for: names and schemes, which are looked at before a call is made (web_pages.py).
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable

import httpx

from partnerforge_dagster.models.failures import Refused

Lookup = Callable[[str], Awaitable[list[str]]]
"""The addresses of a name, in the order to try. Raises OSError when there are none."""


class PublicHosts(httpx.AsyncBaseTransport):
    """Sends to public addresses only, at most `at_once` requests. Tests bring a wire and a lookup of their own.

    Raises Refused for a name with an address that is not public, and what httpx raises.
    """

    def __init__(
        self,
        provider: str,
        tls: ssl.SSLContext,
        at_once: int,
        *,
        wire: httpx.AsyncBaseTransport | None = None,
        look_up: Lookup | None = None,
    ) -> None:
        self._provider = provider
        # A connection that is kept is known by its address, and one address serves the sites of many companies.
        limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=0)
        self._wire = wire or httpx.AsyncHTTPTransport(verify=tls, limits=limits)
        self._look_up = look_up or _look_up

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Try the name's addresses, one after the other, until one takes the connection."""
        failure: httpx.TransportError = httpx.ConnectError(f"{request.url.host} has no address")
        for address in await self._addresses(request.url.host):
            try:
                return await self._wire.handle_async_request(_sent_to(address, request))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure

    async def aclose(self) -> None:
        """Close what carries the requests."""
        await self._wire.aclose()

    async def _addresses(self, host: str) -> list[str]:
        try:
            found = await self._look_up(host)
        except OSError as error:
            raise httpx.ConnectError(f"{host} cannot be looked up: {error}") from error
        for address in found:
            if not is_public(address):
                raise Refused(
                    self._provider, f"{host} has the address {address}, which is not public: nothing was asked"
                )
        return found


def is_public(address: str) -> bool:
    """Whether an address belongs to the internet at large, by IANA's registries of special addresses.

    https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry
    """
    parsed = ipaddress.ip_address(address)
    return parsed.is_global and not parsed.is_multicast


async def _look_up(host: str) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def _sent_to(address: str, request: httpx.Request) -> httpx.Request:
    """The request, to that address; its Host header and its certificate's name stay the site's."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )

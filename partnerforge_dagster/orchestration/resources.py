"""Provider clients and the seller profile as Dagster resources, keyed by the argument names that modules use.

Not for: building clients (providers/clients.py).
"""

from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from partnerforge_dagster.providers.clients import Clients
from partnerforge_dagster.seller import Seller, load_seller
from partnerforge_dagster.settings import Settings

CLIENTS = ("builtwith", "similarweb", "yahoo", "edgar", "search", "boards", "wikidata", "web_pages")


class Client(dg.ConfigurableResource[Any]):
    """One provider's client; the process's clients share limits, cache and ledger through the store."""

    provider: str
    mode: str
    _clients: Clients = PrivateAttr()

    def create_resource(self, context: dg.InitResourceContext) -> Any:  # noqa: ANN401, ARG002 - Dagster's signature
        """What modules receive: the plain client."""
        return getattr(self._clients, self.provider)


class SellerProfile(dg.ConfigurableResource[Seller]):
    """The seller profile; an empty path is the built-in one."""

    path: str = ""

    def create_resource(self, context: dg.InitResourceContext) -> Seller:  # noqa: ARG002 - Dagster's signature
        """Read and validate the profile once a run, so that an edited file counts from the next run on."""
        return load_seller(Path(self.path) if self.path else None)


def client_resources(clients: Clients, settings: Settings) -> dict[str, Any]:
    """Resources for every client and the seller profile."""
    resources: dict[str, Any] = {}
    for name in CLIENTS:
        resource = Client(provider=name, mode=settings.mode)
        resource._clients = clients
        resources[name] = resource
    resources["seller"] = SellerProfile(path=str(settings.seller or ""))
    return resources

"""Provider clients and the seller profile as Dagster resources, keyed by the argument names that modules use.

Not for: building clients (providers/clients.py).
"""

import inspect
from dataclasses import fields

import dagster as dg

from partnerforge_dagster.providers.clients import Clients
from partnerforge_dagster.seller import Seller, load_seller
from partnerforge_dagster.settings import Settings

WATERFALLS = "Who is asked first for facts that several providers know (PARTNERFORGE_WATERFALLS__NEWS and so on)."
SELLER = "The seller profile, read when a run starts: the file that PARTNERFORGE_SELLER names, or the built-in one."


def client_resources(clients: Clients, settings: Settings) -> dict[str, dg.ResourceDefinition]:
    """A resource for every client (its class's docstring describes it in the UI), for profile and waterfalls."""

    def seller(_: dg.InitResourceContext) -> Seller:
        # Read once a run and not once a process, so that an edited profile counts from the next run on.
        return load_seller(settings.seller)

    resources = {field.name: _resource(getattr(clients, field.name)) for field in fields(clients)}
    return {
        **resources,
        "seller": dg.ResourceDefinition(seller, description=SELLER),
        "waterfalls": dg.ResourceDefinition(lambda _: settings.waterfalls, description=WATERFALLS),
    }


def _resource(client: object) -> dg.ResourceDefinition:
    return dg.ResourceDefinition(lambda _: client, description=inspect.getdoc(type(client)))

"""What clients and governor tell each other through httpx's extensions.

Not for: anything that goes over the wire.
"""

ENDPOINT = "partnerforge.endpoint"
"""Key in `request.extensions`: the client's name for what it asks; the ledger's `endpoint`."""

CALL = "partnerforge.call"
"""Key in `request.extensions` on its way out: the ledger's id of the call; a served sandbox writes it in its log."""

DELIVERY = "partnerforge.delivery"
"""Key in `response.extensions`: how the answer was had, `{"fetched_at": datetime, "cached": bool, "stale": bool}`."""

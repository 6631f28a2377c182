"""Who is to stay forgotten: keyed hashes of names, for all accounts or for one, in the store they protect.

Not for: taking people out of what is kept already (forgetting.py).
"""

import secrets
import time

from sqlalchemy import Engine, select

from partnerforge_dagster.privacy.names import Forgotten
from partnerforge_dagster.store.database import insert_into, write
from partnerforge_dagster.store.tables import store_info

_KEY = "forgotten_key"
_ENTRY = "forgotten:"
EVERYWHERE = "*"
"""The account of who is forgotten in all of them."""

REREAD_S = 5.0


def store_key(engine: Engine) -> bytes:
    """The store's key, made when it is first needed."""
    with write(engine) as connection:
        new = insert_into(connection, store_info).values(key=_KEY, value=new_key().hex())
        connection.execute(new.on_conflict_do_nothing())
        kept = connection.execute(select(store_info.c.value).where(store_info.c.key == _KEY)).scalar_one()
    return bytes.fromhex(kept)


def new_key() -> bytes:
    """One that no store has: enough for looking whether a name is there."""
    return secrets.token_bytes(32)


def remember(engine: Engine, digest: str, account: str | None) -> None:
    """From now on nothing that names this person is stored, of all accounts or of one. Idempotent."""
    entry = {"key": f"{_ENTRY}{account or EVERYWHERE}:{digest}", "value": "1"}
    with write(engine) as connection:
        connection.execute(insert_into(connection, store_info).values(entry).on_conflict_do_nothing())


def forgotten_of(engine: Engine, account: str | None) -> Forgotten | None:
    """Who must not be named in what is stored of an account; None when nobody was forgotten."""
    return _All.read(engine).of(account)


class _All:
    """Everybody who was forgotten, by account."""

    def __init__(self, key: bytes, digests: dict[str, set[str]]) -> None:
        self._key = key
        self._digests = digests

    @classmethod
    def read(cls, engine: Engine) -> "_All":
        """As the store has it now."""
        query = select(store_info.c.key, store_info.c.value).where(store_info.c.key.startswith("forgotten"))
        with engine.connect() as connection:
            rows: dict[str, str] = {row.key: row.value for row in connection.execute(query)}
        digests: dict[str, set[str]] = {}
        for key in rows:
            if key.startswith(_ENTRY):
                account, _, digest = key.removeprefix(_ENTRY).rpartition(":")
                digests.setdefault(account, set()).add(digest)
        return cls(bytes.fromhex(rows.get(_KEY, "")), digests)

    def of(self, account: str | None) -> Forgotten | None:
        """Of all accounts, and of this one."""
        digests = self._digests.get(EVERYWHERE, set()) | self._digests.get(account or EVERYWHERE, set())
        return Forgotten(self._key, frozenset(digests)) if digests else None


class Remembered:
    """The same for who asks often: read anew every few seconds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read_at = float("-inf")
        self._all: _All | None = None

    def of(self, account: str | None) -> Forgotten | None:
        """Who must not be named."""
        if self._all is None or time.monotonic() - self._read_at > REREAD_S:
            self._all, self._read_at = _All.read(self._engine), time.monotonic()
        return self._all.of(account)

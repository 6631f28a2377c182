"""Every table of PartnerForge, for SQLite and PostgreSQL alike.

A change here needs a migration (migrations/versions); a test compares the two.
Not for: queries.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused, because nobody can say when it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To UTC. Raises ValueError for a naive moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database: SQLite keeps no zone (it is UTC), PostgreSQL answers in the session's."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column of type INTEGER."""

store_info = Table(
    "store_info",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("domain", String, primary_key=True),
    Column("added_at", UtcDateTime, nullable=False, index=True),
)

results = Table(
    "results",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("account", String, nullable=False),
    Column("module", String, nullable=False),
    Column("run_id", String, nullable=False),
    Column("stored_at", UtcDateTime, nullable=False, index=True),
    Column("as_of", UtcDateTime, nullable=False),
    Column("status", String, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("body", Text, nullable=False, doc="the record as JSON"),
    UniqueConstraint("account", "module", "run_id", "content_hash"),
    Index(None, "account", "module", "id"),
)

baselines = Table(
    "baselines",
    metadata,
    Column("account", String, primary_key=True),
    Column("module", String, primary_key=True),
    Column(
        "body",
        LargeBinary,
        nullable=False,
        doc="what is believed of the account, as JSON (zlib): the next result is compared with it",
    ),
)

changes = Table(
    "changes",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("account", String, nullable=False),
    Column("module", String, nullable=False),
    Column("run_id", String, nullable=False),
    Column("result_id", BigInteger, nullable=False, doc="the result that showed it"),
    Column("field", String, nullable=False),
    Column("item", String, nullable=False, doc="which of several; empty where the field has one value"),
    Column("alert", Boolean, nullable=False, doc="worth telling somebody about at once"),
    Column("found_at", UtcDateTime, nullable=False, index=True),
    Column("body", Text, nullable=False, doc="the change as JSON"),
    UniqueConstraint("result_id", "field", "item"),
    Index(None, "account", "id"),
    Index("ix_changes_alerts", "id", sqlite_where=text("alert"), postgresql_where=text("alert")),
)

failures = Table(
    "failures",
    metadata,
    Column("account", String, primary_key=True),
    Column("module", String, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("run_id", String, nullable=False, doc="the run that failed last"),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False, doc="in a row"),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("dismissed_at", UtcDateTime),
    Column("dismissal", Text, doc="why somebody dismissed it"),
    Index(
        "ix_failures_open",
        "next_try_at",
        sqlite_where=text("dismissed_at IS NULL"),
        postgresql_where=text("dismissed_at IS NULL"),
    ),
)

answers = Table(
    "answers",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("provider", String, nullable=False),
    Column("url", Text, nullable=False, doc="without credentials: those are added below the cache"),
    Column("status_code", Integer, nullable=False),
    Column("headers", Text, nullable=False, doc="JSON pairs; cookies without their values"),
    Column("body", LargeBinary, nullable=False, doc="zlib"),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("run_id", String, doc="the run that bought it"),
)

flights = Table(
    "flights",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("owner", String, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

providers = Table(
    "providers",
    metadata,
    Column("name", String, primary_key=True),
    Column("last_at", UtcDateTime, doc="when the last request was let go"),
    Column("turn_at", UtcDateTime, doc="when its turn was, as requests are spread evenly"),
    Column("paused_until", UtcDateTime, doc="the provider's own Retry-After"),
    Column("interactive_until", UtcDateTime, doc="batch work waits: interactive work is queueing"),
    Column("failures", Integer, nullable=False, server_default="0", doc="in a row"),
    Column("trips", Integer, nullable=False, server_default="0", doc="openings since it was last closed"),
    Column("probes_passed", Integer, nullable=False, server_default="0", doc="successes in a row, half-open"),
    Column("open_until", UtcDateTime, doc="empty: closed; in the future: open; past: half-open"),
    Column("open_for_s", Float, nullable=False, server_default="0"),
    Column("generation", Integer, nullable=False, server_default="0", doc="counts every opening"),
)

leases = Table(
    "leases",
    metadata,
    Column("id", String, primary_key=True),
    Column("provider", String, nullable=False),
    Column("host", String, nullable=False),
    Column("generation", Integer, nullable=False, doc="the breaker's when the lease was given"),
    Column("expires_at", UtcDateTime, nullable=False, doc="when it ended, or must have: its sender dead or not"),
    Column("ended_at", UtcDateTime, doc="empty: under way; kept for a minute after, to count what the provider saw"),
    Index(None, "provider", "expires_at"),
    Index(
        "ix_leases_open",
        "provider",
        "expires_at",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

calls = Table(
    "calls",
    metadata,
    Column("id", String, primary_key=True),
    Column("provider", String, nullable=False),
    Column("endpoint", String, nullable=False),
    Column("account", String, index=True),
    Column("module", String),
    Column("run_id", String, index=True),
    Column("question", String, doc="the key of its answer; empty for what is never stored, as a session's cookie"),
    Column("asked_at", UtcDateTime, nullable=False, index=True),
    Column("month", String(7), nullable=False, doc="2026-11, UTC: the budget's month"),
    Column("status", String, nullable=False),
    Column("detail", Text, doc="the failure in words"),
    Column("tries", Integer, nullable=False, doc="requests that left"),
    Column("waited_s", Float, nullable=False),
    Column("took_s", Float, nullable=False),
    Column("credits", Integer, nullable=False),
    Column("cached", Boolean, nullable=False),
    Column("stale", Boolean, nullable=False),
    Column("expires_at", UtcDateTime, doc="while intended: when its sender must have ended"),
    Index(None, "provider", "month"),
    Index(
        "ix_calls_intended",
        "provider",
        "expires_at",
        sqlite_where=text("status = 'intended'"),
        postgresql_where=text("status = 'intended'"),
    ),
)

spending = Table(
    "spending",
    metadata,
    Column("provider", String, primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("credits", BigInteger, nullable=False),
)

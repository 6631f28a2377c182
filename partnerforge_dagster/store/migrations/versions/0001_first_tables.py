"""The first tables: accounts, results, the governor's shared state, the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them."""
    _store()
    _results()
    _cache()
    _limits()
    _ledger()


def _store() -> None:
    op.create_table(
        "store_info",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_store_info"),
    )
    op.create_table(
        "accounts",
        sa.Column("domain", sa.String, nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("domain", name="pk_accounts"),
    )
    op.create_index("ix_accounts_added_at", "accounts", ["added_at"])


def _results() -> None:
    identity = ("account", "module", "run_id", "content_hash")
    op.create_table(
        "results",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("module", sa.String, nullable=False),
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("stored_at", _MOMENT, nullable=False),
        sa.Column("as_of", _MOMENT, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("duration_s", sa.Float, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_results"),
        sa.UniqueConstraint(*identity, name=f"uq_results_{'_'.join(identity)}"),
    )
    op.create_index("ix_results_account_module_id", "results", ["account", "module", "id"])


def _cache() -> None:
    op.create_table(
        "answers",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("status_code", sa.Integer, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("fetched_at", _MOMENT, nullable=False),
        sa.Column("run_id", sa.String),
        sa.PrimaryKeyConstraint("key", name="pk_answers"),
    )
    op.create_table(
        "flights",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_flights"),
    )


def _limits() -> None:
    def count(name: str) -> sa.Column[int]:
        return sa.Column(name, sa.Integer, nullable=False, server_default="0")

    op.create_table(
        "providers",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("last_at", _MOMENT),
        sa.Column("paused_until", _MOMENT),
        sa.Column("interactive_until", _MOMENT),
        count("failures"),
        count("trips"),
        count("probes_passed"),
        sa.Column("open_until", _MOMENT),
        sa.Column("open_for_s", sa.Float, nullable=False, server_default="0"),
        count("generation"),
        sa.PrimaryKeyConstraint("name", name="pk_providers"),
    )
    op.create_table(
        "leases",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("host", sa.String, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_leases"),
    )
    op.create_index("ix_leases_provider", "leases", ["provider"])


def _ledger() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("endpoint", sa.String, nullable=False),
        sa.Column("account", sa.String),
        sa.Column("module", sa.String),
        sa.Column("run_id", sa.String),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("detail", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("waited_s", sa.Float, nullable=False),
        sa.Column("took_s", sa.Float, nullable=False),
        sa.Column("credits", sa.Integer, nullable=False),
        sa.Column("cached", sa.Boolean, nullable=False),
        sa.Column("stale", sa.Boolean, nullable=False),
        sa.Column("expires_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
    )
    op.create_index("ix_calls_account", "calls", ["account"])
    op.create_index("ix_calls_run_id", "calls", ["run_id"])
    op.create_index("ix_calls_provider_month", "calls", ["provider", "month"])
    intended = sa.text("status = 'intended'")
    op.create_index(
        "ix_calls_intended", "calls", ["provider", "expires_at"], sqlite_where=intended, postgresql_where=intended
    )
    op.create_table(
        "spending",
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("credits", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("provider", "month", name="pk_spending"),
    )


def downgrade() -> None:
    """Take them away."""
    for table in (
        "spending",
        "calls",
        "leases",
        "providers",
        "flights",
        "answers",
        "results",
        "accounts",
        "store_info",
    ):
        op.drop_table(table)

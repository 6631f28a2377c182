"""What changed from one good result to the next, and what the next one is compared with."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Results from before are compared with nothing: the first new one of a module is where its changes begin."""
    op.create_table(
        "baselines",
        sa.Column("account", sa.String, nullable=False),
        sa.Column("module", sa.String, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("account", "module", name="pk_baselines"),
    )
    identity = ("result_id", "field", "item")
    op.create_table(
        "changes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("module", sa.String, nullable=False),
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("result_id", sa.BigInteger, nullable=False),
        sa.Column("field", sa.String, nullable=False),
        sa.Column("item", sa.String, nullable=False),
        sa.Column("alert", sa.Boolean, nullable=False),
        sa.Column("found_at", _MOMENT, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
        sa.UniqueConstraint(*identity, name=f"uq_changes_{'_'.join(identity)}"),
    )
    op.create_index("ix_changes_account_id", "changes", ["account", "id"])
    op.create_index("ix_changes_found_at", "changes", ["found_at"])
    worthy = sa.text("alert")
    op.create_index("ix_changes_alerts", "changes", ["id"], sqlite_where=worthy, postgresql_where=worthy)


def downgrade() -> None:
    """Take both away."""
    op.drop_table("changes")
    op.drop_table("baselines")

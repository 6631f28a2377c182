"""What failed and has not come right since: the dead-letter list."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """What failed before this is listed when it fails again."""
    op.create_table(
        "failures",
        sa.Column("account", sa.String, nullable=False),
        sa.Column("module", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("first_at", _MOMENT, nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", _MOMENT, nullable=False),
        sa.Column("dismissed_at", _MOMENT),
        sa.Column("dismissal", sa.Text),
        sa.PrimaryKeyConstraint("account", "module", name="pk_failures"),
    )
    still_open = sa.text("dismissed_at IS NULL")
    op.create_index(
        "ix_failures_open", "failures", ["next_try_at"], sqlite_where=still_open, postgresql_where=still_open
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("failures")

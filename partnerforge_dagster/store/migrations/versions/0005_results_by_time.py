"""Results by the time of their storing: what was done in the last hour is told without reading a year of them."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_results_stored_at", "results", ["stored_at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_results_stored_at", "results")

"""Which question a call asked, so that its stored answer can be found again; and calls in order of time."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Calls from before have no question: what they asked is not known any more."""
    op.add_column("calls", sa.Column("question", sa.String))
    op.create_index("ix_calls_asked_at", "calls", ["asked_at"])


def downgrade() -> None:
    """Take both away."""
    op.drop_index("ix_calls_asked_at", "calls")
    op.drop_column("calls", "question")

"""Clerks, who log in, and the attempts that are counted"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "clerk",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("password", sa.String(), nullable=False),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
    )
    op.create_index("ix_attempt_who", "attempt", ["who"])


def downgrade() -> None:
    op.drop_table("attempt")
    op.drop_table("clerk")

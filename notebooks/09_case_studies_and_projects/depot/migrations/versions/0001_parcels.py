"""Parcels, what happened to them, and what is owed to them"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "parcel",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("parcel_id", sa.Integer(), sa.ForeignKey("parcel.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
    )
    op.create_index("ix_event_parcel_id", "event", ["parcel_id"])
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("parcel_id", sa.Integer(), sa.ForeignKey("parcel.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("trace", sa.String(), nullable=False),
        sa.Column("leased_until", sa.Float(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.Float()),
    )
    op.create_index("ix_job_parcel_id", "job", ["parcel_id"])


def downgrade() -> None:
    for table in ("job", "event", "parcel"):
        op.drop_table(table)

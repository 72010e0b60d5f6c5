"""Expand: version 1.1 writes a depot, and 1.0, which does not know the column, may leave it empty"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("parcel", sa.Column("depot", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("parcel") as parcel:
        parcel.drop_column("depot")

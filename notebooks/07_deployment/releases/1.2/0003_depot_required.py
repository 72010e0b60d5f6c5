"""Contract: no version 1.0 runs any more, so rows without a depot are filled, and none may come again"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("UPDATE parcel SET depot = 'central' WHERE depot IS NULL")
    with op.batch_alter_table("parcel") as parcel:
        parcel.alter_column("depot", existing_type=sa.String(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("parcel") as parcel:
        parcel.alter_column("depot", existing_type=sa.String(), nullable=True)

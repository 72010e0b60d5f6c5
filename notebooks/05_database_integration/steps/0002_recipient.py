"""recipient and express"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("parcel") as parcel:
        parcel.alter_column("to", new_column_name="recipient")
        parcel.add_column(sa.Column("express", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("parcel") as parcel:
        parcel.drop_column("express")
        parcel.alter_column("recipient", new_column_name="to")

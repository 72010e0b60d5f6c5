"""The table as version 1.0 needs it"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "parcel",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("recipient", sa.String(), nullable=False),
        sqlite_autoincrement=True,  # a number is given once, as by other databases
    )


def downgrade() -> None:
    op.drop_table("parcel")

"""contract"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("parcel") as parcel:
        parcel.alter_column("recipient", existing_type=sa.String(), nullable=False)
        parcel.drop_column("to")


def downgrade() -> None:
    op.add_column("parcel", sa.Column("to", sa.String(), nullable=True))
    op.execute('UPDATE parcel SET "to" = recipient')

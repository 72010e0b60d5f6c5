"""backfill"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('UPDATE parcel SET recipient = "to" WHERE recipient IS NULL')
    with op.batch_alter_table("parcel") as parcel:
        parcel.alter_column("to", existing_type=sa.String(), nullable=True)


def downgrade() -> None:
    op.execute('UPDATE parcel SET "to" = recipient WHERE "to" IS NULL')
    with op.batch_alter_table("parcel") as parcel:
        parcel.alter_column("to", existing_type=sa.String(), nullable=False)

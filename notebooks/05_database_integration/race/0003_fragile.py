"""fragile"""

import os
import time
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    wait_for_all_workers()
    op.add_column("parcel", sa.Column("fragile", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("parcel", "fragile")


def wait_for_all_workers() -> None:
    """Begin together: so the race takes place in every run, and not only on a bad day."""
    meeting = Path("meeting")
    meeting.mkdir(exist_ok=True)
    (meeting / str(os.getpid())).touch()
    while len(list(meeting.iterdir())) < int(os.environ.get("WORKERS", "1")):
        time.sleep(0.01)

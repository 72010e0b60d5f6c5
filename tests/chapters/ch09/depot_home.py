"""A home for the service of section 9.3: its environment, its tables, and a clerk who is logged in."""

import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import jwt

from helpers import Mailbox
from helpers.chapters.ch09.exercises.packages import FILES

KEY = "a key that only these tests know, long enough"
BOOK = {"to": "Grace", "email": "ada@example.org"}
ADA = {"Authorization": f"Bearer {jwt.encode({'sub': 'ada', 'exp': 9e9}, KEY, algorithm='HS256')}"}


def environment(folder: Path, mailbox: Mailbox | None = None, **more: str) -> dict[str, str]:
    """What the service needs to be told when its files lie in `folder`."""
    told = {"DATABASE_URL": f"sqlite:///{folder}/parcels.db", "SECRET_KEY": KEY, "PYTHONDONTWRITEBYTECODE": "1"}
    told |= {name.upper(): str(folder / name) for name in ("photos", "spans")}
    host, port = (mailbox.host, mailbox.port) if mailbox is not None else ("127.0.0.1", 9)
    return told | {"SMTP_HOST": host, "SMTP_PORT": str(port)} | more


def furnish(folder: Path) -> None:
    """Make the tables there, and Ada a clerk."""
    command = [sys.executable, "-m", "alembic", "-c", "depot/alembic.ini", "upgrade", "head"]
    subprocess.run(command, cwd=FILES, env=os.environ | environment(folder), check=True)
    with contextlib.closing(sqlite3.connect(folder / "parcels.db")) as database:
        database.execute("INSERT INTO clerk (name, password) VALUES ('ada', 'none')")
        database.commit()

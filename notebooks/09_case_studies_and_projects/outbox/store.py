"""The database, the mail, and what both services share."""

import os
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Annotated

from fastapi import Depends
from sqlalchemy import event
from sqlmodel import Session, create_engine

engine = create_engine(os.environ["DATABASE_URL"])


@event.listens_for(engine, "connect")
def _readers_do_not_block_the_writer(connection, _record) -> None:
    connection.execute("PRAGMA journal_mode = WAL")


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


# Fewer at once than the pool has connections (15). Else threads that wait for one leave none to those who hold one
# and need a thread to end: 80 clients at once, and half of them get a 500 after 30 s.
SessionDep = Annotated[Session, Depends(get_session, scope="function", max_concurrency=10)]


def post(parcel_id: int, to: str) -> None:
    """Hand a letter to the mail server; an OSError (smtplib's errors are) says that it did not take it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "desk@parcels.example", to, "Your parcel"
    message["X-Parcel"] = str(parcel_id)
    host, port = os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])
    with smtplib.SMTP(host, port, local_hostname="localhost", timeout=5) as smtp:
        smtp.send_message(message)

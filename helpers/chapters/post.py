"""A mailbox and a mail, for the solutions of all exercises that send one."""

import smtplib
from email.message import EmailMessage
from functools import cache

from helpers.services.mailbox import Mailbox


@cache
def mailbox() -> Mailbox:
    """The mailbox of the solutions, started when it is first asked for."""
    return Mailbox()


def mail(email: str, subject: str, sender: str = "hello@parcels.example") -> None:
    """Send a mail to that mailbox, as the notebooks do."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, email, subject
    with smtplib.SMTP(mailbox().host, mailbox().port, local_hostname="localhost", timeout=10) as smtp:
        smtp.send_message(message)

"""The same letter for all three frameworks; it carries the name of the thread that posted it."""

import os
import smtplib
import threading
from email.message import EmailMessage


def send_welcome(email: str) -> None:
    message = EmailMessage()
    message["To"], message["Subject"] = email, "Welcome"
    message["X-Process"], message["X-Thread"] = str(os.getpid()), threading.current_thread().name
    with smtplib.SMTP("127.0.0.1", int(os.environ["SMTP_PORT"]), local_hostname="localhost", timeout=10) as smtp:
        smtp.send_message(message, from_addr="hello@parcels.example")

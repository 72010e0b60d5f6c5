"""What happens after an answer: plain functions of plain values, which know nothing of requests."""

import os
import smtplib
from email.message import EmailMessage
from uuid import uuid4

from PIL import Image
from sqlmodel import Session, select

from parcels.database import get_engine
from parcels.models import Sender
from parcels.security import make_code
from parcels.settings import get_settings


def register(name: str, email: str) -> None:
    with Session(get_engine()) as session:
        if session.exec(select(Sender).where(Sender.email == email)).first():
            send_mail(email, "You are registered already", "Somebody, perhaps you, registered this address again.")
            return
        sender = Sender(name=name, email=email)
        session.add(sender)
        session.commit()
        send_mail(email, "Welcome", f"Your code: {make_code(session, sender.id)}")


def send_code(email: str) -> None:
    with Session(get_engine()) as session:
        sender = session.exec(select(Sender).where(Sender.email == email)).first()
        if sender:
            send_mail(email, "Your code", f"Your code: {make_code(session, sender.id)}")


def make_thumbnail(photo: str) -> None:
    folder = get_settings().photo_dir
    with Image.open(folder / photo) as image:
        image.thumbnail((240, 240))
        image.save(part := folder / f"{uuid4().hex}.part", "JPEG")
    part.replace(folder / f"small-{photo}")


def send_mail(address: str, subject: str, text: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "hello@parcels.example", address, subject
    message["X-Process"] = str(os.getpid())
    message.set_content(text)
    settings = get_settings()
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, local_hostname="localhost", timeout=10) as smtp:
        smtp.send_message(message)

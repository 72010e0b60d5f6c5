"""What the worker does. A job may be delivered twice: one that is done is left alone."""

import smtplib
from email.message import EmailMessage

from opentelemetry import trace
from PIL import Image
from sqlmodel import Session

from depot.database import Event, Job, Parcel, engine, now
from depot.settings import settings
from depot.telemetry import continued

tracer = trace.get_tracer("parcels")


def send_receipt(parcel: Parcel) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "desk@parcels.example", parcel.email, "Your parcel"
    message["X-Parcel"] = str(parcel.id)
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, local_hostname="localhost", timeout=10) as smtp:
        smtp.send_message(message)


def make_thumbnail(parcel: Parcel) -> None:
    with Image.open(settings.photos / f"{parcel.id}.upload") as photo:
        photo.thumbnail((64, 64))
        photo.convert("RGB").save(settings.photos / f"{parcel.id}.jpg")


WORK = {"receipt": (send_receipt, "receipt mailed"), "thumbnail": (make_thumbnail, "thumbnail made")}


def run(job_id: int) -> None:
    """Do the job, then note in one transaction that it is done and that the parcel has a new event."""
    with Session(engine) as session:
        job = session.get_one(Job, job_id)
        if job.done_at is not None:
            return
        work, event = WORK[job.name]
        job.attempts += 1
        session.commit()  # before the work, so that a job which kills its worker is counted too
        with tracer.start_as_current_span(job.name, context=continued(job.trace), kind=trace.SpanKind.CONSUMER):
            work(session.get_one(Parcel, job.parcel_id))
        job.done_at = now()
        session.add(Event(parcel_id=job.parcel_id, name=event))
        session.commit()

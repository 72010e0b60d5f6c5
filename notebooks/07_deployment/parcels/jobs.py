"""The work of the service: plain functions that know neither FastAPI nor a queue."""

import asyncio
import logging
import smtplib
import time
from email.message import EmailMessage

from parcels.settings import settings

logger = logging.getLogger(__name__)


def print_label(parcel: int, seconds: float = settings.work_seconds) -> str:
    logger.info("label %d started", parcel)
    time.sleep(seconds)
    logger.info("label %d printed", parcel)
    return f"label {parcel}"


async def order_pickup(parcel: int, seconds: float = settings.work_seconds) -> None:
    logger.info("pickup %d started", parcel)
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        logger.info("pickup %d cancelled", parcel)
        raise
    logger.info("pickup %d ordered", parcel)


def plan_route(parcel: int, steps: int = settings.route_steps) -> None:
    logger.info("route %d started", parcel)
    sum(range(steps))  # a single call of C code, during which no other thread gets the interpreter
    logger.info("route %d planned", parcel)


def archive(parcel: int) -> None:
    logger.info("parcel %d archived", parcel)


def mail_receipt(parcel: int) -> None:
    logger.info("receipt %d tried", parcel)
    message = EmailMessage()
    message["From"], message["To"] = "hello@parcels.example", "ada@example.org"
    message["Subject"] = f"Receipt for parcel {parcel}"
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, local_hostname="localhost", timeout=10) as smtp:
        smtp.send_message(message)
    logger.info("receipt %d sent", parcel)

"""`check_machine()`: does everything that the notebooks need work here? In plain words, equal on every machine that can."""

import re
import smtplib
import sys
from collections.abc import Callable
from email.message import EmailMessage
from importlib.metadata import entry_points, metadata, version

from helpers import surroundings
from helpers.errors import CourseError
from helpers.notes import Note
from helpers.services.broker import Broker
from helpers.services.mailbox import Mailbox
from helpers.wording import message, raised, scrub, sentence

__all__ = ["check_machine"]


def check_machine() -> Note:
    """Try a server, a recording, a mail and a broker here, and say what works and what to do about what does not.

    Never raises: a part that fails in any way is a line that says so.
    """
    lines = [_python(), *(_try(what, attempt, otherwise) for what, attempt, otherwise in _PARTS)]
    return Note("\n".join(f"- {line}" for line in lines), "\n".join(lines))


def _python() -> str:
    python = f"Python version {sys.version.split()[0]}"
    try:
        versions, (first, last) = f"{python}, FastAPI version {version('fastapi')}", supported()
    except Exception as error:  # the environment of another project, perhaps
        return f"**Does not work**: {python}. {raised(error)}. Is this the environment that `make setup` has made?"
    if not first <= sys.version_info[:2] <= last:
        verified = f"Python version {first[0]}.{first[1]} to version {last[0]}.{last[1]}"
        return f"**Not tested**: {versions}. The course is verified on {verified}."
    return f"**Works**: {versions}."


def supported() -> tuple[tuple[int, int], tuple[int, int]]:
    """The oldest and the newest Python that the course is verified on, as its package declares them (pyproject.toml)."""
    declared = metadata("after-the-response")["Requires-Python"]
    oldest, beyond = (re.findall(rf"{sign}3\.(\d+)", declared)[0] for sign in (">=", "<"))
    return (3, int(oldest)), (3, int(beyond) - 1)


def _try(what: str, attempt: Callable[[], str], otherwise: str) -> str:
    try:
        return f"**Works**: {what} {attempt()}."
    except Exception as error:  # whatever a machine thinks of: this is where its reader comes to ask
        told = sentence(scrub(message(error))) if isinstance(error, CourseError) else f"{raised(error)}."
        return f"**Does not work**: {what}. {told} {otherwise}"


def _server() -> str:
    # Left out here, where `helpers` came first; a notebook that imports FastAPI first meets it.
    for name in surroundings.left_out.get("OTEL_PROPAGATORS", "none").split(","):
        if name.strip() != "none" and not entry_points(group="opentelemetry_propagator", name=name.strip()):
            raise CourseError(
                f"OTEL_PROPAGATORS names {name.strip()}, which is not installed, so that FastAPI cannot be imported: "
                "take it out of the environment and restart the kernel."
            )
    # Here, so that what cannot even be imported is a line, too.
    from fastapi import BackgroundTasks, FastAPI

    from helpers.live.recording import record
    from helpers.live.server import running

    app = FastAPI()

    @app.get("/")
    async def root(background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(print, end="")
        return "answered a request"

    with running(app) as server:
        with record() as timeline:
            answer = server.client.get("/").json()
    if not any(bar.kind == "task" for bar in timeline.bars):
        raise CourseError(
            "It answers, but what it does is not recorded. Is OpenTelemetry switched off by an "
            "environment variable whose name begins with OTEL_?"
        )
    return answer


def _mail() -> str:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "here@parcels.example",
        "there@parcels.example",
        "accepted a message",
    )
    with Mailbox() as mailbox, smtplib.SMTP(mailbox.host, mailbox.port, local_hostname="localhost") as smtp:
        smtp.send_message(message)
        return mailbox[0]["Subject"]


def _broker() -> str:
    with Broker() as broker:
        broker.ping()
        return "answered a ping"


_PARTS = (
    ("a web server in this notebook", _server, "Is something on this machine closing connections to 127.0.0.1?"),
    ("a mail server in this notebook", _mail, "Is something on this machine closing connections to 127.0.0.1?"),
    ("a message broker", _broker, "Only chapters 7 and 9 need it, and say so in the cells concerned."),
)

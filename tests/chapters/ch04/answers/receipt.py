"""What learners pass to 4.3-receipt."""

from fastapi import BackgroundTasks, FastAPI, Response
from fastapi.responses import PlainTextResponse
from starlette.background import BackgroundTask

from tests.chapters.answers import right, stub, wrong


def service(send_label, confirm=None, journal=None):
    """An app of the two path operations and its journal; without `confirm` the right one."""
    journal = [] if journal is None else journal
    app = FastAPI()
    app.get("/labels/{parcel}")(send_label)
    if confirm is None:

        def confirm(parcel: int) -> None:
            journal.append(f"received {parcel}")

    app.post("/labels/{parcel}/received")(confirm)
    return app, journal


@stub("4.3-receipt")
def receipt_shipped():
    async def send_label(parcel: int, background_tasks: BackgroundTasks) -> str: ...

    async def confirm(parcel: int) -> None: ...

    return service(send_label, confirm)


@wrong("4.3-receipt", says="noted before the answer")
def receipt_inline():
    journal = []

    async def send_label(parcel: int) -> str:
        journal.append(f"sent {parcel}")
        return f"label {parcel}"

    return service(send_label, journal=journal)


@wrong("4.3-receipt", says="is called at once")
def receipt_called():
    journal = []

    async def send_label(parcel: int, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(journal.append(f"sent {parcel}"))
        return f"label {parcel}"

    return service(send_label, journal=journal)


@wrong("4.3-receipt", says="nobody has said that it came")
def receipt_takes_sent_for_received():
    journal = []

    async def send_label(parcel: int, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(journal.append, f"sent {parcel}")
        background_tasks.add_task(journal.append, f"received {parcel}")
        return f"label {parcel}"

    return service(send_label, journal=journal)


@wrong("4.3-receipt", says="parcel 12 should get `label 12`")
def receipt_for_one_parcel():
    journal = []

    async def send_label(parcel: int, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(journal.append, "sent 7")
        return "label 7"

    return service(send_label, journal=journal)


@wrong("4.3-receipt", says="`received 7` should be noted, but [] was")
def receipt_confirms_nothing():
    journal = []

    async def send_label(parcel: int, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(journal.append, f"sent {parcel}")
        return f"label {parcel}"

    def confirm(parcel: int) -> str:
        return "thank you"

    return service(send_label, confirm, journal)


@wrong("4.3-receipt", says="behind the answer `sent 7` should be noted")
def receipt_sends_without_a_note():
    async def send_label(parcel: int) -> str:
        return f"label {parcel}"

    return service(send_label)


@wrong("4.3-receipt", says="your function returned None")
def receipt_forgets_the_label():
    journal = []

    async def send_label(parcel: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(journal.append, f"sent {parcel}")

    return service(send_label, journal=journal)


@right("4.3-receipt")
def receipt_with_a_background():
    journal = []

    def send_label(parcel: int) -> Response:
        return PlainTextResponse(f"label {parcel}", background=BackgroundTask(journal.append, f"sent {parcel}"))

    return service(send_label, journal=journal)


@right("4.3-receipt")
def receipt_with_a_function():
    journal = []

    def note(what: str, parcel: int) -> None:
        journal.append(f"{what} {parcel}")

    def send_label(parcel: int, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(note, "sent", parcel=parcel)
        return f"label {parcel}"

    return service(send_label, journal=journal)


@right("4.3-receipt")
def receipt_confirmed_by_a_task():
    journal = []

    async def note(line: str) -> None:
        journal.append(line)

    async def send_label(parcel: int, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(note, f"sent {parcel}")
        return f"label {parcel}"

    async def confirm(parcel: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(note, f"received {parcel}")

    return service(send_label, confirm, journal)

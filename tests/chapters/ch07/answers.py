"""What learners pass to the exercises of chapter 7."""

import asyncio
import uuid

from fastapi import BackgroundTasks, FastAPI, HTTPException
from fastapi.concurrency import run_in_threadpool

from helpers.chapters.ch07.lesson import Bank, Desk
from tests.chapters.answers import right, stub, wrong


def desk_app(make, status_code=202):
    """An app whose `POST /parcels/{parcel}/label` is `make(desk)`, and the desk."""
    desk, app = Desk(), FastAPI()
    app.post("/parcels/{parcel}/label", status_code=status_code)(make(desk))
    return app, desk


@stub("7.1-enqueue")
def enqueue_shipped():
    def make(desk):
        async def label(parcel: int) -> dict[str, str]: ...

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="nobody else was answered")
def enqueue_on_the_loop():
    def make(desk):
        async def label(parcel: int) -> dict[str, str]:
            try:
                return {"job": desk.enqueue(parcel)}
            except ConnectionError:
                raise HTTPException(503) from None

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="the client got 500, which says that your code is wrong")
def enqueue_uncaught():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            return {"job": desk.enqueue(parcel)}

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="the client was told 202: nobody will ever print that label")
def enqueue_swallowed():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            try:
                return {"job": desk.enqueue(parcel)}
            except ConnectionError:
                return {"job": "later"}

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="not in a background task")
def enqueue_in_a_task():
    def make(desk):
        def label(parcel: int, background_tasks: BackgroundTasks) -> dict[str, str]:
            background_tasks.add_task(desk.enqueue, parcel)
            return {"job": f"job-{parcel}"}

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="`desk.enqueue(parcel)` was never called")
def enqueue_forgotten():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            return {"job": f"job-{parcel}"}

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="202 was asked for, but 200 came")
def enqueue_with_200():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            return {"job": desk.enqueue(parcel)}

        return label

    return desk_app(make, status_code=200)


@wrong("7.1-enqueue", says='{"job": "job-7"} was asked for')
def enqueue_with_another_answer():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            return {"id": desk.enqueue(parcel)}

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="with the broker down 503 was asked for, but 400 came")
def enqueue_blames_the_client():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            try:
                return {"job": desk.enqueue(parcel)}
            except ConnectionError:
                raise HTTPException(400) from None

        return label

    return desk_app(make)


@right("7.1-enqueue")
def enqueue_in_the_threadpool():
    def make(desk):
        async def label(parcel: int) -> dict[str, str]:
            try:
                return {"job": await run_in_threadpool(desk.enqueue, parcel)}
            except ConnectionError as error:
                raise HTTPException(status_code=503, detail=str(error)) from error

        return label

    return desk_app(make)


@right("7.1-enqueue")
def enqueue_in_asyncios_threads():
    def make(desk):
        async def label(parcel: int) -> dict[str, str]:
            try:
                job = await asyncio.to_thread(desk.enqueue, parcel)
            except OSError:
                raise HTTPException(503) from None
            return {"job": job}

        return label

    return desk_app(make)


@stub("7.1-twice")
def twice_shipped():
    def charge_sender(parcel: int, bank: Bank) -> None: ...

    return charge_sender


@wrong("7.1-twice", says="and no random one")
def twice_without_a_key():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490)

    return charge_sender


@wrong("7.1-twice", says="the key must tell one parcel from another")
def twice_with_one_key():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key="label")

    return charge_sender


@wrong("7.1-twice", says="before your job could remember that")
def twice_noted_afterwards():
    done = set()

    def charge_sender(parcel: int, bank: Bank) -> None:
        if parcel not in done:
            bank.charge(490)
            done.add(parcel)

    return charge_sender


@wrong("7.1-twice", says="Nobody ever paid")
def twice_noted_before():
    done = set()

    def charge_sender(parcel: int, bank: Bank) -> None:
        if parcel not in done:
            done.add(parcel)
            bank.charge(490)

    return charge_sender


@wrong("7.1-twice", says="490 cents were asked for")
def twice_another_amount():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(4.90, key=f"parcel-{parcel}")

    return charge_sender


@wrong("7.1-twice", says="the bank booked nothing")
def twice_nothing():
    def charge_sender(parcel: int, bank: Bank) -> None:
        str(parcel)

    return charge_sender


@wrong("7.1-twice", says="one run of the job booked 2 times")
def twice_in_one_run():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key=uuid.uuid4().hex)
        bank.charge(490, key=uuid.uuid4().hex)

    return charge_sender


@right("7.1-twice")
def twice_by_number():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, str(parcel))

    return charge_sender


@stub("7.2-start")
def start_shipped():
    return ...


@wrong("7.2-start", says="Let the server take the shell's place with `exec`")
def start_without_exec():
    return "set -e\npython migrate.py\npython server.py\n"


@wrong("7.2-start", says="the migration failed, and the server was started all the same")
def start_without_errors():
    return "python migrate.py\nexec python server.py\n"


@wrong("7.2-start", says="the server never started")
def start_exec_twice():
    return "set -e\nexec python migrate.py\nexec python server.py\n"


@wrong("7.2-start", says="the migration never ran")
def start_without_migration():
    return "exec python server.py\n"


@wrong("7.2-start", says="the server was serving before the migration had run")
def start_in_the_wrong_order():
    return "python server.py | tee log &\nuntil grep -qs serving log; do sleep 0.02; done\npython migrate.py\nwait\n"


@wrong("7.2-start", says="put it between triple quotes")
def start_as_a_list():
    return ["python migrate.py", "exec python server.py"]


@right("7.2-start")
def start_in_one_line():
    return "python migrate.py && exec python server.py"


@right("7.2-start")
def start_with_a_trap():
    return """
python migrate.py || exit 1
python server.py &
trap 'kill -TERM $!' TERM
wait $!
wait $!
"""

"""What learners could pass to the demo chapter's checks."""

from fastapi import APIRouter, BackgroundTasks, FastAPI

from tests.chapters.answers import right, stub, wrong


def deliver(address: str) -> None:
    """Stands in for sending a mail."""


@stub("1.1-mail")
def mail_shipped():
    app = FastAPI()

    @app.post("/send/{address}")
    def send(address: str, tasks: BackgroundTasks) -> dict[str, str]: ...

    return app


@wrong("1.1-mail", says="before the answer")
def mail_called():
    app = FastAPI()

    @app.post("/send/{address}")
    def send(address: str, tasks: BackgroundTasks) -> dict[str, str]:
        deliver(address)
        return {"status": "accepted"}

    return app


@wrong("1.1-mail", says="deliver, deliver")
def mail_twice():
    app = FastAPI()

    @app.post("/send/{address}")
    def send(address: str, tasks: BackgroundTasks) -> dict[str, str]:
        tasks.add_task(deliver, address)
        tasks.add_task(deliver, address)
        return {"status": "accepted"}

    return app


@right("1.1-mail")
def mail_by_router():
    router = APIRouter(prefix="/send")

    @router.post("/{to}")
    def register(to: str, later: BackgroundTasks) -> None:
        later.add_task(deliver, address=to)

    app = FastAPI()
    app.include_router(router)
    return app


@stub("1.2-order")
def order_shipped():
    def order() -> list[str]: ...

    return order


@wrong("1.2-order", says="leaves before the task starts")
def order_reversed():
    return lambda: ["task", "response"]


@wrong("1.2-order", says="is there a `return`")
def order_without_return():
    def order():
        events = ["response", "task"]
        print(events)

    return order


@right("1.2-order")
def order_sorted():
    return lambda: sorted(["task", "response"])

"""A chapter's data as its author writes it, small enough to prove the machinery before there are real ones."""

from fastapi import BackgroundTasks, FastAPI

from helpers.learning.model import Exercise
from helpers.learning.stubs import own_routes


def deliver(address: str) -> None:
    """Stands in for sending a mail."""


def mail_waits(app) -> str:
    tasks = BackgroundTasks()
    own_routes(app)[0].endpoint("ada@example.org", tasks)
    names = [task.func.__name__ for task in tasks.tasks]
    assert names, "Nothing waits in `tasks`: the mail was sent before the answer."
    assert names == ["deliver"], f"One mail should wait; these do: {', '.join(names)}."
    return "The mail waits in `tasks` when the endpoint has returned."


def mail_solution() -> FastAPI:
    """The reference solution."""
    app = FastAPI()

    @app.post("/send/{address}")
    def send(address: str, tasks: BackgroundTasks) -> dict[str, str]:
        # added, not called
        tasks.add_task(deliver, address)
        return {"status": "accepted"}

    return app


def answer_first(order) -> str:
    came = order()
    assert came is not None, "Your function returned `None`: is there a `return`?"
    assert came[0] == "response", f"The response leaves before the task starts; you put {came[0]!r} first."
    assert came == ["response", "task"], f"Two events were asked for; {len(came)} came."
    return "The response comes before the task."


def order_solution():
    # two events, in the order of time
    def order() -> list[str]:
        return ["response", "task"]

    return order


EXERCISES = [
    Exercise(
        "1.1-mail",
        "Mail after the answer",
        task="Send the mail with `deliver` after the answer.",
        check=mail_waits,
        hints=("Look at `add_task`.", "Who calls the function: you, or FastAPI?"),
        solution=mail_solution,
        routes=("POST /send/{address}",),
    ),
    Exercise(
        "1.2-order",
        "The order of events",
        task="Return the two events, `response` and `task`, in the order of time.",
        check=answer_first,
        hints=("Read the timeline above.",),
        solution=order_solution,
        wants="function",
    ),
]

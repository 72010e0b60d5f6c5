"""An app around a learner's model: what the model lets in comes back as the model sends it out."""

from typing import Any

import httpx
from fastapi import FastAPI

from helpers.chapters.asking import ask, logged
from helpers.live.server import Server


def echo(model: Any) -> FastAPI:
    """An app whose `POST /` takes a body of this type and answers with it; FastAPI's own error for what is no type for data."""
    app = FastAPI()

    def give_back(body: Any) -> Any:
        return body

    give_back.__annotations__ = {"body": model, "return": model}
    app.post("/")(give_back)
    return app


def sent(server: Server, body: Any) -> httpx.Response:
    """The answer to this body as JSON; AssertionError with the error in the server's log when the model's code failed."""
    answer = ask(server, "POST", "/", json=body)
    error = logged(server) if answer.status_code >= 500 else ""
    assert "SerializationError" not in error, (
        f"for {body} the client got 500: your model let it in, and failed when the answer was written, too late for a 422. "
        "Refuse wrong data in a validator."
    )
    assert not error, (
        f"for {body} the client got 500, because your model's code failed with {error}. In a validator only `ValueError` (or "
        "`AssertionError`) becomes a 422."
    )
    return answer


def complaint(answer: httpx.Response) -> str:
    """The first complaint of a 422, as Pydantic words it; of another answer the beginning of its text."""
    detail = answer.json().get("detail") if answer.status_code == 422 else None
    return detail[0]["msg"] if isinstance(detail, list) and detail else answer.text[:80]

"""Sees what was noted by the time at which an answer began, without a clock."""

from typing import Any

from fastapi import FastAPI


class Watched:
    """The app, and what stood in `notes` each time an answer began; served in its place."""

    def __init__(self, app: FastAPI, notes: list[str]):
        self.app, self.notes = app, notes
        self.at_answer: list[list[str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def watch(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.at_answer.append(list(self.notes))
            await send(message)

        await self.app(scope, receive, watch)


def called_at_once(error: str) -> bool:
    """Whether a task failed because not a function was added, but what calling it gave."""
    return "callable" in error

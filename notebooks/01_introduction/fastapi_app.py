"""FastAPI: a background task is part of the framework."""

from typing import Annotated

from fastapi import BackgroundTasks, FastAPI, Form
from mail import send_welcome

app = FastAPI()


@app.post("/register")
def register(email: Annotated[str, Form()], background_tasks: BackgroundTasks) -> dict[str, str]:
    background_tasks.add_task(send_welcome, email)
    return {"registered": email}

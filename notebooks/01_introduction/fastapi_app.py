"""FastAPI: a background task is part of the framework."""

from fastapi import BackgroundTasks, FastAPI
from mail import send_welcome

app = FastAPI()


@app.post("/register/{email}")
def register(email: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    background_tasks.add_task(send_welcome, email)
    return {"registered": email}

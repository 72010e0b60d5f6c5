"""What learners pass to 4.1-audit."""

from fastapi import BackgroundTasks
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.background import BackgroundTask

from helpers.chapters.ch04.exercises.audit import note_refusal, refusals
from tests.chapters.answers import right, stub, wrong


@stub("4.1-audit")
def audit_shipped():
    async def refuse(request, error): ...

    return refuse, refusals


@wrong("4.1-audit", says="client waited for `note_refusal`")
def audit_inline():
    def refuse(request, error):
        note_refusal(request.url.path)
        return JSONResponse({"detail": error.detail}, status_code=403)

    return refuse, refusals


@wrong("4.1-audit", says="calls the function at once")
def audit_called():
    def refuse(request, error):
        note = BackgroundTask(note_refusal(request.url.path))
        return JSONResponse({"detail": error.detail}, status_code=403, background=note)

    return refuse, refusals


@wrong("4.1-audit", says="is never looked at")
def audit_own_list():
    async def refuse(request, error):
        BackgroundTasks().add_task(note_refusal, request.url.path)
        return JSONResponse({"detail": error.detail}, status_code=403)

    return refuse, refusals


@wrong("4.1-audit", says="should stay 403, but 200 came")
def audit_with_200():
    async def refuse(request, error):
        return JSONResponse({"detail": error.detail}, background=BackgroundTask(note_refusal, request.url.path))

    return refuse, refusals


@wrong("4.1-audit", says="with the error's own detail")
def audit_without_detail():
    async def refuse(request, error):
        note = BackgroundTask(note_refusal, request.url.path)
        return JSONResponse({"detail": "no"}, status_code=403, background=note)

    return refuse, refusals


@wrong("4.1-audit", says="`request.url.path`")
def audit_notes_the_detail():
    async def refuse(request, error):
        note = BackgroundTask(note_refusal, error.detail)
        return JSONResponse({"detail": error.detail}, status_code=403, background=note)

    return refuse, refusals


@wrong("4.1-audit", says="handler returns a response")
def audit_raises_again():
    async def refuse(request, error):
        raise error

    return refuse, refusals


@right("4.1-audit")
def audit_with_a_list():
    def refuse(request, error):
        tasks = BackgroundTasks()
        tasks.add_task(note_refusal, path=request.url.path)
        return PlainTextResponse(error.detail, error.status_code, background=tasks)

    return refuse, refusals

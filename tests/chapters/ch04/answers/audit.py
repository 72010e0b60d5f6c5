"""What learners pass to 4.1-audit."""

from fastapi import BackgroundTasks
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

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


@wrong("4.1-audit", says="raised the error again")
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


@wrong("4.1-audit", says="held the event loop")
def audit_on_the_loop():
    async def note_later(path):
        note_refusal(path)

    async def refuse(request, error):
        note = BackgroundTask(note_later, request.url.path)
        return JSONResponse({"detail": error.detail}, status_code=403, background=note)

    return refuse, refusals


@wrong("4.1-audit", says="nobody injects `BackgroundTasks` there")
def audit_injected():
    async def refuse(request, error, background_tasks: BackgroundTasks):
        background_tasks.add_task(note_refusal, request.url.path)
        return JSONResponse({"detail": error.detail}, status_code=403)

    return refuse, refusals


@wrong("4.1-audit", says="also wants `path`")
def audit_with_the_path():
    async def refuse(request, error, path):
        note = BackgroundTask(note_refusal, path)
        return JSONResponse({"detail": error.detail}, status_code=403, background=note)

    return refuse, refusals


@wrong("4.1-audit", says="failed with NameError: name 'req' is not defined")
def audit_mistyped():
    async def refuse(request, error):
        note = BackgroundTask(note_refusal, req.url.path)  # noqa: F821 - the slip
        return JSONResponse({"detail": error.detail}, status_code=403, background=note)

    return refuse, refusals


@wrong("4.1-audit", says="returned None")
def audit_without_return():
    async def refuse(request, error):
        JSONResponse({"detail": error.detail}, 403, background=BackgroundTask(note_refusal, request.url.path))

    return refuse, refusals


@wrong("4.1-audit", says="no response")
def audit_returns_a_dict():
    async def refuse(request, error):
        return {"detail": error.detail}

    return refuse, refusals


@right("4.1-audit")
def audit_by_an_object():
    class Refuse:
        async def __call__(self, request, error):
            note = BackgroundTask(note_refusal, request.url.path)
            return JSONResponse({"detail": error.detail}, status_code=403, background=note)

    return Refuse(), refusals


@right("4.1-audit")
def audit_in_a_thread():
    async def note_later(path):
        await run_in_threadpool(note_refusal, path)

    async def refuse(request, error):
        response = JSONResponse({"detail": error.detail}, error.status_code, headers=error.headers)
        response.background = BackgroundTask(note_later, request.url.path)
        return response

    return refuse, refusals


@right("4.1-audit")
def audit_by_a_default():
    def refuse(request, error, journal=note_refusal):
        task = BackgroundTask(journal, request.url.path)
        return JSONResponse({"detail": error.detail}, status_code=403, background=task)

    return refuse, refusals

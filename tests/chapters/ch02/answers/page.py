"""What learners pass to 2.4-page."""

from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as NotFound
from starlette.types import Scope

from helpers.chapters.ch02.exercises.page import front
from tests.chapters.answers import right, stub, wrong


def page_app(numbers: object = (7, 8)) -> FastAPI:
    app = FastAPI()

    @app.get("/api/numbers")
    def list_numbers() -> list[int]:
        return numbers

    return app


@stub("2.4-page")
def page_shipped():
    app = FastAPI()

    @app.get("/api/numbers")
    def list_numbers() -> list[int]: ...

    return app, front


@wrong("2.4-page", says="A mount at `/` belongs behind the routes")
def page_mounted_first():
    app = FastAPI()
    app.mount("/", StaticFiles(directory=front, html=True))

    @app.get("/api/numbers")
    def list_numbers() -> list[int]:
        return [7, 8]

    return app, front


@wrong("2.4-page", says="knows only files that are there")
def page_of_static_files():
    app = page_app()
    app.mount("/", StaticFiles(directory=front, html=True))
    return app, front


@wrong("2.4-page", says="`/` answered 404 instead of `index.html`")
def page_without_its_index():
    app = page_app()
    app.mount("/", StaticFiles(directory=front))
    return app, front


@wrong("2.4-page", says="the browser would read HTML as CSS")
def page_for_everything_missing():
    app = page_app()

    @app.get("/{path:path}")
    def find(path: str) -> FileResponse:
        file = (front / path).resolve()
        return FileResponse(file if file.is_file() and file.is_relative_to(front) else front / "index.html")

    return app, front


@wrong("2.4-page", says="look for the file first")
def page_for_everything():
    app = page_app()

    @app.get("/{path:path}")
    def find(path: str) -> HTMLResponse:
        return HTMLResponse((front / "index.html").read_text())

    return app, front


@wrong("2.4-page", says="its files are served by their paths")
def page_alone():
    app = page_app()

    @app.get("/")
    def index() -> FileResponse:
        return FileResponse(front / "index.html")

    return app, front


def find_file(path: str, request: Request, inside: bool) -> FileResponse:
    file = (front / path).resolve()
    if file.is_file() and (file.is_relative_to(front) or not inside):
        return FileResponse(file)
    if path and "text/html" not in request.headers["Accept"]:
        raise HTTPException(404)
    return FileResponse(front / "index.html")


@wrong("2.4-page", says="from outside of the folder")
def page_open_upwards():
    app = page_app()

    @app.get("/{path:path}")
    def find(path: str, request: Request) -> FileResponse:
        return find_file(path, request, inside=False)

    return app, front


def page_that_finds(is_inside: Callable[[str], bool]) -> tuple[FastAPI, Path]:
    app = page_app()

    @app.get("/{path:path}")
    def find(path: str, request: Request) -> FileResponse:
        return find_file(path if is_inside(path) else "", request, inside=False)

    return app, front


@wrong("2.4-page", says="begins with `/` is taken as it is")
def page_without_two_dots():
    return page_that_finds(lambda path: ".." not in path)


@wrong("2.4-page", says="may begin like this one's")
def page_by_the_beginning_of_a_path():
    return page_that_finds(lambda path: str((front / path).resolve()).startswith(str(front)))


@wrong("2.4-page", says="should answer `[7, 8]`")
def page_with_other_numbers():
    app = page_app([7])
    app.frontend("/", directory=front)
    return app, front


@wrong("2.4-page", says="a browser would show its source")
def page_as_text():
    app = page_app()

    @app.get("/")
    def index() -> Response:
        return Response((front / "index.html").read_text(), media_type="text/plain")

    app.frontend("/", directory=front)
    return app, front


@right("2.4-page")
def page_by_hand():
    app = page_app()

    @app.get("/{path:path}")
    def find(path: str, request: Request) -> FileResponse:
        return find_file(path, request, inside=True)

    return app, front


@right("2.4-page")
def page_of_a_router():
    router = APIRouter()
    router.frontend("/", directory=front, fallback="index.html")
    app = FastAPI()
    app.include_router(router)

    @app.get("/api/numbers")
    async def list_numbers() -> list[int]:
        return [7, 8]

    return app, front


@right("2.4-page")
def page_of_static_files_that_fall_back():
    class Page(StaticFiles):
        async def get_response(self, path: str, scope: Scope) -> Response:
            try:
                return await super().get_response(path, scope)
            except NotFound:
                if "text/html" not in Request(scope).headers["Accept"]:
                    raise
                return FileResponse(front / "index.html")

    app = page_app()
    app.mount("/", Page(directory=front, html=True))
    return app, front


@wrong("2.4-page", says="which is a folder in `front` and no file, got 500")
def page_of_whatever_exists():
    app = page_app()

    @app.get("/{path:path}")
    def find(path: str, request: Request) -> FileResponse:
        file = (front / path).resolve()
        if path and file.is_relative_to(front) and file.exists():
            return FileResponse(file)
        return find_file(path, request, inside=True)

    return app, front


@right("2.4-page")
def page_with_a_folder_of_its_own():
    (front / "assets").mkdir(exist_ok=True)
    (front / "assets" / "style.css").write_text("h1 {}")
    app = page_app()
    app.frontend("/", directory=front)
    return app, front

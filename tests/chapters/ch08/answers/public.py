"""What learners pass to 8.4-public."""

import copy
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from tests.chapters.answers import right, stub, wrong

Document = dict[str, Any]


@stub("8.4-public")
def public_shipped():
    def publish(app: FastAPI) -> None: ...

    return publish


def without(hides: Callable[[str, Document], bool], drops_empty: bool = True):
    """A `publish` whose document leaves out the operations of which `hides(path, operation)` is true."""

    def publish(app: FastAPI) -> None:
        def told() -> Document:
            document = FastAPI.openapi(app)
            for path in list(document["paths"]):
                operations = document["paths"][path]
                kept = {method: operation for method, operation in operations.items() if not hides(path, operation)}
                document["paths"][path] = kept
                if drops_empty and not kept:
                    del document["paths"][path]
            return document

        app.openapi = told

    return publish


@wrong("8.4-public", says="was answered with 404")
def public_no_document():
    def publish(app: FastAPI) -> None:
        for route in list(app.router.routes):
            if getattr(route, "path", "") == app.openapi_url:
                app.router.routes.remove(route)

    return publish


@wrong("8.4-public", says="is still described. It has two tags.")
def public_one_tag():
    return without(lambda path, operation: operation.get("tags") == ["internal"])


@wrong("8.4-public", says="it has no tags at all")
def public_needs_tags():
    return without(
        lambda path, operation: operation.get("tags", ["internal"])[-1] == "internal" or "tags" not in operation
    )


@wrong("8.4-public", says="still in the document, without an operation")
def public_empty_paths():
    return without(lambda path, operation: "internal" in operation.get("tags", []), drops_empty=False)


@wrong("8.4-public", says="`PUT /parcels/{number}` is gone from the document and is not internal")
def public_by_a_part_of_the_word():
    return without(lambda path, operation: any("internal" in tag for tag in operation.get("tags", [])))


@wrong("8.4-public", says="is gone from the document and is not internal. Look at the tags of each operation")
def public_whole_paths():
    def publish(app: FastAPI) -> None:
        def told() -> Document:
            document = FastAPI.openapi(app)
            for path, operations in list(document["paths"].items()):
                if any("internal" in operation.get("tags", []) for operation in operations.values()):
                    del document["paths"][path]
            return document

        app.openapi = told

    return publish


@wrong("8.4-public", says="does not answer any more")
def public_closed():
    hide = without(lambda path, operation: "internal" in operation.get("tags", []))

    def publish(app: FastAPI) -> None:
        hide(app)

        @app.middleware("http")
        async def close(request, call_next):
            if request.method == "DELETE" or request.url.path.endswith("/drawer"):
                return JSONResponse({"detail": "Not Found"}, 404)
            return await call_next(request)

    return publish


@wrong("8.4-public", says="the document's `info` changed")
def public_untitled():
    def publish(app: FastAPI) -> None:
        def told() -> Document:
            document = get_openapi(title="API", version="1", routes=app.routes)
            for path, operations in list(document["paths"].items()):
                kept = {
                    m: operation for m, operation in operations.items() if "internal" not in operation.get("tags", [])
                }
                document["paths"] |= {path: kept}
                if not kept:
                    del document["paths"][path]
            return document

        app.openapi = told

    return publish


@wrong("8.4-public", says="nothing is hidden")
def public_tells_nobody():
    def publish(app: FastAPI) -> None:
        document = copy.deepcopy(app.openapi())
        for path, operations in list(document["paths"].items()):
            if any("internal" in operation.get("tags", []) for operation in operations.values()):
                del document["paths"][path]

    return publish


@right("8.4-public")
def public_changes_the_kept_document():
    def publish(app: FastAPI) -> None:
        paths = app.openapi()["paths"]
        for path in list(paths):
            for method in list(paths[path]):
                if "internal" in paths[path][method].get("tags", []):
                    paths[path].pop(method)
            if not paths[path]:
                paths.pop(path)

    return publish


@right("8.4-public")
def public_wraps_the_method():
    def publish(app: FastAPI) -> None:
        whole = app.openapi

        def told() -> Document:
            document = copy.deepcopy(whole())
            document["paths"] = {
                path: kept
                for path, operations in document["paths"].items()
                if (kept := {m: o for m, o in operations.items() if "internal" not in o.get("tags", ())})
            }
            return document

        app.openapi = told

    return publish


@right("8.4-public")
def public_makes_it_afresh():
    def publish(app: FastAPI) -> None:
        def told() -> Document:
            document = get_openapi(title=app.title, version=app.version, routes=app.routes)
            for path, operations in list(document["paths"].items()):
                for method in [m for m, operation in operations.items() if "internal" in operation.get("tags", [])]:
                    del operations[method]
                if operations == {}:
                    document["paths"].pop(path)
            return document

        app.openapi = told

    return publish


@wrong("8.4-public", says="which is not there any more")
def public_of_paths_alone():
    def publish(app: FastAPI) -> None:
        def told() -> Document:
            whole = FastAPI.openapi(app)
            paths = {}
            for path, operations in whole["paths"].items():
                kept = {how: what for how, what in operations.items() if "internal" not in what.get("tags", [])}
                if kept:
                    paths[path] = kept
            return {"openapi": whole["openapi"], "info": whole["info"], "paths": paths}

        app.openapi = told

    return publish

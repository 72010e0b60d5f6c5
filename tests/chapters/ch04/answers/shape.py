"""What learners pass to 4.6-shape."""

from fastapi import HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from tests.chapters.answers import right, stub, wrong

TYPE = "application/problem+json"


def shaped(status, detail, headers=None):
    return JSONResponse({"status": status, "detail": detail}, status, headers, media_type=TYPE)


async def tell_http(request, error):
    return shaped(error.status_code, str(error.detail), error.headers)


async def tell_invalid(request, error):
    return shaped(422, str(error.errors()))


def registering(http=tell_http, invalid=tell_invalid, http_class=StarletteHTTPException):
    def shape(app):
        app.add_exception_handler(http_class, http)
        app.add_exception_handler(RequestValidationError, invalid)

    return shape


@stub("4.6-shape")
def shape_shipped():
    def shape(app): ...

    return shape


@wrong("4.6-shape", says="the parent of FastAPI's")
def shape_for_fastapis_class():
    return registering(http_class=HTTPException)


@wrong("4.6-shape", says="has a handler of its own")
def shape_without_the_422():
    def shape(app):
        app.add_exception_handler(StarletteHTTPException, tell_http)

    return shape


@wrong("4.6-shape", says="your 403 has FastAPI's shape still")
def shape_only_for_exception():
    def shape(app):
        app.add_exception_handler(Exception, tell_http)

    return shape


@wrong("4.6-shape", says="`media_type` says so")
def shape_as_plain_json():
    async def tell(request, error):
        return JSONResponse({"status": error.status_code, "detail": error.detail}, error.status_code, error.headers)

    return registering(tell)


@wrong("4.6-shape", says="your 403 should keep its status, but 200 came")
def shape_with_status_200():
    async def tell(request, error):
        body = {"status": error.status_code, "detail": error.detail}
        return JSONResponse(body, headers=error.headers, media_type=TYPE)

    return registering(tell)


@wrong("4.6-shape", says="hand `error.headers` on")
def shape_without_headers():
    async def tell(request, error):
        return shaped(error.status_code, error.detail)

    return registering(tell)


@wrong("4.6-shape", says="became a 500: TypeError: 'dict' object is not callable")
def shape_returns_a_dict():
    async def tell(request, error):
        return {"status": error.status_code, "detail": error.detail}

    return registering(tell)


@wrong("4.6-shape", says="should be a text")
def shape_with_a_list_of_errors():
    async def tell(request, error):
        return shaped(422, [str(entry["loc"]) for entry in error.errors()])

    return registering(invalid=tell)


@wrong("4.6-shape", says="should say which field is wrong")
def shape_that_says_nothing():
    async def tell(request, error):
        return shaped(422, "The body is wrong.")

    return registering(invalid=tell)


@wrong("4.6-shape", says="should be 'staff only'")
def shape_with_one_detail():
    async def tell(request, error):
        return shaped(error.status_code, "Something went wrong.", error.headers)

    return registering(tell)


@right("4.6-shape")
def shape_with_plain_handlers():
    def tell_first(request, error):
        first = error.errors()[0]
        return shaped(422, f"{first['loc'][-1]} will not do")

    return registering(lambda request, error: shaped(error.status_code, str(error.detail), error.headers), tell_first)


@wrong("4.6-shape", says="Every 4xx was asked for.")
def shape_by_status():
    def shape(app):
        for status in (403, 404, 405):
            app.add_exception_handler(status, tell_http)
        app.exception_handlers[RequestValidationError] = tell_invalid

    return shape


@right("4.6-shape")
def shape_with_a_class_of_responses():
    class Problem(JSONResponse):
        media_type = TYPE

    async def tell(request, error) -> Response:
        body = {"type": "about:blank", "title": "Problem", "status": error.status_code, "detail": str(error.detail)}
        return Problem(body, error.status_code, headers=error.headers)

    return registering(tell)


@wrong("4.6-shape", says="your 418")
def shape_hands_on_what_is_no_text():
    return registering(lambda request, error: shaped(error.status_code, error.detail, error.headers))


@wrong("4.6-shape", says="became one that does not hold it")
def shape_that_drops_what_is_no_text():
    async def tell(request, error):
        detail = error.detail if isinstance(error.detail, str) else "error"
        return shaped(error.status_code, detail, error.headers)

    return registering(tell)

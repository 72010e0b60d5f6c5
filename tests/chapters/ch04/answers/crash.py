"""What learners pass to 4.5-crash."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse

from tests.chapters.answers import right, stub, wrong


@stub("4.5-crash")
def crash_shipped():
    def readable(app, page): ...

    return readable


@wrong("4.5-crash", says="outside of every middleware that `add_middleware` adds")
def crash_added():
    def readable(app, page):
        app.add_middleware(CORSMiddleware, allow_origins=[page])
        return app

    return readable


@wrong("4.5-crash", says="the `return` is missing")
def crash_returns_nothing():
    def readable(app, page):
        app.add_middleware(CORSMiddleware, allow_origins=[page])

    return readable


@wrong("4.5-crash", says="`*` lets every page read")
def crash_star():
    def readable(app, page):
        return CORSMiddleware(app, allow_origins=["*"])

    return readable


@wrong("4.5-crash", says="a page of another origin may read")
def crash_hard_coded():
    def readable(app, page):
        return CORSMiddleware(app, allow_origins=["https://shop.example"])

    return readable


@wrong("4.5-crash", says="no longer in the server's log")
def crash_swallowed():
    def readable(app, page):
        @app.middleware("http")
        async def catch(request, call_next):
            try:
                return await call_next(request)
            except Exception:
                return JSONResponse({"detail": "Sorry."}, status_code=500)

        app.add_middleware(CORSMiddleware, allow_origins=[page])
        return app

    return readable


@wrong("4.5-crash", says="but [200, 403, 429, 503] came")
def crash_with_another_status():
    def readable(app, page):
        @app.exception_handler(Exception)
        async def answer(request, error):
            return JSONResponse({"detail": "Sorry."}, status_code=503)

        return CORSMiddleware(app, allow_origins=[page])

    return readable


@wrong("4.5-crash", says="nothing allows it")
def crash_only_the_500():
    def readable(app, page):
        @app.exception_handler(Exception)
        async def answer(request, error):
            return JSONResponse({}, status_code=500, headers={"Access-Control-Allow-Origin": page})

        return app

    return readable


@wrong("4.5-crash", says="cannot be served. serve() expects an ASGI app")
def crash_a_function():
    def readable(app, page):
        return lambda: CORSMiddleware(app, allow_origins=[page])

    return readable


@right("4.5-crash")
def crash_both():
    def readable(app, page):
        app.add_middleware(CORSMiddleware, allow_origins=[page])
        return CORSMiddleware(app, allow_origins=[page], allow_methods=["GET"])

    return readable


@right("4.5-crash")
def crash_mounted():
    def readable(app, page):
        outer = FastAPI()
        outer.add_middleware(CORSMiddleware, allow_origins=[page])
        outer.mount("/", app)
        return outer

    return readable


@right("4.5-crash")
def crash_with_a_handler_that_knows_the_page():
    def readable(app, page):
        app.add_middleware(CORSMiddleware, allow_origins=[page])

        @app.exception_handler(Exception)
        async def answer(request, error):
            own = request.headers.get("Origin") == page
            return JSONResponse({}, status_code=500, headers={"Access-Control-Allow-Origin": page} if own else None)

        return app

    return readable


@wrong("4.5-crash", says="In a text, `in` finds every part of it")
def crash_with_a_text_for_a_list():
    def readable(app, page):
        return CORSMiddleware(app, allow_origins=page)

    return readable

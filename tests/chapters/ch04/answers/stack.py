"""What learners pass to 4.2-stack."""

from fastapi import Request
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from starlette.middleware import Middleware

from helpers.chapters.ch04.exercises.stack import StampId
from tests.chapters.answers import right, stub, wrong

OURS = ["parcels.example"]


@stub("4.2-stack")
def stack_shipped():
    def protect(app) -> None: ...

    return protect


@wrong("4.2-stack", says="The one that is added last stands outermost")
def stack_in_reading_order():
    def protect(app):
        app.add_middleware(StampId)
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=OURS)
        app.add_middleware(GZipMiddleware)

    return protect


@wrong("4.2-stack", says="changes nothing outside")
def stack_around_the_name():
    def protect(app):
        app = StampId(TrustedHostMiddleware(GZipMiddleware(app), allowed_hosts=OURS))

    return protect


@wrong("4.2-stack", says="`allowed_hosts` says whom you serve")
def stack_for_everybody():
    def protect(app):
        app.add_middleware(GZipMiddleware)
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["*"])
        app.add_middleware(StampId)

    return protect


@wrong("4.2-stack", says="a request for localhost was served as well")
def stack_for_a_developer_too():
    def protect(app):
        app.add_middleware(GZipMiddleware)
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["parcels.example", "localhost"])
        app.add_middleware(StampId)

    return protect


@wrong("4.2-stack", says="a request for old.parcels.example was served as well")
def stack_for_all_below_the_name():
    def protect(app):
        app.add_middleware(GZipMiddleware)
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["parcels.example", "*.parcels.example"])
        app.add_middleware(StampId)

    return protect


@wrong("4.2-stack", says="a request for 127.0.0.1 was served as well")
def stack_for_this_machine():
    def protect(app):
        app.add_middleware(GZipMiddleware)
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["parcels.example", "127.0.0.1"])
        app.add_middleware(StampId)

    return protect


@wrong("4.2-stack", says="which hosts are allowed?")
def stack_for_nobody():
    def protect(app):
        app.add_middleware(GZipMiddleware)
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["*.parcels.example"])
        app.add_middleware(StampId)

    return protect


@wrong("4.2-stack", says="`GZipMiddleware` is missing")
def stack_without_gzip():
    def protect(app):
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=OURS)
        app.add_middleware(StampId)

    return protect


@wrong("4.2-stack", says="`StampId` is missing")
def stack_without_an_id():
    def protect(app):
        app.add_middleware(GZipMiddleware)
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=OURS)

    return protect


@wrong("4.2-stack", says="leave `minimum_size` as it is")
def stack_compresses_a_byte():
    def protect(app):
        app.add_middleware(GZipMiddleware, minimum_size=0)
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=OURS)
        app.add_middleware(StampId)

    return protect


@wrong("4.2-stack", says="share an id")
def stack_with_one_id():
    def protect(app):
        app.add_middleware(GZipMiddleware)
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=OURS)

        @app.middleware("http")
        async def stamp(request: Request, call_next):
            response = await call_next(request)
            response.headers["X-Request-ID"] = "7"
            return response

    return protect


@right("4.2-stack")
def stack_gzip_inside():
    def protect(app):
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["parcels.example"], www_redirect=False)
        app.add_middleware(GZipMiddleware, minimum_size=1000)
        app.add_middleware(StampId)

    return protect


@right("4.2-stack")
def stack_as_a_list():
    def protect(app):
        app.user_middleware[:] = [
            Middleware(StampId),
            Middleware(TrustedHostMiddleware, allowed_hosts=OURS),
            Middleware(GZipMiddleware),
        ]

    return protect


@right("4.2-stack")
def stack_by_a_loop():
    def protect(app):
        stack = [(StampId, {}), (TrustedHostMiddleware, {"allowed_hosts": OURS}), (GZipMiddleware, {})]
        for middleware, options in reversed(stack):
            app.add_middleware(middleware, **options)
        return app

    return protect

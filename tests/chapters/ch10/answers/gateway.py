"""What learners pass to 10.3-gateway."""

import httpx
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from tests.chapters.answers import right, stub, wrong


def making(track):
    """A `make_app` whose path operation awaits `track(carrier, number)`."""

    def make_app(carrier):
        app = FastAPI()

        @app.get("/parcels/{number}")
        async def read(number: int) -> dict[str, str]:
            return await track(carrier, number)

        return app

    return make_app


@stub("10.3-gateway")
def gateway_shipped():
    def make_app(carrier): ...

    return make_app


@wrong("10.3-gateway", says="the carrier answers 404, and your app answered 200")
def gateway_any_status():
    async def track(carrier, number):
        return (await carrier.get(f"/parcels/{number}")).json()

    return making(track)


@wrong("10.3-gateway", says="answers 404, and your app answered 500, because `httpx.HTTPStatusError`")
def gateway_all_raised():
    async def track(carrier, number):
        return (await carrier.get(f"/parcels/{number}")).raise_for_status().json()

    return making(track)


@wrong("10.3-gateway", says="because `httpx.ConnectError` came out of it")
def gateway_only_statuses():
    async def track(carrier, number):
        answer = await carrier.get(f"/parcels/{number}")
        if answer.status_code == 404:
            raise HTTPException(404)
        if answer.status_code != 200:
            raise HTTPException(502)
        return answer.json()

    return making(track)


@wrong("10.3-gateway", says="so look for it first")
def gateway_no_timeout():
    async def track(carrier, number):
        try:
            answer = await carrier.get(f"/parcels/{number}")
        except httpx.TransportError:
            raise HTTPException(502) from None
        if answer.status_code == 404:
            raise HTTPException(404)
        if answer.is_error:
            raise HTTPException(502)
        return answer.json()

    return making(track)


@wrong("10.3-gateway", says="the carrier did its work and knows no such parcel")
def gateway_all_502():
    async def track(carrier, number):
        try:
            return (await carrier.get(f"/parcels/{number}")).raise_for_status().json()
        except httpx.TimeoutException:
            raise HTTPException(504) from None
        except httpx.HTTPError:
            raise HTTPException(502) from None

    return making(track)


@wrong("10.3-gateway", says="as if it had asked too often")
def gateway_passed_on():
    async def track(carrier, number):
        try:
            answer = await carrier.get(f"/parcels/{number}")
        except httpx.TimeoutException:
            raise HTTPException(504) from None
        except httpx.HTTPError:
            raise HTTPException(502) from None
        if answer.is_client_error:
            raise HTTPException(answer.status_code)
        if answer.is_server_error:
            raise HTTPException(502)
        return answer.json()

    return making(track)


@wrong("10.3-gateway", says="the carrier answers 500, and 502 was asked for, but 503 came")
def gateway_503():
    async def track(carrier, number):
        try:
            answer = await carrier.get(f"/parcels/{number}")
            answer.raise_for_status()
        except httpx.HTTPStatusError as error:
            raise HTTPException(404 if error.response.status_code == 404 else 503) from None
        return answer.json()

    return making(track)


@wrong("10.3-gateway", says="but was asked POST /parcels/7")
def gateway_posts():
    async def track(carrier, number):
        return (await carrier.post(f"/parcels/{number}")).json()

    return making(track)


@wrong("10.3-gateway", says="but was asked GET /parcels/7, GET /parcels/7")
def gateway_asks_twice():
    async def track(carrier, number):
        if (await carrier.get(f"/parcels/{number}")).status_code == 404:
            raise HTTPException(404)
        return (await carrier.get(f"/parcels/{number}")).json()

    return making(track)


@wrong("10.3-gateway", says="was not asked: `await carrier.get(...)`")
def gateway_without_await():
    async def track(carrier, number):
        carrier.get(f"/parcels/{number}").close()
        return {"state": "on its way"}

    return making(track)


@wrong("10.3-gateway", says="your function `read` returned `None`")
def gateway_without_return():
    async def track(carrier, number):
        await carrier.get(f"/parcels/{number}")

    return making(track)


@wrong("10.3-gateway", says="the carrier's words")
def gateway_only_the_state():
    async def track(carrier, number):
        try:
            answer = await carrier.get(f"/parcels/{number}")
        except httpx.TimeoutException:
            raise HTTPException(504) from None
        except httpx.HTTPError:
            raise HTTPException(502) from None
        if answer.status_code != 200:
            raise HTTPException(404 if answer.status_code == 404 else 502)
        return {"state": answer.json()["state"]}

    return making(track)


@right("10.3-gateway")
def gateway_by_handlers():
    def make_app(carrier):
        app = FastAPI()

        @app.get("/parcels/{number}")
        async def read(number: int) -> dict[str, str]:
            return (await carrier.get(f"/parcels/{number}")).raise_for_status().json()

        @app.exception_handler(httpx.HTTPError)
        async def failed(request: Request, error: httpx.HTTPError) -> JSONResponse:
            match error:
                case httpx.TimeoutException():
                    code = 504
                case httpx.HTTPStatusError() if error.response.status_code == 404:
                    code = 404
                case _:
                    code = 502
            return JSONResponse({"detail": "the carrier"}, code)

        @app.exception_handler(ValueError)
        async def misread(request: Request, error: ValueError) -> JSONResponse:
            return JSONResponse({"detail": "the carrier"}, 502)

        return app

    return make_app


@right("10.3-gateway")
def gateway_by_statuses():
    async def track(carrier, number):
        try:
            answer = await carrier.request("GET", f"/parcels/{number}", timeout=2)
            answer.raise_for_status()
        except httpx.HTTPStatusError as error:
            raise HTTPException({404: 404}.get(error.response.status_code, 502)) from error
        except httpx.RequestError as error:
            raise HTTPException(504 if isinstance(error, httpx.TimeoutException) else 502) from error
        try:
            return answer.json()
        except ValueError:
            raise HTTPException(502) from None

    return making(track)


@right("10.3-gateway")
def gateway_passes_bytes():
    def make_app(carrier):
        app = FastAPI()

        @app.get("/parcels/{number}")
        async def read(number: int) -> Response:
            try:
                async with carrier.stream("GET", f"/parcels/{number}") as answer:
                    body = await answer.aread()
            except httpx.TimeoutException:
                return Response(status_code=504)
            except Exception:
                return Response(status_code=502)
            if not answer.is_success:
                return Response(status_code=404 if answer.status_code == 404 else 502)
            return Response(body, media_type="application/json")

        return app

    return make_app


@wrong("10.3-gateway", says="the carrier answers 400, and your app answered 200")
def gateway_above_400():
    async def track(carrier, number):
        try:
            answer = await carrier.get(f"/parcels/{number}")
        except httpx.TimeoutException:
            raise HTTPException(504) from None
        except httpx.HTTPError:
            raise HTTPException(502) from None
        if answer.status_code > 400:
            raise HTTPException(404 if answer.status_code == 404 else 502)
        return answer.json()

    return making(track)


def catching(*failures):
    """One that asks as the solution does, and catches these besides what is too slow."""

    async def track(carrier, number):
        try:
            answer = await carrier.get(f"/parcels/{number}")
        except httpx.TimeoutException:
            raise HTTPException(504) from None
        except failures:
            raise HTTPException(502) from None
        if answer.status_code >= 400:
            raise HTTPException(404 if answer.status_code == 404 else 502)
        return answer.json()

    return making(track)


@wrong("10.3-gateway", says="answers 200 with what is no JSON, and your app answered 500, because")
def gateway_believes_that_it_is_json():
    return catching(httpx.HTTPError)


@wrong("10.3-gateway", says="because `httpx.ReadError` came out of it")
def gateway_of_two_errors():
    return catching(httpx.ConnectError, httpx.RemoteProtocolError)

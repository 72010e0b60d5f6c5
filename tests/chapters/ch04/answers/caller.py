"""What learners pass to 4.1-caller."""

import secrets
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Request, Security
from fastapi.responses import PlainTextResponse
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer, OAuth2PasswordBearer

from helpers.chapters.ch04.exercises.caller import keys
from tests.chapters.answers import right, stub, wrong

KeyInHeader = Annotated[str | None, Depends(APIKeyHeader(name="X-API-Key", auto_error=False))]
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]
HOW = {"WWW-Authenticate": "Bearer"}


@stub("4.1-caller")
def caller_shipped():
    app = FastAPI()

    @app.get("/routes")
    async def list_routes() -> str: ...

    return app, keys


@wrong("4.1-caller", says="`auto_error=False`")
def caller_asks_for_both():
    app = FastAPI()

    @app.get("/routes")
    async def list_routes(
        header: Annotated[str, Depends(APIKeyHeader(name="X-API-Key"))],
        bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())],
    ) -> str:
        return keys[header or bearer.credentials]

    return app, keys


@wrong("4.1-caller", says="as a bearer token was answered with 401")
def caller_by_header_alone():
    app = FastAPI()

    @app.get("/routes")
    async def list_routes(header: KeyInHeader) -> str:
        if header not in keys:
            raise HTTPException(401, "show a key", headers=HOW)
        return keys[header]

    return app, keys


@wrong("4.1-caller", says="and no other was answered with 500")
def caller_forgets_that_none_came():
    app = FastAPI()

    @app.get("/routes")
    async def list_routes(header: KeyInHeader, bearer: Bearer) -> str:
        key = bearer.credentials or header
        if key not in keys:
            raise HTTPException(401, "show a key", headers=HOW)
        return keys[key]

    return app, keys


@wrong("4.1-caller", says="without any key the app answered 500")
def caller_without_a_key_crashes():
    app = FastAPI()

    @app.get("/routes")
    async def list_routes(header: KeyInHeader, bearer: Bearer) -> str:
        key = header or bearer.credentials
        if key not in keys:
            raise HTTPException(401, "show a key", headers=HOW)
        return keys[key]

    return app, keys


@wrong("4.1-caller", says="which says 'I do not know you'")
def caller_with_403():
    app = FastAPI()

    @app.get("/routes")
    async def list_routes(header: KeyInHeader, bearer: Bearer) -> str:
        key = header or (bearer.credentials if bearer else "")
        if key not in keys:
            raise HTTPException(403, "show a key", headers=HOW)
        return keys[key]

    return app, keys


@wrong("4.1-caller", says="how to log in")
def caller_does_not_say_how():
    app = FastAPI()

    @app.get("/routes")
    async def list_routes(header: KeyInHeader, bearer: Bearer) -> str:
        key = header or (bearer.credentials if bearer else "")
        if key not in keys:
            raise HTTPException(401, "show a key")
        return keys[key]

    return app, keys


@wrong("4.1-caller", says="only says what was sent")
def caller_takes_any_key():
    app = FastAPI()

    @app.get("/routes")
    async def list_routes(header: KeyInHeader, bearer: Bearer) -> str:
        if not header and not bearer:
            raise HTTPException(401, "show a key", headers=HOW)
        return keys.get(header or bearer.credentials, "Swift Parcels")

    return app, keys


@wrong("4.1-caller", says="takes ASCII only")
def caller_compares_texts():
    app = FastAPI()

    @app.get("/routes")
    async def list_routes(header: KeyInHeader, bearer: Bearer) -> str:
        sent = header or (bearer.credentials if bearer else "")
        for key, name in keys.items():
            if secrets.compare_digest(key, sent):
                return name
        raise HTTPException(401, "show a key", headers=HOW)

    return app, keys


@wrong("4.1-caller", says="announced by `Bearer`")
def caller_takes_the_last_word():
    app = FastAPI()

    @app.get("/routes")
    async def list_routes(request: Request, header: KeyInHeader) -> str:
        key = header or request.headers.get("Authorization", "").split(" ")[-1]
        if key not in keys:
            raise HTTPException(401, "show a key", headers=HOW)
        return keys[key]

    return app, keys


@wrong("4.1-caller", says="looked up at each request")
def caller_knows_one_name():
    app = FastAPI()

    @app.get("/routes")
    async def list_routes(header: KeyInHeader, bearer: Bearer) -> str:
        if (header or (bearer.credentials if bearer else "")) not in keys:
            raise HTTPException(401, "show a key", headers=HOW)
        return "Swift Parcels"

    return app, keys


@wrong("4.1-caller", says="taken for one of the query")
def caller_without_depends():
    app = FastAPI()

    @app.get("/routes")
    async def list_routes(header: str, bearer: str) -> str:
        return keys[header or bearer]

    return app, keys


@right("4.1-caller")
def caller_by_a_dependency():
    app = FastAPI()

    async def get_carrier(header: KeyInHeader, bearer: Bearer) -> str:
        for key in (header, bearer.credentials if bearer else None):
            if key in keys:
                return keys[key]
        raise HTTPException(401, "show a key", headers=HOW)

    @app.get("/routes")
    async def list_routes(carrier: Annotated[str, Depends(get_carrier)]) -> str:
        return carrier

    return app, keys


@right("4.1-caller")
def caller_by_oauth2():
    app = FastAPI()
    bearer_token = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)

    @app.get("/routes")
    def list_routes(header: KeyInHeader, token: Annotated[str | None, Security(bearer_token)]) -> str:
        sent = (header or token or "").encode()
        for key, name in keys.items():
            if secrets.compare_digest(key.encode(), sent):
                return name
        raise HTTPException(401, "show a key", headers={"WWW-Authenticate": 'Bearer realm="parcels"'})

    return app, keys


@right("4.1-caller")
def caller_by_plain_headers():
    app = FastAPI()

    @app.get("/routes")
    async def list_routes(
        x_api_key: Annotated[str | None, Header()] = None, authorization: Annotated[str, Header()] = ""
    ) -> str:
        scheme, _, token = authorization.partition(" ")
        carrier = keys.get(x_api_key or (token if scheme.lower() == "bearer" else ""))
        if carrier is None:
            raise HTTPException(401, "show a key", headers=HOW)
        return carrier

    return app, keys


@wrong("4.1-caller", says="alone in `Authorization`")
def caller_with_or_without_bearer():
    app = FastAPI()

    @app.get("/routes")
    async def list_routes(
        x_api_key: Annotated[str | None, Header()] = None, authorization: Annotated[str, Header()] = ""
    ) -> str:
        carrier = keys.get(x_api_key or authorization.removeprefix("Bearer "))
        if carrier is None:
            raise HTTPException(401, "show a key", headers=HOW)
        return carrier

    return app, keys


@right("4.1-caller")
def caller_answers_with_plain_text():
    app = FastAPI()

    @app.get("/routes", response_class=PlainTextResponse)
    async def list_routes(header: KeyInHeader, bearer: Bearer) -> str:
        key = header or (bearer.credentials if bearer else "")
        if key not in keys:
            raise HTTPException(401, "show a key", headers=HOW)
        return keys[key]

    return app, keys

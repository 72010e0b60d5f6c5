"""What learners pass to 3.1-about."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse

from tests.chapters.answers import right, stub, wrong

GROUPS = [{"name": "parcels", "description": "What lies here."}, {"name": "labels", "description": "What is printed."}]
ABOUT: dict[str, Any] = {
    "title": "Depot Bern",
    "version": "2.0.0",
    "contact": {"email": "depot@parcels.example"},
    "openapi_tags": GROUPS,
    "openapi_url": "/about.json",
    "docs_url": "/about",
    "redoc_url": None,
}


def about_app(state: str = "open", **options: Any) -> FastAPI:
    app = FastAPI(**(ABOUT | options))

    @app.get("/state")
    def read_state() -> str:
        return state

    return app


@stub("3.1-about")
def about_shipped():
    app = FastAPI()

    @app.get("/state")
    def read_state() -> str: ...

    return app


@wrong("3.1-about", says="`openapi_url=` moves it")
def about_with_the_schema_elsewhere():
    return about_app(openapi_url="/openapi.json")


@wrong("3.1-about", says="`docs_url=` moves the page.")
def about_without_a_page():
    return about_app(docs_url=None)


@wrong("3.1-about", says="is not the documentation page")
def about_as_a_route():
    app = about_app(docs_url=None)

    @app.get("/about")
    def about() -> dict[str, str]:
        return {"title": "Depot Bern", "version": "2.0.0"}

    return app


@wrong("3.1-about", says="`/redoc` is still there")
def about_with_redoc():
    return about_app(redoc_url="/redoc")


@wrong("3.1-about", says="the version is that of OpenAPI")
def about_with_the_version_of_openapi():
    return about_app(version="3.1.0")


@wrong("3.1-about", says="`2.0.0` was asked for")
def about_without_a_version():
    return about_app(version="0.1.0")


@wrong("3.1-about", says="nobody can be asked")
def about_without_contact():
    return about_app(contact=None)


@wrong("3.1-about", says="The order of the list")
def about_in_another_order():
    return about_app(openapi_tags=GROUPS[::-1])


@wrong("3.1-about", says="no group is described")
def about_without_groups():
    return about_app(openapi_tags=None)


@wrong("3.1-about", says="has a name and no description")
def about_with_names_alone():
    return about_app(openapi_tags=[{"name": "parcels"}, {"name": "labels"}])


@wrong("3.1-about", says="`/state` should answer `open`")
def about_closed():
    return about_app(state="closed")


@right("3.1-about")
def about_with_more():
    contact = {"name": "The depot", "email": "depot@parcels.example", "url": "https://parcels.example"}
    return about_app(contact=contact, summary="All of it.", description="**Ask**.", license_info={"name": "MIT"})


@right("3.1-about")
def about_by_a_schema_of_ones_own():
    app = FastAPI(openapi_url="/about.json", docs_url="/about", redoc_url=None)

    @app.get("/state", tags=["parcels"])
    async def read_state() -> str:
        return "open"

    said = {key: ABOUT[key] for key in ("title", "version", "contact")}
    app.openapi = lambda: get_openapi(routes=app.routes, tags=GROUPS, **said)
    return app


@right("3.1-about")
def about_by_attributes():
    app = FastAPI(openapi_url="/about.json", docs_url=None, redoc_url=None)
    app.title, app.version, app.contact, app.openapi_tags = "Depot Bern", "2.0.0", ABOUT["contact"], GROUPS

    @app.get("/about", include_in_schema=False)
    def page() -> HTMLResponse:
        return get_swagger_ui_html(openapi_url="/about.json", title="Depot Bern")

    @app.get("/state")
    def read_state() -> str:
        return "open"

    return app

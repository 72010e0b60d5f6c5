"""What section 4.1 says of forged forms, in a real Chromium: when a session cookie goes along, and what `Origin` says.

A page of `localhost` that posts to 127.0.0.1 is of another site.
"""

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from starlette.middleware.sessions import SessionMiddleware

from helpers.live.server import running

pytestmark = pytest.mark.browser


def service(same_site: str) -> tuple[FastAPI, list[tuple[str | None, str | None, str]]]:
    """An app with a session, and what reached it: whose session, from which origin, by which method."""
    app, reached = FastAPI(), []
    # Chromium trusts 127.0.0.1 as it trusts https, so that a Secure cookie is kept.
    app.add_middleware(SessionMiddleware, secret_key="a test", same_site=same_site, https_only=True)

    @app.get("/log-in", response_class=HTMLResponse)
    async def log_in(request: Request) -> str:
        request.session["name"] = "ada"
        return "<!doctype html><title>ours</title>"

    @app.api_route("/cancel", methods=["GET", "POST"], response_class=HTMLResponse)
    async def cancel(request: Request) -> str:
        reached.append((request.session.get("name"), request.headers.get("Origin"), request.method))
        return "<!doctype html><title>done</title>"

    return app, reached


def evil(target: str) -> FastAPI:
    """Another site's page, with a form that posts to us and a link that leads to us."""
    app = FastAPI()
    page = f"<!doctype html><form method=post action={target}/cancel></form><a href={target}/cancel>a prize</a>"
    app.get("/", response_class=HTMLResponse)(lambda: page)
    return app


@pytest.mark.parametrize(
    ("same_site", "post", "link"), [("none", "ada", "ada"), ("lax", None, "ada"), ("strict", None, None)]
)
def test_a_forged_form_and_a_link_carry_the_cookie_as_same_site_says(browser, same_site, post, link):
    app, reached = service(same_site)
    context = browser.new_context()
    page = context.new_page()
    with running(app) as ours, running(evil(ours.url)) as theirs:
        origin = theirs.url.replace("127.0.0.1", "localhost")
        page.goto(f"{ours.url}/log-in")
        for act in ("document.forms[0].submit()", "document.links[0].click()"):
            page.goto(origin)
            page.evaluate(act)
            page.wait_for_url("**/cancel")
    context.close()
    assert reached == [(post, origin, "POST"), (link, None, "GET")]

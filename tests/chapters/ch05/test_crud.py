"""The CRUD that chapter 5 teaches, as its cells stand: whatever a client sends, nobody gets a 500."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.parse import quote, urlencode

import httpx
import pytest
from fastapi import APIRouter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import create_engine

from helpers.live.server import running
from helpers.wording import logged_error
from tests.chapters.answers import notebook

CELLS = ["db-imports", "db-hook-model", "crowd-deps", "crud-imports", "crud-models", "crud-engine"]
CELLS += ["crud-write", "crud-read", "crud-edges", "crud-upsert"]
EXPECTED = {200, 201, 204, 307, 400, 404, 405, 409, 422}
CLIENTS = 80
FIRST = b'{"code": "first", "recipient": "Ada", "weight_kg": 1}'


@pytest.fixture
def taught():
    """The names of section 5.3's cells up to where they serve an app; the app in them has every path operation."""
    sources = {cell["id"]: "".join(cell["source"]) for cell in notebook(5)["cells"]}
    # What `crowd-deps` finds beside the dependency that the CRUD takes from it.
    names: dict = {"__name__": "chapter_5", "ways": APIRouter(), "postgres": SimpleNamespace(available=False)}
    for id in CELLS:
        source = sources[id]
        for served in ("server = serve(app)", "before, after = "):
            source = source.split(f"\n{served}")[0]
        exec(compile(source, id, "exec"), names)
    # Eighty write at once, and SQLite lets one write: who waits longer than 5 s is refused by default.
    names["engine"] = create_engine(names["engine"].url, connect_args={"timeout": 60})
    names["Base"].metadata.create_all(names["engine"])
    yield names
    names["engine"].dispose()


text = st.sampled_from(["P1", "P2", "A1", "Ada", "", "\0", "\ud800"]) | st.text(
    st.characters(exclude_categories=()), max_size=120
)
edges = [0, 1, 2, 30, 31, -1, 2**63 - 1, 2**63, 2**64, 10**400, float("nan"), float("inf")]
number = st.sampled_from(edges) | st.integers() | st.floats()
value = st.one_of(st.none(), st.booleans(), number, text, st.lists(number, max_size=2), st.just({}))
parcel = st.fixed_dictionaries(
    {"code": text, "recipient": text, "weight_kg": st.floats(0.1, 30)}, optional={"shelf": st.none() | text}
)
anything = st.dictionaries(st.sampled_from(["code", "recipient", "weight_kg", "shelf", "id", "deleted"]), value)
good = st.builds(lambda code, shelf: {"code": code, "recipient": "Ada", "weight_kg": 2.5, "shelf": shelf}, text, text)
body = st.one_of(
    good,
    good,
    parcel,
    anything,
    st.lists(good, min_size=1, max_size=3),
    st.lists(parcel, max_size=3),
    st.lists(anything | value, max_size=3),
    value,
)
raw = body.map(lambda content: json.dumps(content).encode()) | st.binary(max_size=20)
part = st.one_of(st.integers(1, 5), number, text)
method = st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE"])
query = st.dictionaries(
    st.sampled_from(["recipient", "sort", "offset", "limit"]), st.none() | number | text, max_size=3
)
request = st.one_of(
    st.sampled_from([("POST", "/parcels/"), ("POST", "/parcels/bulk"), ("GET", "/parcels/")]),
    st.tuples(st.sampled_from(["GET", "PATCH", "DELETE"]), st.integers(1, 5).map(lambda id: f"/parcels/{id}")),
    st.tuples(st.just("PUT"), text.map(lambda code: f"/codes/{escaped(code)}")),
    st.tuples(method, part.map(lambda part: f"/parcels/{escaped(part)}")),
)


def escaped(part: object) -> str:
    return quote(str(part), safe="", errors="surrogatepass")


@pytest.mark.parametrize("requests", [200, pytest.param(2_000, marks=pytest.mark.slow)])
def test_requests_that_a_client_may_send_find_no_500(taught, requests):
    counts: Counter[int] = Counter()
    with running(taught["app"]) as server:
        client = httpx.Client(base_url=server.url, trust_env=False, verify=False)

        # One of each kind of answer that must come, whatever is drawn: 201, 409, 200, 204, 404, 422.
        @example(("POST", "/parcels/"), {}, FIRST)
        @example(("POST", "/parcels/"), {}, FIRST)
        @example(("GET", "/parcels/1"), {}, b"")
        @example(("DELETE", "/parcels/1"), {}, b"")
        @example(("DELETE", "/parcels/1"), {}, b"")
        @example(("POST", "/parcels/"), {}, b"")
        @settings(max_examples=requests, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(request, query, raw)
        def ask(request: tuple[str, str], query: dict, content: bytes) -> None:
            method, path = request
            address = f"{path}?{urlencode(query, errors='surrogatepass')}"
            answer = client.request(method, address, content=content, headers={"Content-Type": "application/json"})
            counts[answer.status_code] += 1
            assert answer.status_code in EXPECTED, f"{method} {address} {content!r}: {logged_error(server.log)}"

        ask()
        client.close()
    assert counts.total() >= requests, f"only {counts.total()} requests were sent"
    assert {200, 201, 204, 404, 409, 422} <= set(counts), f"some kinds of answers never came: {dict(counts)}"


def test_eighty_clients_at_once_are_all_served(taught):
    with running(taught["app"]) as server, ThreadPoolExecutor(CLIENTS) as clients:

        def work(number: int) -> list[int]:
            with httpx.Client(base_url=server.url, trust_env=False, verify=False, timeout=120) as client:
                made = client.post("/parcels/", json={"code": f"crowd {number}", "recipient": "Ada", "weight_kg": 1})
                address = f"/parcels/{made.json()['id']}"
                rest = [
                    client.patch(address, json={"recipient": "Grace"}),
                    client.get("/parcels/"),
                    client.delete(address),
                ]
                return [answer.status_code for answer in (made, *rest)]

        outcomes = list(clients.map(work, range(CLIENTS)))
    assert outcomes == [[201, 200, 200, 204]] * CLIENTS

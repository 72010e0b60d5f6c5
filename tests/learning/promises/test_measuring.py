"""What each promise says of each way to keep or to break it: in memory, so that every sentence is read in `make test`.

`test_promises.py` measures real processes; here the same measurements meet a service that answers as a test says.
"""

import itertools
import os
import re
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from helpers.authoring.refresh import NOTEBOOKS
from helpers.errors import CourseError
from helpers.learning.promises import PROMISES, _fits, answering, bench, facing, keeping, promises, proving
from helpers.learning.promises.bench import Broken
from helpers.learning.promises.generating import Call
from helpers.learning.promises.mutant import Mutant
from helpers.learning.promises.plan import read
from tests.learning.promises.memory import DOCUMENT, Memory, Otherwise, Table, operation

LABELS_FOLDER = NOTEBOOKS / "09_case_studies_and_projects" / "labels"
PLAN = read(LABELS_FOLDER)
MEASURES = {promise.name: promise.measure for promise in PROMISES}
Made = Callable[..., Table]


@pytest.fixture(autouse=True)
def soon(monkeypatch) -> None:
    """Nobody waits where nothing takes its time."""
    monkeypatch.setattr(answering, "PAUSE", 0.002)
    for module in (bench, keeping):
        monkeypatch.setattr(module, "STUCK", 0.3)
    monkeypatch.setattr(keeping, "GRACE", 0.2)
    monkeypatch.setattr("time.sleep", lambda seconds, sleep=time.sleep: sleep(min(seconds, 0.02)))


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Made]:
    made: list[Table] = []

    def make(otherwise: Otherwise = lambda request, service: None, **how: object) -> Table:
        made.append(Table(PLAN, tmp_path, otherwise, **how))
        return made[-1]

    yield make
    for each in made:
        each.discard()


def at(path: str, answer: Callable[..., httpx.Response | None], method: str = "") -> Otherwise:
    """Requests for a path are answered so: `answer(request, service)`."""

    def otherwise(request: httpx.Request, service: Memory) -> httpx.Response | None:
        meant = re.fullmatch(path, request.url.path) and method in ("", request.method)
        return answer(request, service) if meant else None

    return otherwise


def gives(code: int, json: object = None, **more: object) -> Callable[..., httpx.Response]:
    return lambda request, service: httpx.Response(code, json=json, **more)


def late(request: httpx.Request, service: Memory) -> httpx.Response:
    raise httpx.ReadTimeout("too late")


def breaks(request: httpx.Request, service: Memory) -> httpx.Response:
    raise httpx.RemoteProtocolError("no answer")


def from_the(number: int, answer: Callable[..., httpx.Response | None]) -> Callable[..., httpx.Response | None]:
    """The answers from the `number`-th request on; the ones before are as always."""
    numbers = itertools.count(1)

    def counted(request: httpx.Request, service: Memory) -> httpx.Response | None:
        return answer(request, service) if next(numbers) >= number else None

    return counted


def slow_only(answer: Callable[..., httpx.Response | None]) -> Callable[..., httpx.Response | None]:
    return lambda request, service: answer(request, service) if "DRAWING" in service.env else None


def quick(request: httpx.Request, service: Memory) -> None:
    """Its work is done at once, whatever the environment says."""
    service.env.pop("DRAWING", None)


KEPT = {
    "computing": "20 requests to /live, one after the other, were answered before the work was done.",
    "sessions": "50 ordered at once, and all were answered while their work was still to be done.",
    "crowd": "The list was read 10 times while 50 asked for GET /price?weight_kg=2.",
    "terminated": "Ended by SIGTERM while orders came in and started again, it did all that it had accepted.",
    "killed": "Killed while orders came in, and again soon after its new start, it did all that it had accepted.",
    "once": "8 equal requests at the same moment and one later brought in one piece of work; another body was refused.",
    "private": "Without a token of its own nobody wrote, nobody saw another's work, and no secret stood in answers or log.",
    "docs": "All 5 operations say what they do and give, and when they were asked, each code below 500 was one of theirs.",
    "lists": "With more than 100 stored, no answer held more, and two pages had nothing in common though something came between.",
    "generated": "Of 300 generated requests none was answered by a 500.",
    "health": "Without its database, /live answered 200 and /ready 503; before, both answered 200.",
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_a_service_that_keeps_a_promise_is_told_so(table: Made, name: str):
    one = table()
    assert MEASURES[name](one) == KEPT[name]
    _fits(table())
    spoiled = name in ("generated", "health", "crowd")
    assert bool(one._shared) != spoiled, "whose database or threads are spoilt is not shared any more"


def test_each_verdict_is_told_as_soon_as_there_is_one(table: Made, monkeypatch):
    monkeypatch.setattr("helpers.learning.promises.Bench", lambda plan, place: table(at(READY, gives(500))))
    told: list[tuple[str, bool]] = []
    report = promises(
        LABELS_FOLDER, "health", "lists", told=lambda verdict: told.append((verdict.promise.name, verdict.kept))
    )
    assert told == [("lists", True), ("health", False)], "in the order of the promises"
    assert [verdict.measured for verdict in report.verdicts][0] == KEPT["lists"]


def test_no_proxy_is_asked_for_the_service(table: Made, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    service = table().calm()
    service.process.url = "http://127.0.0.1:8"
    with bench.Service._new_client(service) as client:
        assert client._transport_for_url(httpx.URL("http://127.0.0.1:8/")) is client._transport


def order_another_label(request: httpx.Request, service: Memory) -> None:
    """Each order has a key of its own."""
    request.headers["Idempotency-Key"] += uuid.uuid4().hex


def listed_twice(request: httpx.Request, service: Memory) -> None:
    """The first page comes again, whatever is asked for."""
    params = {name: value for name, value in request.url.params.items() if name != "before"}
    request.url = request.url.copy_with(params=params)


def endless(request: httpx.Request, service: Memory) -> httpx.Response | None:
    """As many as are asked for, all without a limit."""
    asked = request.url.params.get("limit", "10000")
    if request.method == "GET" and request.headers.get("Authorization") and asked in ("1000000", "10000"):
        return httpx.Response(200, json=[{"id": number} for number in range(101)])


def for_everybody(request: httpx.Request, service: Memory) -> None:
    request.headers["Authorization"] = "Bearer header.ada.signature"


def for_whoever_has_a_token(request: httpx.Request, service: Memory) -> None:
    if "Authorization" in request.headers:
        for_everybody(request, service)


def for_whoever_forges(request: httpx.Request, service: Memory) -> None:
    if "eyJ" in request.headers.get("Authorization", ""):
        for_everybody(request, service)


def logs(what: str) -> Callable[..., None]:
    def write(request: httpx.Request, service: Memory) -> None:
        service.process.log += what + "\n"

    return write


def tells_its_folder(request: httpx.Request, service: Memory) -> httpx.Response:
    return httpx.Response(404, json={"detail": f"{service.folder}/main.py"})


def untold(**more: object) -> Callable[..., httpx.Response]:
    """The description with something in it otherwise."""
    return gives(200, {**DOCUMENT, **more})


LIVE, READY, LABELS, LABEL, PRICE, SPEC = "/live", "/ready", "/labels", "/labels/.+", "/price", "/openapi.json"
SLOW_WORK = "the work was done within seconds, though `work.slow` should make it take half a minute"
# The promise, what is answered otherwise, and what is said of it.
BROKEN = [
    ("computing", at(LIVE, from_the(3, late)), "While the work was under way, GET /live was answered 2 times and then not within 15 s."),
    ("computing", at(LIVE, gives(503)), "GET /live answered 503 while the work was under way."),
    ("computing", at(LABELS, gives(500), "POST"), "POST /labels answered 500."),
    (
        "sessions",
        at(LABELS, slow_only(from_the(41, gives(500))), "POST"),
        "Of 50 who ordered at once, 40 were answered within 15 s, others got a 500: something is held until the work is done.",
    ),
    (
        "sessions",
        at(LABELS, slow_only(from_the(16, late)), "POST"),
        "Of 50 who ordered at once, 15 were answered within 15 s, others got no answer: something is held",
    ),
    ("sessions", at("/live|/labels", late), "Of 20 who ordered at once, 0 were answered within 15 s, others got no answer"),
    ("crowd", at(LABELS, from_the(4, late), "GET"), "While 50 waited for GET /price?weight_kg=2, the list was read 3 times. Then: GET /labels?limit=10 was not answered within 15 s."),
    ("crowd", at(LABELS, gives(200, {}), "GET"), "was read 0 times. Then: GET /labels?limit=10 answered 200 and no list."),
    ("once", at(LABELS, from_the(4, gives(500)), "POST"), "One of 8 equal requests at the same moment got a 500."),
    ("once", at(LABELS, order_another_label, "POST"), "Equal requests with the same key brought in 9 pieces of work."),
    ("once", at(LABELS, from_the(2, gives(200, [{"id": 8}, {"id": 9}])), "GET"), "Equal requests with the same key are 2 more in the list."),
    ("once", at(LABELS, from_the(10, gives(202, {"id": 1})), "POST"), "The same key with another body got a 202, as if it were the same request."),
    ("private", at(LABEL, for_whoever_has_a_token), "Another user got a 200 for work that is not theirs."),
    ("private", at(LABELS, for_whoever_forges, "POST"), "POST /labels answered 202 to a stranger with a forged token, not 401."),
    ("private", at(LABELS, for_everybody, "POST"), "POST /labels answered 202 to a stranger with no token, not 401."),
    ("private", at(LABELS, for_whoever_has_a_token, "POST"), "POST /labels answered 202 to a stranger with a wrong token, not 401."),
    ("private", at(LABELS, for_whoever_has_a_token, "GET"), "Another user found work in the list that is not theirs."),
    ("private", at(LABELS, for_whoever_forges, "GET"), "A stranger with a forged token found work in the list."),
    ("private", at(LABEL, for_whoever_forges), "GET /labels/{id} answered 200 to a stranger with a forged token, not 401."),
    ("private", at("/no-such-path", tells_its_folder), "The answer 404 to GET /no-such-path holds the folder of the service."),
    ("private", at("/no-such-path", gives(404, {"x": "the-engine"})), "holds the password of 'ada'."),
    ("private", at("/no-such-path", gives(404, headers={"X-Secret": PLAN.env["SECRET"]})), "holds the value of SECRET."),
    ("private", at("/no-such-path", gives(404, "Traceback (most recent call last)")), "GET /no-such-path holds what is internal: Traceback"),
    ("private", at("/token", logs("the-compiler")), "The log holds the password of 'grace'."),
    ("private", at("/token", logs("header.ada.signature")), "The log holds the token of 'ada'."),
    ("private", at("/token", logs("wrong-password")), "The log holds a password that was mistyped."),
    ("docs", at(SPEC, gives(500)), "GET /openapi.json answered 500, so nobody can know what the service takes."),
    ("docs", at(SPEC, untold(info={"title": "FastAPI"})), "/openapi.json has no title of its own."),
    ("docs", at(SPEC, untold(paths={})), "/openapi.json describes no operation."),
    ("docs", at(SPEC, untold(paths={LIVE: {"get": operation("204")}})), "GET /live answered 200, which its documentation does not tell."),
    ("lists", at(LABELS, gives(200, [{"id": 1}] * 9), "GET"), "A page of 10 was asked for and held 9."),
    ("lists", at(LABELS, listed_twice, "GET"), "Something was added between two pages of 10, and together they held 11 different items."),
    ("lists", at(LABELS, endless, "GET"), "When a million was asked for, the answer was 200 with 101 items; 100 are the most."),
    ("lists", at(LABELS, lambda request, service: endless(request, service) if "limit" not in request.url.params else None, "GET"), "When no limit was given, the answer was 200 with 101 items; 100 are the most."),
    ("lists", at(LABELS, lambda request, service: httpx.Response(500) if "1000000" in str(request.url) else None, "GET"), "When a million was asked for, the answer was 500 with 0 items"),
    ("lists", at(LABELS, gives(500), "GET"), "GET /labels?limit=10 answered 500 and no list."),
    ("generated", at(LABEL, gives(500)), "GET /labels/{id} answered 500 to GET /labels/"),
    ("generated", at(LABELS, breaks, "POST"), "POST /labels was not answered: the connection broke (RemoteProtocolError)."),
    ("health", at(LIVE, gives(500)), "When all is well, /live answered 500, not 200."),
    ("health", at(READY, gives(500)), "When all is well, /ready answered 500, not 200."),
    ("health", at(READY, gives(200)), "When its database is gone, /ready answered 200, not 503."),
    ("health", at(LIVE, from_the(2, gives(503))), "When its database is gone, /live answered 503, not 200."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "otherwise", "says"), BROKEN, ids=[f"{name}: {says[:60]}" for name, _, says in BROKEN]
)
def test_a_service_that_breaks_a_promise_is_told_how(table: Made, name: str, otherwise: Otherwise, says: str):
    with pytest.raises(Broken) as told:
        MEASURES[name](table(otherwise))
    assert says in str(told.value)


# What takes longer, is lost, or does not fit


def test_an_order_that_is_lost_breaks_the_promise_and_is_counted(table: Made):
    for name, end in (("terminated", "SIGTERM"), ("killed", "kill -9")):
        one = table(forgets=1)
        with pytest.raises(Broken) as told:
            MEASURES[name](one)
        lost = rf"After {end} and a new start, 1 of (\d) accepted orders were not done, and in 0.3 s none of them was\."
        assert int(re.fullmatch(lost, str(told.value))[1]) == len(one.all[0].labels) >= keeping.SOONER


def test_a_process_is_ended_as_promised_and_started_again(table: Made):
    ended = {"terminated": [["SIGTERM"], []], "killed": [[], [], []]}
    for name, signals in ended.items():
        one = table()
        MEASURES[name](one)
        assert [start.signals for start in one.all[0].starts] == signals
        assert one.all[0].log.count("started") == len(signals), "what each process wrote"


def test_three_orders_are_enough(table: Made):
    assert keeping.terminated(table(at(LABELS, from_the(4, gives(429)), "POST"))) == KEPT["terminated"]


def test_a_process_that_does_not_end_at_sigterm_breaks_the_promise(table: Made):
    with pytest.raises(Broken, match=r"^After SIGTERM the process still ran for 0.2 s\.$"):
        keeping.terminated(table(deaf=True))


def test_a_service_that_goes_on_while_all_wait_for_the_carrier_has_held_nothing(table: Made):
    """Its loop is blocked while it draws: that is another promise's."""
    one = table(at("/live|/labels", slow_only(late)))
    said = answering.sessions(one)
    assert said == "20 ordered at once, and all were answered within 15 s, while whoever the service asks was slow."
    assert one.all[-1].env == {"CARRIER": "30"} and len(one.all[-1].labels) == 20


@pytest.mark.parametrize("code", [429, 500, 501, 503])
def test_whoever_is_turned_away_need_not_wait(table: Made, code: int):
    assert answering.crowd(table(at(PRICE, gives(code)))) == KEPT["crowd"]


@pytest.mark.parametrize("code", [409, 425, 429])
def test_a_repetition_may_be_told_to_wait(table: Made, code: int):
    numbers = itertools.count(1)

    def under_way(request: httpx.Request, service: Memory) -> httpx.Response | None:
        return httpx.Response(code) if 1 < next(numbers) <= keeping.REPEATS else None

    assert keeping.once(table(at(LABELS, under_way, "POST"))) == KEPT["once"]


@pytest.mark.parametrize("code", [400, 409, 422])
def test_another_body_may_be_refused_in_three_ways(table: Made, code: int):
    refused = at(LABELS, from_the(keeping.REPEATS + 2, gives(code)), "POST")
    assert keeping.once(table(refused)) == KEPT["once"]


def test_what_broke_a_promise_is_told_in_short():
    call = Call("GET", "/labels", {"limit": "1", "after": "2", "sort": "3"}, content=b"x" * 200)
    assert facing._shortly(call) == f"GET /labels?limit=1&after=2 {'x' * 132}"
    assert facing._shortly(Call("GET", "/live")) == "GET /live"


@pytest.mark.parametrize("answer", [gives(500), late])
def test_what_broke_a_promise_serves_no_other(table: Made, monkeypatch, answer: Callable):
    one = table(at(LABELS, answer, "GET"))
    monkeypatch.setattr("helpers.learning.promises.Bench", lambda plan, place: one)
    monkeypatch.setattr("helpers.learning.promises._fits", lambda bench: bench.calm())
    assert [verdict.kept for verdict in promises(LABELS_FOLDER, "lists").verdicts] == [False]
    assert len(one.all) == 1 and not one._shared


def test_an_answer_of_503_is_no_failure_and_one_of_500_is_no_surprise_to_the_documentation(table: Made):
    assert facing.generated(table(at(LABEL, gives(503)))) == KEPT["generated"]
    assert proving.docs(table(at(LABEL, gives(500)))) == KEPT["docs"]


def test_a_stranger_may_be_told_that_something_is_forbidden_and_not_that_it_is_not_there(table: Made):
    def refused(code: int) -> Otherwise:
        def refuse(request: httpx.Request, service: Memory) -> httpx.Response | None:
            theirs = request.headers.get("Authorization", "").endswith(".signature")
            return None if theirs else httpx.Response(code)

        return at(LABELS, refuse)

    assert facing.private(table(refused(403))) == KEPT["private"]
    with pytest.raises(Broken, match=r"^POST /labels answered 404 to a stranger with no token, not 401\.$"):
        facing.private(table(refused(404)))


@pytest.mark.parametrize("code", [401, 403, 404])
def test_what_is_not_theirs_may_not_be_there_for_others(table: Made, code: int):
    def refuse(request: httpx.Request, service: Memory) -> httpx.Response | None:
        mine = request.headers.get("Authorization") == "Bearer header.ada.signature"
        return None if mine else httpx.Response(code)

    one = table(at(LABEL, refuse))
    if code == 401:  # who is known to the service is not asked to log in
        with pytest.raises(Broken, match=r"^Another user got a 401 for work that is not theirs\.$"):
            facing.private(one)
    else:
        assert facing.private(one) == KEPT["private"]


def test_too_few_answers_prove_nothing(table: Made, monkeypatch):
    monkeypatch.setattr(facing, "WHILE", 0.0)
    with pytest.raises(Broken, match=r"^In 0 s only 0 generated requests were answered\.$"):
        facing.generated(table())
    monkeypatch.setattr(facing, "WHILE", 40.0)
    monkeypatch.setattr(facing, "REQUESTS", facing.LEAST)
    assert facing.generated(table()) == KEPT["generated"].replace("300", "40")


def test_as_many_requests_are_answered_as_are_told(table: Made):
    one = table()
    assert facing.generated(one) == KEPT["generated"]
    made = [request for request in one.all[0].requests if request.url.path not in ("/openapi.json", "/token")]
    assert facing.REQUESTS - 100 < len(made) < facing.REQUESTS + facing.AT_ONCE, "some were sent to the log-in"


@pytest.mark.parametrize(("token", "claims"), [("header.ada.signature", "ada"), ("opaque", "e30"), ("a.b", "e30")])
def test_a_forger_copies_what_a_token_says_where_it_says_something(table: Made, token: str, claims: str):
    service = table(at("/token", gives(200, {"access_token": token}))).calm()
    forged = dict(facing._strangers(service))["a forged token"]["Authorization"]
    assert forged == f"Bearer {facing.FORGED.format(claims)}"


def test_a_service_may_be_asked_where_it_finds_no_database(table: Made, tmp_path: Path):
    lonely = PLAN.health.model_copy(update={"database": "", "without": {"DATABASE": "nowhere"}})
    without = at(READY, lambda request, service: httpx.Response(503) if "DATABASE" in service.env else None)
    for otherwise, says in (
        (without, ""),
        (at("", gives(200)), "When it finds no database, /ready answered 200, not 503."),
    ):
        one = table(otherwise)
        one.plan = PLAN.model_copy(update={"health": lonely})
        if says:
            with pytest.raises(Broken, match=f"^{re.escape(says)}$"):
                facing.health(one)
        else:
            assert facing.health(one) == KEPT["health"]
        assert not one.all[-1].process.running, "it is ended with the promise"

    def does_not_start(env: dict[str, str]) -> Memory:
        raise CourseError("it ended.")

    one = table(without)
    one.plan, one.fresh = PLAN.model_copy(update={"health": lonely}), does_not_start
    one._shared["calm"] = table(without).calm()
    with pytest.raises(Broken, match=r"^When it finds no database, it ended\.$"):
        facing.health(one)


def test_a_page_may_hold_as_many_as_the_plan_says_and_is_asked_for_in_every_way(table: Made):
    def full(request: httpx.Request, service: Memory) -> httpx.Response | None:
        if request.url.params.get("limit") == "1000000":
            return httpx.Response(200, json=[{"id": number} for number in range(100)])
        return None

    one = table(at(LABELS, full, "GET"))
    all_ways = f"{PLAN.pages.next}&offset={{seen}}&number={{page}}"
    one.plan = PLAN.model_copy(update={"pages": PLAN.pages.model_copy(update={"next": all_ways})})
    assert facing.lists(one) == KEPT["lists"]
    asked = [dict(request.url.params) for request in one.all[0].requests]
    assert [(each["offset"], each["number"]) for each in asked if "offset" in each] == [("10", "2")]


def answered_early() -> Otherwise:
    """Nobody waits for the carrier, and the list is read when most have been answered."""
    numbers, most = itertools.count(1), threading.Event()

    def otherwise(request: httpx.Request, service: Memory) -> httpx.Response | None:
        if request.url.path == PRICE:
            if next(numbers) > answering.CROWD * 0.9:
                most.set()
            return httpx.Response(200)
        if (request.method, request.url.path) == ("GET", LABELS):
            most.wait(20)
        return None

    return otherwise


WRONG = [
    ("computing", at(LABEL, quick), SLOW_WORK),
    ("sessions", at(LABEL, quick), SLOW_WORK),
    ("crowd", answered_early(), "GET /price?weight_kg=2 answered 200 within seconds, though `slow.env` should"),
    ("terminated", at(LABELS, from_the(3, gives(429)), "POST"), "of the first 3 orders"),
    ("private", at(SPEC, untold(paths={LIVE: {"get": operation("200")}})), "/openapi.json holds no path operation that writes"),
    ("computing", at(LABELS, gives(202, {"number": 1}), "POST"), "the answer of POST /labels holds no `id`"),
    ("computing", at("/token", gives(200, {"token": "a"})), "POST /token gave 200 and no `access_token` to 'ada'"),
    ("computing", at("/token", gives(400, {"access_token": "a"})), "POST /token gave 400 and no `access_token` to 'ada'"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "otherwise", "says"), WRONG, ids=[f"{name}: {says[:60]}" for name, _, says in WRONG])
def test_a_plan_that_is_not_what_the_service_does_is_told(
    table: Made, monkeypatch, name: str, otherwise: Otherwise, says: str
):
    if name == "terminated":  # nobody waits for the third order, which does not come
        monkeypatch.setattr(
            "threading.Event.wait", lambda self, timeout=None, wait=keeping.threading.Event.wait: wait(self, 0.1)
        )
    with pytest.raises(CourseError) as told:
        MEASURES[name](table(otherwise))
    assert str(told.value).startswith("promises.toml does not fit the service: ") and says in str(told.value)


UNFIT = [
    (at("/token", lambda request, service: httpx.Response(401) if b"grace" in request.content else None), "no `access_token` to 'grace'"),
    (at(LABELS, gives(500), "POST"), "the service: POST /labels answered 500."),
    (at(LABEL, gives(404)), "GET /labels/{id} answered 404, without `state`."),
    (at(LABEL, gives(200, {"status": "drawn"})), "GET /labels/{id} answered 200, without `state`."),
    (at(LABEL, gives(200, {"state": "new"})), "`state` of GET /labels/{id} never read 'drawn'."),
    (at(LABELS, gives(200, {}), "GET"), "the service: GET /labels?limit=10 answered 200 and no list."),
]  # fmt: skip


@pytest.mark.parametrize(("otherwise", "says"), UNFIT, ids=[says for _, says in UNFIT])
def test_a_plan_is_looked_at_before_anything_is_measured(table: Made, otherwise: Otherwise, says: str):
    with pytest.raises(CourseError) as told:
        _fits(table(otherwise))
    assert says in str(told.value)


# What a client sends


def test_each_request_goes_its_own_way_with_a_key_of_its_own(table: Made):
    service = table().calm()
    service.orders(3)
    keys = [
        request.headers["Idempotency-Key"]
        for request in service.requests
        if (request.method, request.url.path) == ("POST", LABELS)
    ]
    assert len(set(keys)) == 3 and all(re.fullmatch(r"promise-\d-[0-9a-f]{8}", key) for key in keys)
    assert [request.url.path for request in service.requests].count("/token") == 1, "one log-in serves a user"
    service.order("{key}", {"to": "{key}"}, user="grace")
    sent = service.requests[-1]
    assert (
        sent.headers["Idempotency-Key"] == "{key}" and sent.headers["Authorization"] == "Bearer header.grace.signature"
    )


def test_work_that_goes_on_is_waited_for(table: Made, monkeypatch):
    service = table().calm()
    ids = service.orders(3)
    service.lost = list(ids)
    assert service.undone(ids) == ids
    looks = itertools.count(1)

    def one_after_the_other(request: httpx.Request, service: Memory) -> None:
        if next(looks) % 4 == 0 and service.lost:
            service.lost.pop()

    monkeypatch.setattr(bench, "STUCK", 20.0)  # a busy machine may look seldom
    service.otherwise = at(LABEL, one_after_the_other)
    assert service.undone(ids) == []


def test_a_generated_request_is_sent_as_it_was_made(table: Made):
    service = table().calm()
    call = facing.Call("PUT /labels/{id}", "/labels/%20", {"dry": "true"}, {"authorization": "mine", "X-Own": "b"})
    facing.send(service, call, {"Authorization": "Bearer c"})
    sent = service.requests[-1]
    assert (sent.method, sent.url.raw_path, sent.content) == ("PUT", b"/labels/%20?dry=true", b"")
    assert sent.headers["Connection"] == "close" and "Content-Type" not in sent.headers
    assert sent.headers.get_list("Authorization") == ["Bearer c"] and sent.headers["X-Own"] == "b"
    call.kind, call.content, call.query = "application/json", b"{}", {}
    facing.send(service, call, {})
    sent = service.requests[-1]
    assert (sent.headers["Content-Type"], sent.content, sent.url.raw_path) == (
        "application/json",
        b"{}",
        b"/labels/%20",
    )


def test_what_the_plan_prepares_runs_in_the_copy_before_the_start(monkeypatch, tmp_path: Path):
    done: list[object] = []
    monkeypatch.setattr(bench, "prepare", lambda program, plan, folder, env: done.append((plan.prepare, folder, env)))
    monkeypatch.setattr(bench.Service, "_start", lambda self: done.append("started"))
    own = PLAN.model_copy(update={"prepare": ["-m", "alembic"], "env": {"A": "1"}})
    service = bench.Service(own, tmp_path, {"B": "2"})
    assert done == [(["-m", "alembic"], service.folder, {"A": "1", "B": "2"}), "started"]
    assert service.folder != tmp_path and service.folder.is_dir()
    bench.scratch.remove(service.folder)


def test_a_preparation_that_fails_is_told_with_its_last_words(tmp_path: Path):
    for command, says in (
        ("open('made', 'w')", ""),
        ("raise SystemExit('no database')", "ended with exit 1. .*no database"),
    ):
        own = PLAN.model_copy(update={"prepare": ["-c", command]})
        if not says:
            bench.prepare(sys.executable, own, tmp_path, dict(os.environ))
            assert (tmp_path / "made").exists()
            continue
        with pytest.raises(CourseError, match=f"(?s)^`prepare` in .* {says}"):
            bench.prepare(sys.executable, own, tmp_path, dict(os.environ))


def test_a_service_that_does_not_start_leaves_no_copy(monkeypatch, tmp_path: Path):
    copies: list[Path] = []

    def fail(self: bench.Service) -> None:
        copies.append(self.folder)
        raise CourseError("no")

    monkeypatch.setattr(bench.Service, "_start", fail)
    with pytest.raises(CourseError):
        bench.Service(PLAN, tmp_path, {})
    assert [copy.exists() for copy in copies] == [False]


# Tests that can fail, without running them


def test_tests_are_believed_when_each_change_turns_them_red(table: Made, monkeypatch):
    answers = {}

    def run(bench: Table, change: dict | None) -> tuple[str, str, bool]:
        return answers.get(change and change["to"], ("exit 0" if change is None else "exit 1", "1 failed", True))

    monkeypatch.setattr(proving, "_run", run)
    changes = [
        "POST /labels answers 500",
        "POST /labels answers another 2xx",
        "GET /labels/{id} answers {}",
        "whoever should get a 401 gets a 200",
    ]
    assert proving.tests(table()) == (
        f"The tests are green, and each of 4 changes turned them red: {'; '.join(changes)}."
    )
    for to, (met, more) in zip((500, 299, 0, 200), [(True, ""), (False, ": none of them asks for it")] * 2):
        answers = {to: ("exit 0", "", met)}
        with pytest.raises(Broken) as told:
            proving.tests(table())
        at_fault = changes[(500, 299, 0, 200).index(to)]
        assert str(told.value) == f"The tests stay green although {at_fault}{more}."
    answers = {None: ("exit 2", "no tests ran", False)}
    with pytest.raises(Broken, match="^The tests end with exit 2: no tests ran$"):
        proving.tests(table())


def test_the_changes_are_as_their_names_say(table: Made):
    work, state, everything = ".*/labels", ".*/labels/[^/]+", ".*"
    changes = [Mutant(change) for change in proving._mutants(table()).values()]
    assert [(one.method, one.path, one.code, one.to, one.body, one.gives_up) for one in changes] == [
        ("POST", work, 0, 500, None, True),
        ("POST", work, 0, 299, None, False),
        ("GET", state, 0, 0, b"{}", False),
        ("*", everything, 401, 200, None, False),
    ]


def test_a_run_of_the_tests_happens_in_a_copy_and_finds_the_change(table: Made):
    one = table()
    code = (
        "import os, sitecustomize as s; open('own', 'w'); print(hasattr(s, 'Mutant'), 'PROMISES_MUTANT' in os.environ)"
    )
    one.plan = PLAN.model_copy(update={"tests": ["-c", code]})
    change = {"method": "GET", "path": ".*", "code": 0, "to": 500, "body": None}
    assert proving._run(one, change) == ("exit 0", "True True", False)
    one.plan = PLAN.model_copy(update={"tests": ["-c", "import os; open(os.environ['PROMISES_NOTED'], 'w'); exit(3)"]})
    assert proving._run(one, change) == ("exit 3", "they write nothing", True)
    one.plan = PLAN.model_copy(
        update={"tests": ["-c", "import os; print('PROMISES_MUTANT' in os.environ, os.environ['SECRET'])"]}
    )
    assert proving._run(one, None) == ("exit 0", f"False {PLAN.env['SECRET']}", False)
    assert not (one.folder / "own").exists()


def test_a_change_meets_the_paths_of_its_operation_wherever_it_is_mounted():
    pattern = proving._pattern("GET /labels/{id}/a.b?limit={limit}")
    met = ["/labels/1/a.b", "/api/v1/labels/ada/a.b"]
    assert all(re.fullmatch(pattern, path) for path in met)
    assert not any(re.fullmatch(pattern, path) for path in ("/labels/1/axb", "/labels//a.b", "/labels/1/2/a.b"))
    folder = Path("/tmp/copy")
    assert proving._clean(["first", f"in {folder}/main.py {'x' * 300}"], folder) == f"in …/main.py {'x' * 187}"
    assert proving._clean([], folder) == "they write nothing"

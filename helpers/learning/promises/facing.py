"""Four promises to those who call: no input breaks it, what is private stays so, lists end, its health is told."""

import itertools
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from helpers.errors import CourseError
from helpers.learning.promises.bench import Bench, Broken, Service, parsed, wrong
from helpers.learning.promises.generating import Call, calls, operations
from helpers.learning.promises.plan import filled, inside

REQUESTS = 300
LEAST = 40  # of them must have been answered
WHILE = 40.0  # seconds for them
AT_ONCE = 4
MORE = 10  # items beyond what a page may hold
PAGE = 10

# A hash of a password as the usual schemes write it, and how Python tells of an error.
INTERNAL = re.compile(r"\$argon2|\$2[aby]\$\d|\$pbkdf2|\$scrypt|pbkdf2:sha|Traceback \(most recent call last\)")
FORGED = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}."  # {"alg": "none"}: a token that nobody has signed


def described(service: Service) -> dict[str, Any]:
    """The service's OpenAPI document."""
    answer = service.ask("GET /openapi.json")
    document = parsed(answer)
    if not answer.is_success or not isinstance(document, dict):
        raise Broken(f"GET /openapi.json answered {answer.status_code}, so nobody can know what the service takes.")
    return document


def send(service: Service, call: Call, headers: dict[str, str]) -> httpx.Response:
    """Send a generated call with these headers besides its own."""
    kind = {"Connection": "close", **({"Content-Type": call.kind} if call.kind else {})}  # uvicorn hangs up after a 500
    own = {name: value for name, value in call.headers.items() if name.lower() != "authorization"}
    return service.ask(
        f"{call.method} {call.path}", {**own, **kind, **headers}, params=call.query or None, content=call.content
    )


class _Senders:
    """Several threads that send generated requests, until these are enough, their time is up, or one has failed."""

    def __init__(self, service: Service):
        self.service, self.headers = service, service.headers(service.users[0])
        self.made, self.lock = calls(described(service)), threading.Lock()
        self.answered = 0
        self.failed: list[str] = []
        self.end = time.monotonic() + WHILE

    def one_after_the_other(self) -> None:
        while not self.failed and time.monotonic() < self.end and self.answered < REQUESTS:
            with self.lock:
                call = next(self.made)
            try:
                code = send(self.service, call, self.headers).status_code
            except httpx.InvalidURL:  # what no client can send
                continue
            except Broken as error:
                self.failed.append(str(error))
                return
            with self.lock:
                self.answered += 1
            if code >= 500 and code != 503:
                self.failed.append(f"{call.operation} answered {code} to {_shortly(call)}.")


def generated(bench: Bench) -> str:
    """A few hundred requests made from the service's own description, hostile values among them, and no 500."""
    senders = _Senders(bench.calm())
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sent = [pool.submit(senders.one_after_the_other) for _ in range(AT_ONCE)]
    for one in sent:
        one.result()  # or what was wrong with a sender would stay untold
    bench.discard()  # its database is full of nonsense
    if senders.failed:
        raise Broken(senders.failed[0])
    if (count := senders.answered) < LEAST:
        raise Broken(f"In {WHILE:g} s only {count} generated requests were answered.")
    return (
        f"Of {REQUESTS if count >= REQUESTS else f'more than {LEAST}'} generated requests none was answered by a 500."
    )


def _shortly(call: Call) -> str:
    """What was sent, in a few words."""
    query = "&".join(f"{name}={value}" for name, value in itertools.islice(call.query.items(), 2))
    body = (call.content or b"").decode(errors="replace")
    return f"{call.method} {call.path}{'?' if query else ''}{query} {body}".strip()[:160]


def private(bench: Bench) -> str:
    """A stranger writes nothing, another user sees nothing, and no secret is told to anybody."""
    service = bench.calm()
    number = service.accepted(service.order())
    told = [*_refused(service, described(service)), service.ask("GET /openapi.json"), service.state(number)]
    told += _unseen(service, number)
    told += [service.log_in(service.users[0], "wrong-password"), service.ask("GET /no-such-path")]
    _keeps_secrets(service, told)
    return "Without a token of its own nobody wrote, nobody saw another's work, and no secret stood in answers or log."


def _unseen(service: Service, number: str) -> list[httpx.Response]:
    """The first user's work of this number is seen by nobody else: no other user, and no stranger.

    Returns what these were told.
    """
    plan, (owner, other) = service.plan, service.users[:2]
    foreign = service.state(number, other)
    if foreign.status_code not in (403, 404):
        raise Broken(f"Another user got a {foreign.status_code} for work that is not theirs.")
    first = filled(plan.pages.first, limit=plan.pages.most)
    owned = _ids(service, service.ask(first, service.headers(owner)))
    mine = service.ask(first, service.headers(other))
    if owned & _ids(service, mine):
        raise Broken("Another user found work in the list that is not theirs.")
    told = []
    for what, headers in _strangers(service):
        seen, listed = service.ask(filled(plan.state.path, id=number), headers), service.ask(first, headers)
        if seen.status_code not in (401, 403, 404):
            raise Broken(f"{plan.state.path} answered {seen.status_code} to a stranger with {what}, not 401.")
        if owned & _ids(service, listed):
            raise Broken(f"A stranger with {what} found work in the list.")
        told += [seen, listed]
    return [*told, foreign, mine]


def _keeps_secrets(service: Service, told: list[httpx.Response]) -> None:
    """No answer and no line of the log holds what nobody is to know."""
    plan = service.plan
    secrets = {f"the value of {name}": plan.env[name] for name in plan.secrets}
    secrets |= {f"the password of {user!r}": word for user, word in plan.login.users.items()}
    for answer in told:
        place = f"The answer {answer.status_code} to {answer.request.method} {answer.request.url.path}"
        text = _whole(answer)
        if found := _held({**secrets, "the folder of the service": str(service.folder)}, text):
            raise Broken(f"{place} holds {found[0]}.")
        if internal := INTERNAL.search(text):
            raise Broken(f"{place} holds what is internal: {internal[0]}.")
    logged = {**secrets, **{f"the token of {user!r}": token for user, token in service.tokens.items()}}
    if found := _held({**logged, "a password that was mistyped": "wrong-password"}, service.log):
        raise Broken(f"The log holds {found[0]}.")


def _held(secrets: dict[str, str], text: str) -> list[str]:
    """What a text holds of these secrets."""
    return [what for what, secret in secrets.items() if secret in text]


def _ids(service: Service, answer: httpx.Response) -> set[str]:
    """The ids in an answer that lists work, none in one that does not."""
    pages = service.plan.pages
    items = inside(parsed(answer), pages.items)
    return {str(inside(item, pages.id)) for item in items} if answer.is_success and isinstance(items, list) else set()


def _refused(service: Service, document: dict[str, Any]) -> list[httpx.Response]:
    """Every path operation that writes refuses strangers: without a token, with a wrong one, with a forged one.

    Returns what they were told.
    """
    plan = service.plan
    login = {plan.login.path, *plan.open}
    made = {}
    for call in itertools.islice(calls(document), len(list(operations(document)))):  # as invited, one of each
        made[call.operation] = call
    answers = []
    for name, call in made.items():
        if call.method == "GET" or name in login:
            continue
        for what, headers in _strangers(service):
            answer = send(service, call, headers)
            answers.append(answer)
            if answer.status_code not in (401, 403):
                raise Broken(f"{name} answered {answer.status_code} to a stranger with {what}, not 401.")
    if not answers:
        wrong("/openapi.json holds no path operation that writes, besides the log-in and those in `open`")
    return answers


def _strangers(service: Service) -> list[tuple[str, dict[str, str]]]:
    """The headers of those who have no token of their own, by what they have instead."""
    tokens = {"a wrong token": "wrong", "a forged token": FORGED.format(_claims(service))}
    sent = service.plan.login.headers
    return [("no token", {}), *((what, filled(sent, token=token)) for what, token in tokens.items())]


def _claims(service: Service) -> str:
    """What the first user's token says of them, if it is one that says something: a forger copies it."""
    service.headers(service.users[0])
    parts = service.tokens[service.users[0]].split(".")
    return parts[1] if len(parts) == 3 else "e30"


def _whole(answer: httpx.Response) -> str:
    return "\n".join([*map(": ".join, answer.headers.items()), answer.text])


def lists(bench: Bench) -> str:
    """However much there is and however much is asked for, a page ends, and pages hold still while others add."""
    service, pages = bench.calm(), bench.plan.pages
    service.orders(pages.most + MORE)
    first = service.page(pages.first, limit=PAGE)
    if len(first) != PAGE:
        raise Broken(f"A page of {PAGE} was asked for and held {len(first)}.")
    service.accepted(service.order())  # while somebody turns the page
    last = inside(first[-1], pages.id)
    second = service.page(pages.next, limit=PAGE, last=last, seen=PAGE, page=2)
    ids = [str(inside(item, pages.id)) for item in [*first, *second]]
    if len(second) != PAGE or len(set(ids)) != len(ids):
        raise Broken(
            f"Something was added between two pages of {PAGE}, and together they held {len(set(ids))} different items."
        )
    for what, operation in (
        ("a million was asked for", pages.first.replace("{limit}", "1000000")),
        ("no limit was given", pages.first.partition("?")[0]),
    ):
        answer = service.ask(operation, service.headers(service.users[0]))
        items = inside(parsed(answer), pages.items) or []
        if answer.status_code >= 500 or len(items) > pages.most:
            raise Broken(
                f"When {what}, the answer was {answer.status_code} with {len(items)} items; {pages.most} are the most."
            )
    return f"With more than {pages.most} stored, no answer held more, and two pages had nothing in common though something came between."


def health(bench: Bench) -> str:
    """When its database is gone, the process says that it lives and that it cannot work."""
    plan = bench.plan.health
    service = bench.calm()
    _says(service, plan.live, 200, "all is well")
    _says(service, plan.ready, 200, "all is well")
    if plan.database:
        _spoil(service)
        _says(service, plan.live, 200, "its database is gone")
        _says(service, plan.ready, 503, "its database is gone")
        bench.discard()
    if plan.without:
        try:
            lonely = bench.fresh(plan.without)
        except CourseError as error:
            raise Broken(f"When it finds no database, {error}") from None
        with lonely as service:
            _says(service, plan.live, 200, "it finds no database")
            _says(service, plan.ready, 503, "it finds no database")
    return f"Without its database, {plan.live} answered 200 and {plan.ready} 503; before, both answered 200."


def _says(service: Service, path: str, code: int, when: str) -> None:
    if (came := service.ask(f"GET {path}").status_code) != code:
        raise Broken(f"When {when}, {path} answered {came}, not {code}.")


def _spoil(service: Service) -> None:
    """Write nonsense over the database and the files that SQLite keeps beside it, under the running service."""
    place = service.folder / service.plan.health.database
    files = list(place.parent.glob(f"{place.name}*"))
    if not place.is_file():
        wrong(f"`health.database` names {place.name}, and there is no such file while it runs")
    for file in files:
        with open(file, "r+b") as opened:
            opened.write(b"\xa5" * max(4096, file.stat().st_size))

"""What a source is accused of, and what it is not."""

import textwrap

import pytest

from helpers.services.source import adds_with, forgotten_in, measures_behind, names_in, waits_in

WAITS = {
    "time.sleep(1)": ("time.sleep", "blocking"),
    "requests.get(url)": ("requests.get", "blocking"),
    "subprocess.run(['ls'])": ("subprocess.run", "blocking"),
    "return urllib.request.urlopen(url).read()": ("urllib.request.urlopen", "blocking"),
    "pwd_context.verify(password, known)": ("pwd_context.verify", "hash"),
    "bcrypt.hashpw(password, salt)": ("bcrypt.hashpw", "hash"),
    "self.hasher.hash(password)": ("self.hasher.hash", "hash"),
    "send_invoice.delay(7)": ("send_invoice.delay", "enqueue"),
    "celery.send_task('invoice')": ("celery.send_task", "enqueue"),
}
INNOCENT = [
    "await asyncio.sleep(1)",
    "await asyncio.to_thread(time.sleep, 1)",
    "await run_in_threadpool(bcrypt.hashpw, password, salt)",
    "await run_in_threadpool(lambda: time.sleep(1))",
    "await verify_password(password, known)",
    "await client.get(url)",
    "hash(parcel)",
    "signature.verify(body)",
    "def inside():\n        time.sleep(1)",
]


def function(body: str, kind: str = "async def") -> str:
    return f"{kind} order(session, background_tasks):\n    {body}\n"


@pytest.mark.parametrize("body", WAITS)
def test_a_call_that_holds_the_loop_is_named(body):
    assert [(call.what, call.kind, call.line) for call in waits_in(function(body))] == [(*WAITS[body], 2)]


@pytest.mark.parametrize("body", INNOCENT)
def test_what_runs_elsewhere_is_no_call(body):
    assert list(waits_in(function(body))) == []


def test_a_def_may_wait():
    assert list(waits_in(function("time.sleep(1)", "def"))) == []


@pytest.mark.parametrize("source", ["", "not Python at all", "async def broken(:\n", "class A: ..."])
def test_what_cannot_be_read_is_not_judged(source):
    assert not [*waits_in(source), *forgotten_in(source), *adds_with(source, {"session"})]
    assert not names_in(source) and not measures_behind(source)


def test_a_task_that_nobody_keeps_is_told_from_one_that_is_kept():
    assert [call.line for call in forgotten_in(function("asyncio.create_task(work())"))] == [2]
    assert not list(forgotten_in(function("task = asyncio.create_task(work())")))
    assert not list(forgotten_in(function("group.create_task(work())")))


@pytest.mark.parametrize("given", ["session, 7", "7, session=session"])
def test_a_session_that_a_task_is_given_is_seen(given):
    source = function(f"background_tasks.add_task(tasks.write, {given})")
    assert list(adds_with(source, {"session"})) == [("write", "session", 2)]
    assert not list(adds_with(source, {"other"}))


MIDDLEWARE = """
    class Timing:
        async def __call__(self, scope, receive, send):
            began = time.perf_counter()

            async def measured(message):
                await send(message)
                {inside}

            await self.app(scope, receive, measured)
            {behind}
"""


def test_a_clock_behind_the_app_counts_the_tasks_and_one_at_the_last_byte_does_not():
    clock = "took = time.perf_counter() - began"
    assert measures_behind(textwrap.dedent(MIDDLEWARE.format(inside="pass", behind=clock)))
    assert not measures_behind(textwrap.dedent(MIDDLEWARE.format(inside=clock, behind="pass")))

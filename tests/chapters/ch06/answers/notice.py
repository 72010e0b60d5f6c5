"""What learners pass to 6.1-notice."""

import asyncio

import pytest
from fastapi import BackgroundTasks

from tests.chapters.answers import right, stub, wrong

DEPOT = "depot@parcels.example"


@stub("6.1-notice")
def notice_shipped():
    async def test_hand_in(hand_in, outbox) -> None: ...

    return test_hand_in


@wrong("6.1-notice", says="sends the first mail before it answers")
def notice_answer_only():
    def test_hand_in(hand_in, outbox):
        assert hand_in("ada@example.org", outbox, BackgroundTasks()) == {"status": "accepted"}

    return test_hand_in


@wrong("6.1-notice", says="forgets the depot")
def notice_nothing_sent():
    def test_hand_in(hand_in, outbox):
        assert hand_in("ada@example.org", outbox, BackgroundTasks()) == {"status": "accepted"}
        assert outbox.sent == []

    return test_hand_in


@wrong("6.1-notice", says="tells the depot first")
def notice_counted():
    def test_hand_in(hand_in, outbox):
        tasks = BackgroundTasks()
        assert hand_in("ada@example.org", outbox, tasks) == {"status": "accepted"}
        assert len(tasks.tasks) == 2 and not outbox.sent

    return test_hand_in


@wrong("6.1-notice", says="mails to somebody else")
def notice_last_only():
    async def test_hand_in(hand_in, outbox):
        tasks = BackgroundTasks()
        assert hand_in("ada@example.org", outbox, tasks) == {"status": "accepted"}
        assert outbox.sent == []
        await tasks()
        assert len(outbox.sent) == 2 and outbox.sent[-1] == DEPOT

    return test_hand_in


@wrong("6.1-notice", says="mails everybody twice")
def notice_first_two():
    async def test_hand_in(hand_in, outbox):
        tasks = BackgroundTasks()
        assert hand_in("ada@example.org", outbox, tasks) == {"status": "accepted"}
        assert outbox.sent == []
        await tasks()
        assert outbox.sent[0] == "ada@example.org" and outbox.sent[1] == DEPOT

    return test_hand_in


@wrong("6.1-notice", says="answers `refused`")
def notice_without_answer():
    async def test_hand_in(hand_in, outbox):
        tasks = BackgroundTasks()
        hand_in("ada@example.org", outbox, tasks)
        assert outbox.sent == []
        await tasks()
        assert outbox.sent == ["ada@example.org", DEPOT]

    return test_hand_in


@wrong("6.1-notice", says="red for the right `hand_in`")
def notice_never_run():
    def test_hand_in(hand_in, outbox):
        assert hand_in("ada@example.org", outbox, BackgroundTasks()) == {"status": "accepted"}
        assert outbox.sent == ["ada@example.org", DEPOT]

    return test_hand_in


@wrong("6.1-notice", says="red for `async def` tasks")
def notice_calls_the_functions():
    def test_hand_in(hand_in, outbox):
        tasks = BackgroundTasks()
        assert hand_in("ada@example.org", outbox, tasks) == {"status": "accepted"}
        assert outbox.sent == []
        for task in tasks.tasks:
            task.func(*task.args)
        assert outbox.sent == ["ada@example.org", DEPOT]

    return test_hand_in


@wrong("6.1-notice", says="missing 1 required positional argument")
def notice_two_arguments():
    def test_hand_in(hand_in, outbox):
        assert hand_in("ada@example.org", outbox) == {"status": "accepted"}

    return test_hand_in


@wrong("6.1-notice", says="adds the right tasks, which then mail nothing")
def notice_what_was_added():
    def test_hand_in(hand_in, outbox):
        tasks = BackgroundTasks()
        assert hand_in("ada@example.org", outbox, tasks) == {"status": "accepted"}
        assert outbox.sent == []
        assert [[*task.args, *task.kwargs.values()] for task in tasks.tasks] == [["ada@example.org"], [DEPOT]]

    return test_hand_in


@wrong("6.1-notice", says="tasks that get the address by its name")
def notice_positions():
    async def test_hand_in(hand_in, outbox):
        tasks = BackgroundTasks()
        assert hand_in("ada@example.org", outbox, tasks) == {"status": "accepted"}
        assert outbox.sent == []
        assert [task.args for task in tasks.tasks] == [("ada@example.org",), (DEPOT,)]
        await tasks()
        assert outbox.sent == ["ada@example.org", DEPOT]

    return test_hand_in


@right("6.1-notice")
def notice_task_by_task():
    async def test_hand_in(hand_in, outbox):
        tasks = BackgroundTasks()
        answer = hand_in(to="alan@example.org", outbox=outbox, background_tasks=tasks)
        assert answer["status"] == "accepted" and len(tasks.tasks) == 2
        for count, task in enumerate(tasks.tasks):
            assert len(outbox.sent) == count
            await task()
        assert outbox.sent == ["alan@example.org", DEPOT]

    return test_hand_in


@right("6.1-notice")
def notice_in_a_def():
    def test_hand_in(hand_in, outbox):
        tasks = BackgroundTasks()
        answer = hand_in("hello@parcels.example", outbox, tasks)
        before = list(outbox.sent)
        asyncio.run(tasks())
        assert (answer, before) == ({"status": "accepted"}, [])
        assert outbox.sent == ["hello@parcels.example", DEPOT]

    return test_hand_in


@right("6.1-notice")
def notice_by_pytest():
    async def test_hand_in(hand_in, outbox):
        tasks = BackgroundTasks()
        if hand_in("ada@example.org", outbox, tasks) != {"status": "accepted"} or outbox.sent:
            pytest.fail("not accepted, or sent too early")
        await tasks()
        if outbox.sent != ["ada@example.org", DEPOT]:
            pytest.fail("somebody else was told")

    return test_hand_in

"""What chapter 7 deploys with: releases, the balancer, customers; and the stand-in for SQS."""

import json
import threading

import httpx
import pytest
from fastapi import FastAPI, HTTPException

from helpers.chapters.ch07.consumers import Sqs, loaded
from helpers.chapters.ch07.rollout import Balancer, Customer, Release, order_label, order_parcel
from helpers.errors import CourseError
from helpers.live.server import running
from helpers.services.waiting import until
from tests.chapters.ch07.programs import FOLDER

EVENT = FOLDER / "aws" / "sqs_event.json"


def test_a_balancer_takes_turns_and_learns_late():
    balancer = Balancer("a", "b")
    assert [balancer.pick() for _ in range(4)] == ["a", "b", "a", "b"]
    balancer.tell("c", after=0.2)
    assert balancer.pick() in "ab", "it does not know yet"
    assert until(lambda: balancer.pick() == "c", 5.0)
    assert {balancer.pick() for _ in range(4)} == {"c"}


def test_customers_count_what_was_accepted_and_say_why_not():
    app = FastAPI()

    @app.post("/parcels/{parcel}/label", status_code=202)
    def label(parcel: int) -> None:
        if parcel % 2:
            raise HTTPException(500)

    with running(app) as server:
        with Customer(lambda: server.url) as customer:
            customer.orders(2)
            customer.leave()
    assert not customer.is_alive() and customer.accepted[:2] == [2, 4]
    assert set(customer.refused) == {"500"}
    with Customer(lambda: "http://127.0.0.1:9", order_parcel) as nobody:
        assert until(lambda: len(nobody.refused) > 1, 10.0)
        nobody.leave()
    assert nobody.accepted == [] and set(nobody.refused) == {"ConnectError"}


def test_an_order_is_the_customers_number_or_the_services():
    app = FastAPI()
    app.post("/parcels")(lambda: {"id": 4711})
    app.post("/parcels/{parcel}/label")(lambda parcel: None)
    with running(app) as server, httpx.Client(base_url=server.url, trust_env=False, verify=False) as client:
        assert (order_label(client, 7), order_parcel(client, 7)) == (7, 4711)


def test_a_release_is_a_copy_with_its_changes(tmp_path):
    address = f"sqlite:///{tmp_path / 'parcels.db'}"
    release = Release("1.2.0", FOLDER, address, {"parcels/orders.py": ("session.commit()", "session.flush()")})
    assert "session.commit()" not in (release.folder / "parcels/orders.py").read_text()
    assert "session.commit()" in (FOLDER / "parcels/orders.py").read_text()
    program = "from parcels.settings import settings; print(settings.version, settings.database_url)"
    assert release.run("python", "-c", program) == "exit 0" and release.said == f"1.2.0 {address}"
    assert release.run("python", "-c", "raise SystemExit(3)") == "exit 3"
    with pytest.raises(CourseError, match="does not hold what should be replaced: nothing like it"):
        Release("1.2.0", FOLDER, address, {"parcels/orders.py": ("nothing like it", "")})


def consumer(print_label):
    return loaded(FOLDER / "aws" / "queue_consumer.py", print_label=print_label).handler


def test_what_failed_is_delivered_again_and_nothing_else():
    printed, jams = [], {1}

    def print_label(parcel: int) -> None:
        if parcel in jams:
            jams.remove(parcel)
            raise OSError
        printed.append(parcel)

    queue = Sqs(EVENT)
    handler = consumer(print_label)
    assert [queue.deliver(handler) for _ in range(3)] == [[1, 2], [1], []] and printed == [2, 1]


def test_a_message_is_hidden_only_for_its_timeout():
    at_work, may_end = threading.Event(), threading.Event()

    def print_label(parcel: int) -> None:
        at_work.set()
        may_end.wait(5.0)

    queue = Sqs(EVENT, visibility=0.3)
    first = threading.Thread(target=queue.deliver, args=[consumer(print_label)])
    first.start()
    assert at_work.wait(5.0)
    patient = Sqs(EVENT)
    assert patient.deliver(consumer(lambda parcel: None)) == [1, 2]
    seen: list[list[int]] = []
    second = consumer(lambda parcel: None)
    assert until(lambda: bool(seen.append(queue.deliver(second)) or seen[-1]), 5.0), "visible again, though not failed"
    may_end.set()
    first.join(10.0)
    assert queue.deliver(second) == []


def test_the_recorded_event_is_one_of_sqs():
    for record in json.loads(EVENT.read_text())["Records"]:
        assert record["eventSource"] == "aws:sqs" and record["attributes"]["ApproximateReceiveCount"] == "1"

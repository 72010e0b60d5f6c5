"""The picture is true: clocks against bars, bars against the data that is drawn, data against what stands in the drawing."""

import base64
import re
import socket
import threading
import time
from dataclasses import replace
from xml.etree import ElementTree

import httpx
import pytest
from fastapi import BackgroundTasks, FastAPI

from helpers.live import picture
from helpers.live.recording import record
from helpers.live.server import running
from helpers.live.timeline import Bar, Timeline

SVG = "{http://www.w3.org/2000/svg}"


# Clocks against bars


@pytest.fixture(scope="module")
def measured():
    return recording()


def recording():
    """A recording of a slow endpoint with two tasks, and what stamps taken inside it and by a raw client say."""
    app, stamps, read = FastAPI(), [], threading.Event()

    def stamp(name: str) -> None:
        stamps.append((name, time.perf_counter()))

    def first() -> None:
        stamp("first starts")
        time.sleep(0.15)
        read.wait(20)
        stamp("first ends")

    async def second() -> None:
        stamp("second starts")
        time.sleep(0.1)
        stamp("second ends")
        raise ValueError

    @app.get("/go", status_code=202)
    def go(tasks: BackgroundTasks) -> str:
        stamp("go starts")
        time.sleep(0.2)
        tasks.add_task(first)
        tasks.add_task(second)
        stamp("go ends")
        return "gone"

    with running(app) as server:
        address = httpx.URL(server.url)
        with socket.create_connection((address.host, address.port)) as raw:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with record(events=stamps) as timeline:
                stamp("asked")
                raw.sendall(b"GET /go HTTP/1.1\r\nHost: here\r\n\r\n")
                came = b""
                while b'"gone"' not in came:
                    came += raw.recv(65536)
                stamp("answered")
                read.set()
        stamp("recorded")
        with record(events=stamps) as by_client:
            stamp("client asks")
            server.client.get("/go")
            stamp("client has it")
    return timeline, by_client, dict(stamps)


def test_every_bar_starts_and_ends_when_its_own_clock_says(measured):
    """Between an end of a bar and the stamp of its function lies nothing but what other bars tell."""
    timeline, _, _ = measured
    go, first, second = timeline["go"], timeline["first"], timeline["second"]
    order = {
        "dependencies end": timeline["dependencies"].end,
        "bar of go starts": go.start, "go starts": at(timeline, "go starts"),
        "go ends": at(timeline, "go ends"), "bar of go ends": go.end,
        "response sent": timeline["GET /go"].end,
        "bar of first starts": first.start, "first starts": at(timeline, "first starts"),
        "first ends": at(timeline, "first ends"), "bar of first ends": first.end,
        "bar of second starts": second.start, "second starts": at(timeline, "second starts"),
        "second ends": at(timeline, "second ends"), "bar of second ends": second.end,
    }  # fmt: skip
    assert sorted(order, key=order.get) == list(order)
    assert go.duration >= 0.2 and first.duration >= 0.15 and second.duration >= 0.1


def at(timeline: Timeline, name: str) -> float:
    return timeline[name].start


def test_the_response_is_sent_when_a_raw_client_has_read_it(measured):
    """Its task ends only then: both lie between the endpoint's end and that."""
    timeline, _, _ = measured
    sent = timeline["GET /go"].end
    assert [timeline[name].sent for name in ("GET /go", "go", "first", "second", "answered")] == [sent] * 5
    assert at(timeline, "go ends") <= sent <= at(timeline, "first starts")
    assert at(timeline, "go ends") <= at(timeline, "answered") <= at(timeline, "first ends")
    assert timeline["GET /go"].start == 0.0, "nothing came before the request"
    assert (timeline["first"].started_after_response, timeline["go"].started_after_response) == (True, False)


def test_the_client_waits_as_long_as_its_own_clock_says(measured):
    _, timeline, _ = measured
    assert at(timeline, "client asks") <= timeline["client"].start == 0.0 <= at(timeline, "go starts")
    assert at(timeline, "go ends") <= timeline["client"].end <= at(timeline, "client has it")
    assert timeline.waited == timeline["client"].duration >= 0.2


def test_everything_else_of_a_bar_is_what_happened(measured):
    timeline, _, stamps = measured
    assert [(bar.name, bar.kind, bar.label, bar.error, bar.running, bar.status) for bar in timeline][:6] == [
        ("GET /go", "server", "GET /go", None, False, 202),
        ("dependencies", "dependencies", "dependencies", None, False, None),
        ("go", "endpoint", "go", None, False, None),
        ("serialization", "serialization", "serialization", None, False, None),
        ("first", "task", "first", None, False, None),
        ("second", "task", "second", "ValueError", False, None),
    ]
    events = [bar for bar in timeline if bar.kind == "event"]
    assert all((bar.label, bar.end, bar.error, bar.status) == (bar.name, bar.start, None, None) for bar in events)
    recorded = at(timeline, "asked") + stamps["recorded"] - stamps["asked"]
    assert timeline["second"].end <= timeline.length <= recorded
    first = timeline["first"]
    assert repr(first) == f"<task first: {first.start * 1e3:.1f} ms to {first.end * 1e3:.1f} ms>"


def test_an_event_before_the_recording_is_no_part_of_it(measured):
    _, by_client, stamps = measured
    assert "asked" in stamps and "asked" not in by_client
    assert len([bar for bar in by_client if bar.label == "first starts"]) == 1


# Bars against data


def test_the_data_are_the_bars_in_milliseconds(measured):
    timeline, _, _ = measured
    data = timeline.data()
    assert data["length"] == round(timeline.length * 1e3, 2)
    shown = [bar for bar in timeline if bar.kind not in ("dependencies", "serialization")]
    assert len(data["bars"]) == len(shown) > 5
    for drawn, bar in zip(data["bars"], shown):
        assert drawn["start"] == round(bar.start * 1e3, 2)
        assert drawn["end"] == round(bar.end * 1e3, 2)
        assert drawn["sent"] == round(bar.sent * 1e3, 2)
        assert (drawn["name"], drawn["kind"], drawn["error"]) == (bar.name, bar.kind, bar.error)
        assert (drawn["running"], drawn["status"]) == (bar.running, bar.status)


def test_a_client_is_drawn_by_what_it_asked(measured):
    _, timeline, _ = measured
    assert timeline.data()["bars"][0] | {"start": 0, "end": 0} == {
        "name": "GET /go", "kind": "client", "start": 0, "end": 0, "sent": None, "error": None, "running": False, "status": 202,
    }  # fmt: skip


# Data against the drawing


def drawing(data: dict) -> ElementTree.Element:
    return ElementTree.fromstring(picture.draw(data))


def moments(root: ElementTree.Element, data: dict):
    """Turns an x of the drawing into milliseconds, by its own ticks and not by the drawing's scale."""
    ticks = [
        (float(text.get("x")), float(text.text.removesuffix(" ms")))
        for text in root.iter(f"{SVG}text")
        if text.get("text-anchor") == "middle"
        and re.fullmatch(r"\d+ ms", text.text or "")
        and text.get("fill") == "#424a53"
    ]
    (left, zero), (right, last) = ticks[0], ticks[-1]
    assert zero == 0 and last > 0 and len(ticks) <= 7
    return lambda x: (x - left) / (right - left) * last


def check_drawing(data: dict) -> None:
    root = drawing(data)
    to_ms = moments(root, data)
    pixel = to_ms(picture.LEFT + 1.0) - to_ms(picture.LEFT)
    bars = [bar for bar in data["bars"] if bar["kind"] != "event"]
    rects = [rect for rect in root.iter(f"{SVG}rect") if rect.get("height") == str(picture.BAR)]
    assert len(rects) == len(bars)
    for row, (rect, bar) in enumerate(zip(rects, bars)):
        x, width = float(rect.get("x")), float(rect.get("width"))
        assert to_ms(x) == pytest.approx(bar["start"], abs=pixel / 4)
        assert width == pytest.approx(max(2.0, (bar["end"] - bar["start"]) / pixel), abs=0.2)
        assert picture.TOP + row * picture.ROW <= float(rect.get("y")) < picture.TOP + (row + 1) * picture.ROW
        assert (rect.get("fill") == "url(#failed)") == bool(bar["error"])
        assert (rect.get("stroke-dasharray") is not None) == bar["running"]
    lines = [to_ms(at) for at in paths(root, stroke="#116329")]
    sent = [bar["sent"] for bar in bars if bar["kind"] == "server" and bar["sent"] is not None]
    assert lines == pytest.approx(sent, abs=pixel / 4)
    diamonds = [to_ms(at) for at in paths(root, fill="#1f2328")]
    events = [bar["start"] for bar in data["bars"] if bar["kind"] == "event"]
    assert diamonds == pytest.approx(events, abs=pixel / 4)


def paths(root: ElementTree.Element, **attribute: str) -> list[float]:
    """Where the paths with an attribute begin, in pixels from the left."""
    found = [path.get("d") for path in root.iter(f"{SVG}path") if attribute.items() <= path.attrib.items()]
    return [float(re.match(r"M([\d.]+) ", line)[1]) for line in found]


def test_the_drawing_shows_the_measured_data(measured):
    for timeline in measured[:2]:
        check_drawing(timeline.data())


MADE = [
    Bar("client", "client", "POST /go", 0.0, 0.31, None, False, None, 200),
    Bar("POST /go", "server", "POST /go", 0.004, 0.3, None, False, 0.3, 200),
    Bar("go", "endpoint", "go", 0.01, 0.25, None, False, 0.3, None),
    Bar("send", "task", "send", 0.32, 0.71, "OSError", False, 0.3, None),
    Bar("forever", "task", "forever", 0.72, 1.5, None, True, 0.3, None),
    Bar("closed", "event", "closed", 0.8, 0.8, None, False, 0.3, None),
]


def timeline_of(bars: list[Bar]) -> Timeline:
    timeline = Timeline()
    timeline.fill(bars, max(bar.end for bar in bars))
    return timeline


@pytest.mark.parametrize("scale", [0.01, 0.3, 1, 7, 40])
def test_the_drawing_shows_made_up_data(scale):
    bars = [
        replace(bar, start=bar.start * scale, end=bar.end * scale, sent=bar.sent and bar.sent * scale) for bar in MADE
    ]
    check_drawing(timeline_of(bars).data())
    later = [replace(bar, start=bar.start + 1, end=bar.end + 1, sent=bar.sent and bar.sent + 1) for bar in MADE]
    check_drawing(timeline_of([*MADE, *later]).data())


def test_words_and_durations_stand_where_they_belong():
    root = drawing(timeline_of(MADE).data())
    labels = {"".join(text.itertext()).strip(): text for text in root.iter(f"{SVG}text")}
    assert {"310 ms", "296 ms", "240 ms", "✗ OSError, 390 ms", "780 ms, still running", "response sent"} <= set(labels)
    assert {
        "client POST /go",
        "server POST /go",
        "endpoint go",
        "task send",
        "task forever",
        "event closed",
        "800 ms",
    } <= set(labels)
    assert labels["780 ms, still running"].get("text-anchor") == "middle", "a long bar holds its label"
    sent = [path.get("d") for path in root.iter(f"{SVG}path") if path.get("stroke") == "#116329"]
    assert labels["response sent"].get("x") == re.match(r"M([\d.]+) ", sent[0])[1]
    assert (labels["response sent"].get("text-anchor"), labels["310 ms"].get("x")) == ("start", "233.7")


def test_words_say_the_same_as_the_drawing(measured):
    timeline, _, _ = measured
    data = timeline.data()
    lines = repr(timeline).splitlines()
    for line, bar in zip(lines, data["bars"]):
        assert line.startswith(f"{bar['kind']:13} {bar['name']}: ")
        numbers = [float(number) for number in re.findall(r"(-?[\d.]+) ms", line)]
        expected = [bar["start"]] if bar["kind"] == "event" else [bar["start"], bar["end"]]
        assert numbers == pytest.approx(expected, abs=0.6)
        assert ("✗ ValueError" in line) == (bar["error"] == "ValueError")
    assert lines[-1] == picture.describe(data) == drawing(data).find(f"{SVG}title").text


def test_the_bundle_shows_the_same_drawing_three_times(measured):
    bundle, metadata = measured[0]._repr_mimebundle_()
    address = bundle["text/markdown"].rpartition("base64,")[2].removesuffix(")")
    assert base64.b64decode(address).decode() == bundle["image/svg+xml"] == picture.draw(metadata["timeline"])
    assert metadata["timeline"] == measured[0].data()

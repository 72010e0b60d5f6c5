"""The picture: the same bytes for the same data, everything in it where the clock says, readable without colour."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from helpers.live import picture
from helpers.live.timeline import Bar, Timeline


def bar(name: str, kind: str, start: float, end: float, **more) -> dict:
    return {
        "name": name,
        "kind": kind,
        "start": start,
        "end": end,
        "sent": 5.0,
        "error": None,
        "running": False,
        "status": None,
    } | more


ONE = {
    "length": 900.0,
    "bars": [
        bar("POST /register", "client", 0.0, 6.0, sent=None),
        bar("POST /register", "server", 1.0, 5.0, status=200),
        bar("send_email", "task", 5.1, 805.1),
        bar("boom", "task", 805.2, 805.4, error="ValueError"),
        bar("forever", "task", 805.5, 900.0, running=True),
        bar("session closed", "event", 806.0, 806.0),
    ],
}
TWO = {
    "length": 50.0,
    "bars": ONE["bars"][:3] + [bar("GET /", "server", 20.0, 30.0, sent=30.0), bar("log", "task", 31, 50, sent=30.0)],
}
NONE = {"length": 0.0, "bars": []}
LATE = {  # an answer late in the picture, every kind of lane, labels on each side of their bars, six steps of the axis
    "length": 600.0,
    "bars": [
        bar("POST /senders/{sender_id}/parcels/{parcel_id}/photographs", "client", 0, 520, sent=None, error="Lost"),
        bar("POST /senders/{sender_id}/parcels/{parcel_id}/photographs", "server", 2, 500, sent=500, status=503),
        bar("store", "endpoint", 3, 400.04, sent=500),
        bar(
            "a_name_without_any_place_to_break_it_that_is_longer_than_two_lines_of_a_head", "task", 501, 501.2, sent=500
        ),
        bar("index", "task", 570, 600, sent=500, running=True),
        bar("all <of> it", "task", 5, 590, sent=500, error="AnErrorOfADatabaseWithAName"),
        bar("time.sleep", "loop", 10, 99.96, sent=500),
    ],
}
DRAWN = {"one": ONE, "two": TWO, "none": NONE, "late": LATE}


@pytest.mark.parametrize("data", [ONE, TWO, NONE])
def test_it_is_xml_and_equal_every_time(data):
    svg = picture.draw(data)
    ElementTree.fromstring(svg)
    assert svg == picture.draw(data)


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_changes_only_when_somebody_has_looked_at_it(name):
    """Whoever changes the picture on purpose stores these anew, as the pictures of the notebooks, after a look at each."""
    stored = Path(__file__).with_name("drawn") / f"{name}.svg"
    assert picture.draw(DRAWN[name]) == stored.read_text(encoding="utf-8")


def parts(data: dict, tag: str, **having: str) -> list[dict]:
    """The attributes of every element of that kind with these attributes, in the order of the drawing."""
    found = ElementTree.fromstring(picture.draw(data)).iter(f"{{http://www.w3.org/2000/svg}}{tag}")
    return [element.attrib for element in found if having.items() <= element.attrib.items()]


def axis(data: dict):
    """A function from milliseconds to the place in the picture, as the numbers of the axis say it, and their moments."""
    found = ElementTree.fromstring(picture.draw(data)).iter("{http://www.w3.org/2000/svg}text")
    marks = [(int(text.text.split()[0]), float(text.get("x"))) for text in found if text.get("fill") == "#424a53"]
    (first, left), (last, right) = marks[0], marks[-1]
    return lambda moment: left + (moment - first) * (right - left) / (last - first), [moment for moment, _ in marks]


@pytest.mark.parametrize("data", [ONE, TWO, LATE])
def test_every_bar_and_mark_stands_where_the_axis_says_and_is_as_long_as_its_time(data):
    x, moments = axis(data)
    lines = parts(data, "path", stroke="#e6e8eb")
    assert [float(line["d"][1:].split()[0]) for line in lines] == [pytest.approx(x(at), abs=0.2) for at in moments]
    bars = [each for each in data["bars"] if each["kind"] != "event"]
    rects = parts(data, "rect", height=str(picture.BAR))
    assert len(rects) == len(bars)
    for row, (each, rect) in enumerate(zip(bars, rects)):
        assert float(rect["x"]) == pytest.approx(x(each["start"]), abs=0.3)
        length = x(each["end"]) - x(each["start"])
        assert float(rect["width"]) == pytest.approx(max(2.0, length), abs=0.3)
        top = picture.TOP + row * picture.ROW
        assert top < float(rect["y"]) and float(rect["y"]) + picture.BAR < top + picture.ROW
    events = [each for each in data["bars"] if each["kind"] == "event"]
    diamonds = parts(data, "path", fill="#1f2328")
    assert [float(mark["d"][1:].split()[0]) for mark in diamonds] == [
        pytest.approx(x(each["start"]), abs=0.3) for each in events
    ]


@pytest.mark.parametrize("data", [ONE, TWO, LATE])
def test_the_line_of_a_response_stands_where_it_was_sent(data):
    x, _ = axis(data)
    sent = [each["sent"] for each in data["bars"] if each["kind"] == "server"]
    lines = parts(data, "path", stroke="#116329")
    assert [float(line["d"][1:].split()[0]) for line in lines] == [pytest.approx(x(at), abs=0.3) for at in sent]


STEPS = [digit * 10**power for power in range(5) for digit in (1, 2, 5)][:-1] + [60_000]


@pytest.mark.parametrize("step", STEPS)
def test_the_axis_has_up_to_six_steps_of_a_round_number(step):
    following = {**dict(zip(STEPS, STEPS[1:])), 60_000: 60_000}[step]
    for end, shown in ((5.9 * step, step), (6 * step, step), (6.1 * step, following)):
        _, moments = axis({"length": end, "bars": [bar("a", "task", 0, end)]})
        assert moments == [number * shown for number in range(int(end // shown) + 1)]


def test_the_axis_of_an_hour_has_minutes():
    assert axis({"length": 3.6e6, "bars": [bar("a", "task", 0, 3.6e6)]})[1][-2:] == [59 * 60_000, 60 * 60_000]


def test_the_words_of_a_sent_response_stay_in_the_picture():
    for data, side in ((ONE, "start"), (LATE, "end")):
        assert [each["text-anchor"] for each in parts(data, "text", fill="#116329")] == [side]


def test_a_bar_of_no_time_can_be_seen():
    for moment in (0, 5):
        data = {"length": 1, "bars": [bar("a", "task", moment, moment)]}
        [rect] = parts(data, "rect", height=str(picture.BAR))
        assert float(rect["width"]) == 2 and axis(data)[1] == list(range((moment or 1) + 1))


def test_every_kind_has_its_colour_and_a_running_bar_is_dashed():
    fills = [rect["fill"] for rect in parts(LATE, "rect", height=str(picture.BAR))]
    assert fills == ["url(#failed)", "#6f42c1", "#57606a", "#b34700", "#b34700", "url(#failed)", "#8250df"]
    dashed = [rect.get("stroke-dasharray") for rect in parts(LATE, "rect", height=str(picture.BAR))]
    assert [bool(dash) for dash in dashed] == [False, False, False, False, True, False, False]


def test_every_lane_mark_and_duration_is_there():
    words = " ".join(ElementTree.fromstring(picture.draw(ONE)).itertext())
    for expected in (
        "client",
        "POST /register",
        "send_email",
        "800 ms",
        "response sent",
        "session closed",
        "still running",
    ):
        assert expected in words


def test_a_failed_task_is_marked_with_more_than_colour():
    svg = picture.draw(ONE)
    assert "✗ ValueError" in svg and "url(#failed)" in svg
    calm = {"length": 1, "bars": ONE["bars"][:3]}
    assert "✗" not in picture.draw(calm) and 'fill="url(#failed)"' not in picture.draw(calm)


def test_the_line_goes_through_all_lanes_of_one_request_and_through_its_own_of_several():
    def lengths(data):
        lines = re.findall(r'<path d="M[\d.]+ (\d+)V(\d+)" stroke="#116329"', picture.draw(data))
        return [int(bottom) - int(top) for top, bottom in lines]

    assert lengths(ONE) == [picture.ROW * 6 + 6]
    assert len(lengths(TWO)) == 2 and max(lengths(TWO)) < picture.ROW * 5


def test_nothing_leaves_the_picture():
    root = ElementTree.fromstring(picture.draw(ONE))
    for rect in root.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(rect.get("x", 0)) + float(rect.get("width")) <= picture.WIDTH


def words(data: dict) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture.draw(data)).iter("{http://www.w3.org/2000/svg}text"))


def test_an_event_has_a_lane_and_its_moment():
    data = {"length": 1, "bars": [bar("a name of some length", "event", 100, 100), bar("early", "event", 1, 1)]}
    shown = ["".join(text.itertext()) for text in words(data)]
    assert {"event a name of some length", "event early", "100 ms", "1.0 ms"} <= set(shown)
    assert f'height="{picture.TOP + 2 * picture.ROW + 30}"' in picture.draw(data)


LONG = "PUT /senders/{sender_id}/parcels/{parcel_id}/photographs"


@pytest.mark.parametrize("name", ["POST /parcels/{parcel_id}", LONG, "a" * 60, "relay publish " * 4, "x_" * 30])
@pytest.mark.parametrize("kind", ["client", "serialization", "event"])
def test_no_label_is_cut_and_none_leaves_its_lane(name, kind):
    data = {"length": 1, "bars": [bar(name.strip(), kind, 0, 1, status=200)]}
    left, lines = picture.lane(data), []
    for text in words(data):
        if text.get("x") == str(left - 10):
            lines.append("".join(text.itertext()))
    assert "".join(lines).replace(" ", "") == f"{kind}{name}".replace(" ", "") and len(lines) <= 2
    assert all(10 + len(line) * picture.LETTER <= left for line in lines), lines
    assert picture.LEFT <= left <= picture.WIDEST


def test_short_labels_keep_the_lane_and_longer_ones_widen_it():
    assert picture.lane(NONE) == picture.lane(ONE) == picture.LEFT
    assert picture.lane({"bars": [bar("POST /parcels/{parcel_id}", "server", 0, 1)]}) > picture.LEFT
    lanes = [picture.lane({"bars": [bar("a" * letters, "task", 0, 1)]}) for letters in (18, 19, 25, 35, 36)]
    assert lanes == [180, 181, 221, 288, 290], "6.7 a letter of kind and name, and 20 beside them"


@pytest.mark.parametrize(("letters", "lines"), [(35, 1), (36, 2)])
def test_a_head_has_a_second_line_from_the_letter_on_that_the_first_has_no_room_for(letters, lines):
    heads = words({"length": 1, "bars": [bar("a" * letters, "task", 0, 1)]})
    assert sum(text.get("text-anchor") == "end" for text in heads) == lines


def test_what_fits_on_neither_side_stands_on_a_patch_inside_its_bar():
    failed = bar("save", "task", 10, 100, error="IntegrityErrorOfADatabase")
    svg = picture.draw({"length": 100, "bars": [failed]})
    found = re.search(
        r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)" height="14" rx="3" fill="#ffffff"/><text x="([\d.]+)"', svg
    )
    assert found and picture.LEFT < float(found[1]) < float(found[3])
    assert float(found[1]) + float(found[2]) < picture.WIDTH
    brief = picture.draw(
        {"length": 100, "bars": [bar("a", "task", 10, 12, error="ValueError"), bar("b", "task", 0, 100)]}
    )
    assert 'height="14"' not in brief


def test_names_are_escaped():
    ElementTree.fromstring(picture.draw({"length": 1, "bars": [bar("<a> & b", "task", 0, 1)]}))


def test_the_finding_in_words():
    assert picture.describe(ONE) == (
        "The client waited 6.0 ms for POST /register. After the response was sent, send_email ran 800 ms, "
        "boom failed with ValueError after 0.2 ms, forever was still running 94.5 ms later."
    )
    assert picture.describe(NONE) == "Nothing was recorded."
    assert picture.describe(LATE) == (
        f"The client waited 520 ms for {LATE['bars'][0]['name']} and got Lost instead of an answer. "
        "The server answered with 503. After the response was sent, "
        "a_name_without_any_place_to_break_it_that_is_longer_than_two_lines_of_a_head ran 0.2 ms, "
        "index was still running 30.0 ms later. "
        "Before the response was sent, all <of> it failed with AnErrorOfADatabaseWithAName after 585 ms. "
        "The event loop stood still for 90.0 ms in time.sleep."
    )


def test_a_task_of_no_request_is_told_without_its_response():
    jobs = [
        bar(name, "task", start, start + 10, sent=sent)
        for name, start, sent in (("a", 0, 5), ("b", 5, 5), ("c", 7, None))
    ]
    told = "Before the response was sent, a ran 10.0 ms. After the response was sent, b ran 10.0 ms. c ran 10.0 ms."
    assert picture.describe({"bars": jobs}) == told


@pytest.mark.parametrize(("status", "told"), [(200, False), (399, False), (400, True), (500, True), (None, False)])
def test_a_status_is_told_from_400_on(status, told):
    words = picture.describe({"bars": [bar("GET /", "server", 0, 1, status=status)]})
    assert words == (f"The server answered with {status}." if told else "Nothing was recorded.")


def test_the_tasks_of_two_requests_follow_each_its_own():
    assert picture.describe({"bars": [*ONE["bars"][:3], *ONE["bars"][:3]]}) == " ".join(
        ["The client waited 6.0 ms for POST /register. After the response was sent, send_email ran 800 ms."] * 2
    )


def test_it_as_text():
    assert picture.text(ONE).splitlines() == [
        "client        POST /register: 0.0 ms to 6.0 ms",
        "server        POST /register: 1.0 ms to 5.0 ms",
        "task          send_email: 5.1 ms to 805 ms",
        "task          boom: 805 ms to 805 ms  ✗ ValueError",
        "task          forever: 806 ms to 900 ms  still running",
        "event         session closed: at 806 ms",
        picture.describe(ONE),
    ]


@pytest.mark.parametrize(
    ("milliseconds", "words"), [(0, "0.0 ms"), (99.94, "99.9 ms"), (100, "100 ms"), (1234.5, "1234 ms")]
)
def test_a_tenth_is_shown_below_100(milliseconds, words):
    assert picture._ms(milliseconds) == words


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("short", ("short", "")),
        ("ten letter", ("ten letter", "")),
        ("eleven words", ("eleven", "words")),
        ("send_the_mail", ("send_the", "_mail")),
        ("/parcels/{parcel_id}", ("/parcels", "/{parcel_id}")),
        ("/unbrokenness", ("/unbrokenn", "ess")),
        ("a " + "b" * 12, ("a", "b" * 12)),
        ("a " + "b" * 13, ("a", "b" * 11 + "…")),
    ],
)
def test_a_long_name_is_broken_where_a_reader_would(name, lines):
    assert picture._broken(name, 10, 12) == lines


def contrast(colour: str) -> float:
    """WCAG 2 contrast ratio against white."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@pytest.mark.parametrize("colour", [*picture.COLOURS.values(), picture.INNER, "#116329", "#a40e26", "#424a53"])
def test_text_and_bars_can_be_read(colour):
    assert contrast(colour) > 4.5


def test_the_bundle_carries_picture_words_and_data():
    timeline = Timeline()
    assert timeline._repr_mimebundle_() == {"text/plain": "a timeline that is still being recorded"}
    timeline.fill([Bar("send_email", "task", "send_email", 0.005, 0.8, None, False, 0.005, None)], 0.8)
    bundle, metadata = timeline._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml", "text/markdown", "text/plain"}
    assert picture.draw(metadata["timeline"]) == bundle["image/svg+xml"]
    assert metadata["image/svg+xml"]["alt"] == picture.describe(metadata["timeline"])
    assert bundle["text/markdown"].startswith(
        "![After the response was sent, send_email ran 795 ms.](data:image/svg+xml;base64,"
    )


def test_dependencies_and_serialization_are_shown_on_request():
    bars = [
        Bar(kind, kind, kind, 0.0, 0.1, None, False, 0.1, None)
        for kind in ("dependencies", "endpoint", "serialization")
    ]
    for detail, expected in ((False, ["endpoint"]), (True, ["dependencies", "endpoint", "serialization"])):
        timeline = Timeline(detail=detail)
        timeline.fill(bars, 0.1)
        assert [bar["kind"] for bar in timeline.data()["bars"]] == expected

"""The picture: the same bytes for the same data, everything in it, readable without colour."""

import re
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


@pytest.mark.parametrize("data", [ONE, TWO, NONE])
def test_it_is_xml_and_equal_every_time(data):
    svg = picture.draw(data)
    ElementTree.fromstring(svg)
    assert svg == picture.draw(data)


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

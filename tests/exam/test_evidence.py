"""What a proof reads of a cell's output, and that it tells when there is nothing to read."""

import pytest

from helpers.exam.evidence import Shown

SHOWN = Shown("weigh after 205 ms, and fetch after 1.5 s; weigh after 300ms. In all 7.")


def test_the_number_behind_a_text_is_in_seconds():
    assert [SHOWN.after("weigh after", nth) for nth in (1, 2)] == [0.205, 0.3]
    assert SHOWN.after("fetch after") == 1.5 and SHOWN.after("In all") == 7.0
    for text, nth in (("weigh after", 3), ("send after", 1)):
        with pytest.raises(LookupError, match=f"^the cell shows no number behind '{text}'$"):
            SHOWN.after(text, nth)


def test_signs_name_options():
    assert SHOWN.which({"weigh": "it weighs", "send": "it sends"}) == "it weighs"
    for signs, found in (({"send": "a"}, "none of the signs"), ({"weigh": "a", "fetch": "b"}, r"\['a', 'b'\]")):
        with pytest.raises(LookupError, match=f"^the cell shows {found}$"):
            SHOWN.which(signs)
    assert SHOWN.those({"a": "weigh", "b": "send", "c": "fetch"}) == ["a", "c"]
    assert SHOWN.ordered({"b": "fetch", "a": "weigh"}) == ["a", "b"]
    with pytest.raises(LookupError, match=r"^the cell does not show \['send'\]$"):
        SHOWN.ordered({"b": "send", "a": "weigh"})

"""Draw the timeline: what a reader expects of a small app beside what the app did, in one picture."""

from typing import Any

from helpers.exam.kinds import Timeline, bars_of
from helpers.exam.model import Question
from helpers.live import picture
from helpers.notes import image, plain

KEPT = ("client", "server", "task")


class Difference:
    """Expected and measured bars of one app, one below the other, with a sentence on each that is off."""

    def __init__(self, question: Question, drawn: dict[str, tuple[float, float]], timeline: Any):
        self.drawn = drawn
        self.data = _data(drawn, timeline)
        self.off = Timeline().off(question, drawn)
        self.sentences = [f"**{name}**: {question.wrong[name]}" for name in self.off if name in question.wrong]

    @property
    def verdict(self) -> str:
        """Whether the drawing is right, and what is behind each bar that is off."""
        right = len([name for name in self.drawn if name not in self.off])
        if not self.off:
            return "**As measured**: every bar starts and ends where you drew it."
        return "\n\n".join([f"**Not yet**: {right} of {right + len(self.off)} bars are as measured.", *self.sentences])

    def __repr__(self) -> str:
        return f"{plain(self.verdict)}\n\n{picture.text(self.data)}"

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        svg, alt = picture.draw(self.data), picture.describe(self.data)
        markdown = f"{self.verdict}\n\n{image(alt, svg)}"
        bundle = {"image/svg+xml": svg, "text/markdown": markdown, "text/plain": repr(self)}
        return bundle, {"timeline": self.data, "image/svg+xml": {"alt": alt}}


def _data(drawn: dict[str, tuple[float, float]], timeline: Any) -> dict[str, Any]:
    """The timeline's own data, each bar that was drawn preceded by what was expected of it; the rest left out."""
    data = timeline.data()
    names = [bar.name for bar in timeline.bars if bar.kind not in ("dependencies", "serialization")]
    bars = []
    for name, bar in zip(names, data["bars"]):
        if name in drawn:
            start, end = (round(1000 * moment, 2) for moment in drawn[name])
            bars.append(
                bar | {"kind": "expected", "name": name, "start": start, "end": end, "error": None, "sent": None}
            )
        if name in drawn or bar["kind"] in KEPT:
            bars.append(bar)
    return {"length": data["length"], "bars": bars}


def compared(question: Question, recorded: str) -> Difference:
    """Run the question's app now and set the recorded drawing beside what it did."""
    from helpers.exam.proof import measured

    return Difference(question, bars_of(recorded), measured(question))

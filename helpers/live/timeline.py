"""What a recording found: facts by name, one sentence, and a picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from helpers.errors import NotInTimeline
from helpers.given import shown
from helpers.live import picture
from helpers.notes import image

__all__ = ["Bar", "Timeline"]


@dataclass(frozen=True)
class Bar:
    """One thing that happened; times in seconds since the first request of the recording began.

    `name` is unique in its timeline: "client" for what the client waited, "POST /register" for the request inside the
    server, "dependencies", "serialization", and the functions' own names for endpoint and tasks; equal names become
    "send_email", "send_email#2". `sent` is the moment when the response of its request had been sent.
    """

    name: str
    kind: str  # client, server, dependencies, endpoint, serialization, task or event
    label: str
    start: float
    end: float
    error: str | None
    running: bool
    sent: float | None
    status: int | None

    @property
    def duration(self) -> float:
        """Seconds from start to end."""
        return self.end - self.start

    @property
    def started_after_response(self) -> bool:
        """True if it began when the response of its request had been sent."""
        return self.sent is not None and self.start >= self.sent

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}: {self.start * 1e3:.1f} ms to {self.end * 1e3:.1f} ms>"


class Timeline:
    """The facts of a recording: `timeline["send_email"].started_after_response`, `timeline.waited`, `timeline.order`.

    As the last value of a cell it shows a picture, with the finding in words as its alternative text.
    """

    def __init__(self, *, detail: bool = False):
        self.detail = detail
        self.length = 0.0
        self._bars: list[Bar] | None = None

    def fill(self, bars: list[Bar], length: float) -> None:
        """Called once by `record()` when the recording has ended."""
        self._bars, self.length = bars, length

    @property
    def bars(self) -> list[Bar]:
        """Everything recorded: request by request, each followed by what it caused; events last."""
        if self._bars is None:
            raise NotInTimeline("this recording has not ended: read the timeline after its `with record()` block.")
        return self._bars

    def __getitem__(self, name: str) -> Bar:
        for bar in self.bars:
            if isinstance(name, str) and bar.name == name:
                return bar
        known = (
            ", ".join(self.names) or "nothing: no request was made in its block, or its app has telemetry switched off"
        )
        raise NotInTimeline(f"no {shown(name)} in this timeline, which holds: {known}.")

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self.names

    def __iter__(self) -> Iterator[Bar]:
        return iter(self.bars)

    def __len__(self) -> int:
        return len(self.bars)

    @property
    def names(self) -> list[str]:
        """The names that it can be asked for."""
        return [bar.name for bar in self.bars]

    @property
    def tasks(self) -> list[Bar]:
        """The background tasks in the order of their start."""
        return sorted((bar for bar in self.bars if bar.kind == "task"), key=lambda bar: bar.start)

    @property
    def waited(self) -> float:
        """Seconds that the client waited for its (first) answer."""
        return self["client"].duration

    @property
    def order(self) -> list[str]:
        """Starts and ends in the order in which they happened, as words; the same on every machine for one request.

        What still ran when the recording ended has no end. The client's own marks are left out: it runs in another
        thread, and a microsecond decides which is first.
        """
        moments = []
        for bar in self.bars:
            if bar.kind == "server":
                starts, ends = "request received", "response sent"
            elif bar.kind in ("endpoint", "task"):
                starts, ends = f"{bar.name} starts", f"{bar.name} {'fails' if bar.error else 'ends'}"
            elif bar.kind == "event":
                starts, ends = bar.name, ""
            else:
                continue
            moments.append((bar.start, starts))
            if ends and not bar.running:
                moments.append((bar.end, ends))
        return [words for _, words in sorted(moments, key=lambda moment: moment[0])]

    def data(self) -> dict[str, Any]:
        """What the picture is drawn from, as JSON: milliseconds, two decimals."""
        hidden = () if self.detail else ("dependencies", "serialization")
        return {
            "length": round(self.length * 1e3, 2),
            "bars": [
                {
                    "name": bar.name if bar.kind != "client" else bar.label,
                    "kind": bar.kind,
                    "start": round(bar.start * 1e3, 2),
                    "end": round(bar.end * 1e3, 2),
                    "sent": None if bar.sent is None else round(bar.sent * 1e3, 2),
                    "error": bar.error,
                    "running": bar.running,
                    "status": bar.status,
                }
                for bar in self.bars
                if bar.kind not in hidden
            ],
        }

    def __repr__(self) -> str:
        if self._bars is None:
            return "a timeline that is still being recorded"
        return picture.text(self.data())

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict[str, str], dict[str, Any]] | dict[str, str]:
        # JupyterLab prefers the Markdown image, because that keeps its alt text; the site and nbconvert take the SVG.
        if self._bars is None:
            return {"text/plain": repr(self)}
        data = self.data()
        svg, alt = picture.draw(data), picture.describe(data)
        bundle = {
            "image/svg+xml": svg,
            "text/markdown": image(alt, svg),
            "text/plain": repr(self),
        }
        return bundle, {"timeline": data, "image/svg+xml": {"alt": alt}}

"""A timeline as SVG, as a sentence and as text: the same bytes for the same data, standard library only."""

from html import escape
from typing import Any

__all__ = ["describe", "draw", "text"]

WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 760, 180, 60, 34, 30, 18
# Each pair was chosen for a contrast above 4.5:1 on white; hatching marks a failure, so colour is never the only sign.
COLOURS = {"client": "#0b5cad", "server": "#6f42c1", "task": "#b34700", "loop": "#8250df"}
INNER = "#57606a"
LETTER = 6.7  # the width of one in a label, in units of the drawing
WIDEST = 290  # a lane's head: labels that need more go over two lines
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 60000)


def draw(data: dict[str, Any]) -> str:
    """SVG of `Timeline.data()`: a lane for client, server, endpoint, each task and event, and a line where a response was sent."""
    bars = [bar for bar in data["bars"] if bar["kind"] != "event"]
    lanes = bars + [bar for bar in data["bars"] if bar["kind"] == "event"]
    left = lane(data)
    end = max([bar["end"] for bar in lanes], default=1.0) or 1.0
    scale = (WIDTH - left - RIGHT) / end
    bottom = TOP + ROW * len(lanes)
    height = bottom + 30

    def x(moment: float) -> str:
        return f"{left + scale * moment:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-labelledby="title" font-family="system-ui, sans-serif" font-size="12">'
        f'<title id="title">{escape(describe(data))}</title>'
        '<defs><pattern id="failed" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="6" height="6" fill="#a40e26"/><rect width="2" height="6" fill="#ffffff"/></pattern></defs>'
        # A panel of its own keeps dark text readable when the page around it is dark.
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="6" fill="#ffffff" stroke="#d0d7de"/>'
    ]
    step = next((step for step in STEPS if end / step <= 6), STEPS[-1])
    for tick in range(int(end // step) + 1):
        parts.append(
            f'<path d="M{x(tick * step)} {TOP - 6}V{bottom}" stroke="#e6e8eb"/>'
            f'<text x="{x(tick * step)}" y="{bottom + 16}" text-anchor="middle" fill="#424a53">{tick * step} ms</text>'
        )
    for row, bar in enumerate(lanes):
        y = TOP + row * ROW
        parts.append(_head(bar, left - 10, y))
        at = left + scale * bar["start"]
        parts.append(_event(bar, at, y) if bar["kind"] == "event" else _bar(bar, at, y, scale, left))
    parts += _sent_lines(bars, x, bottom, left)
    return "".join(parts) + "</svg>"


def _event(bar: dict[str, Any], at: float, y: int) -> str:
    return (
        f'<path d="M{at:.1f} {y + 8}l5 5l-5 5l-5 -5z" fill="#1f2328"/>'
        f'<text x="{at + 9:.1f}" y="{y + 17}" fill="#1f2328">{_ms(bar["start"])}</text>'
    )


def _bar(bar: dict[str, Any], at: float, y: int, scale: float, left: int) -> str:
    failed = bool(bar["error"])
    fill = "url(#failed)" if failed else COLOURS.get(bar["kind"], INNER)
    stroke = ' stroke="#a40e26"' if failed else ""
    dash = ' stroke="#1f2328" stroke-dasharray="4 3"' if bar["running"] else ""
    width = max(2.0, scale * (bar["end"] - bar["start"]))
    rect = f'<rect x="{at:.1f}" y="{y + 4}" width="{width:.1f}" height="{BAR}" rx="3" fill="{fill}"{stroke}{dash}/>'
    return rect + _label(bar, at, width, y + 17, left)


def lane(data: dict[str, Any]) -> int:
    """How wide the heads of the lanes are: as the longest label needs, from `LEFT` to `WIDEST`."""
    longest = max((len(f"{bar['kind']} {bar['name']}") for bar in data["bars"]), default=0)
    return round(min(max(LEFT, longest * LETTER + 20), WIDEST))


def _head(bar: dict[str, Any], right: int, y: int) -> str:
    """A lane's kind and name, in two lines where they are longer than the widest lane."""
    room = int((WIDEST - 20) / LETTER)
    first, second = _broken(bar["name"], room - len(bar["kind"]) - 1, room)
    heights = (17,) if not second else (11, 25)
    kind = f'<tspan fill="#57606a">{bar["kind"]}</tspan>'
    lines = [f"{kind} {escape(first)}", escape(second)]
    return "".join(
        f'<text x="{right}" y="{y + height}" text-anchor="end" fill="#1f2328">{line}</text>'
        for height, line in zip(heights, lines)
    )


def _broken(name: str, first: int, second: int) -> tuple[str, str]:
    """A name as two lines of so many letters, broken behind a word or a part of a path if that is possible."""
    if len(name) <= first:
        return name, ""
    at = max(name.rfind(sign, 0, first) for sign in "/ _")
    at = at if at > 0 else first
    rest = name[at:].lstrip()
    return name[:at].rstrip(), rest if len(rest) <= second else rest[: second - 1] + "…"


def _label(bar: dict[str, Any], at: float, width: float, y: int, left: int) -> str:
    """The duration inside a bar that is long enough, else beside it on the side where there is room.

    What finds room on neither side stands on a light patch inside the bar.
    """
    words, failed = _ms(bar["end"] - bar["start"]), bool(bar["error"])
    if bar["running"]:
        words += ", still running"
    if failed:
        words = f"✗ {bar['error']}, {words}"
    room = 7.2 * len(words) + 8
    if width > room and not failed:
        return f'<text x="{at + width / 2:.1f}" y="{y}" text-anchor="middle" fill="#ffffff">{escape(words)}</text>'
    if at + width + room <= WIDTH:
        return f'<text x="{at + width + 6:.1f}" y="{y}" fill="#1f2328">{escape(words)}</text>'
    if at - room >= left:
        return f'<text x="{at - 6:.1f}" y="{y}" text-anchor="end" fill="#1f2328">{escape(words)}</text>'
    patch = f'<rect x="{at + 4:.1f}" y="{y - 11}" width="{room:.1f}" height="14" rx="3" fill="#ffffff"/>'
    return f'{patch}<text x="{at + 8:.1f}" y="{y}" fill="#1f2328">{escape(words)}</text>'


def _sent_lines(bars: list[dict[str, Any]], x, bottom: int, left: int) -> list[str]:
    """ "Response sent": through all lanes for a single request, else through the lanes of its own request."""
    servers = [row for row, bar in enumerate(bars) if bar["kind"] == "server" and bar["sent"] is not None]
    if not servers:
        return []
    if len(servers) == 1:
        at = x(bars[servers[0]]["sent"])
        side = "end" if float(at) > WIDTH / 2 else "start"
        words = f'<text x="{at}" y="{TOP - 14}" text-anchor="{side}" fill="#116329">response sent</text>'
        return [_sent_line(at, TOP - 6, bottom), words]
    parts = []
    for server in servers:
        sent = bars[server]["sent"]
        rows = [row for row, bar in enumerate(bars) if bar["sent"] == sent]
        parts.append(_sent_line(x(sent), TOP + min(rows) * ROW - 6, TOP + (max(rows) + 1) * ROW))
    return [*parts, f'<text x="{left}" y="{TOP - 14}" fill="#116329">- - response sent</text>']


def _sent_line(at: str, top: int, end: int) -> str:
    return f'<path d="M{at} {top}V{end}" stroke="#116329" stroke-width="2" stroke-dasharray="5 3"/>'


def describe(data: dict[str, Any]) -> str:
    """The finding in words: who waited how long, and which task ran when. Also the picture's alternative text."""
    sentences: list[str] = []
    tasks: dict[str, list[str]] = {}

    def flush() -> None:
        sentences.extend(when + ", ".join(told) for when, told in tasks.items())
        tasks.clear()

    for bar in data["bars"]:
        took = _ms(bar["end"] - bar["start"])
        if bar["kind"] == "client":
            flush()
            end = f" and got {bar['error']} instead of an answer" if bar["error"] else ""
            sentences.append(f"The client waited {took} for {bar['name']}{end}")
        elif bar["kind"] == "server" and (bar["status"] or 0) >= 400:
            sentences.append(f"The server answered with {bar['status']}")
        elif bar["kind"] == "loop":
            flush()
            sentences.append(f"The event loop stood still for {took} in {bar['name']}")
        elif bar["kind"] == "task":
            tasks.setdefault(_when(bar), []).append(f"{bar['name']} {_outcome(bar, took)}")
    flush()
    return ". ".join(sentences or ["Nothing was recorded"]) + "."


def _when(bar: dict[str, Any]) -> str:
    """How the sentence on a task begins; a job of another process has no response of its own."""
    if bar["sent"] is None:
        return ""
    return "After the response was sent, " if bar["start"] >= bar["sent"] else "Before the response was sent, "


def _outcome(bar: dict[str, Any], took: str) -> str:
    if bar["running"]:
        return f"was still running {took} later"
    return f"failed with {bar['error']} after {took}" if bar["error"] else f"ran {took}"


def text(data: dict[str, Any]) -> str:
    """One line for each bar, in the order of the picture, and the finding. Numbers carry a unit, so that nbval leaves them out."""
    lines = []
    for bar in data["bars"]:
        what = f"{bar['kind']:13} {bar['name']}"
        if bar["kind"] == "event":
            lines.append(f"{what}: at {_ms(bar['start'])}")
        else:
            mark = f"  ✗ {bar['error']}" if bar["error"] else "  still running" if bar["running"] else ""
            lines.append(f"{what}: {_ms(bar['start'])} to {_ms(bar['end'])}{mark}")
    return "\n".join([*lines, describe(data)])


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:.1f} ms" if milliseconds < 100 else f"{milliseconds:.0f} ms"

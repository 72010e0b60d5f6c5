"""Whether the event loop stayed free while a task ran."""

from helpers.live.timeline import Bar, Timeline


def served_during(timeline: Timeline, task: Bar) -> int:
    """How many other requests the event loop began with while the task ran."""
    return sum(bar.kind == "server" and task.start < bar.start < task.end for bar in timeline)

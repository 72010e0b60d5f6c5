"""The row of letters below a question in JupyterLab: one click or key answers it, and its comparison follows.

Question and row are two outputs, because JupyterLab shows an error in the place of a widget whose kernel has ended, and
never what else is in that output. Stored and compared runs (COURSE_RUN=ci) have no row, and neither has VS Code.
"""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from helpers.learning import store
from helpers.learning.model import SURE, Prediction, sureness
from helpers.notes import Card, plain
from helpers.surroundings import checked


class Taken(NamedTuple):
    """What is told of what was entered, and what is recorded then: the choice, and how sure it is."""

    told: str
    chosen: str
    sure: int | None


Take = Callable[[object, object], Taken]  # a choice, or how sure the one before is; the other is None

_compared: set[str] = set()  # the predictions whose comparison this kernel has shown
_turn = threading.Lock()  # JupyterLab may have clicks heard in another thread than the cells run in


def offered() -> bool:
    """Whether clicks can be heard here: in a notebook's kernel, where no output is stored or compared."""
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return not checked() and hasattr(shell, "kernel") and "__vsc_ipynb_file__" not in shell.user_ns


class Clickable(Card):
    """A question, shown with the row that answers it. `take` records what was entered."""

    def __init__(self, question: Card, prediction: Prediction, take: Take):
        self.markdown, self.text = question.markdown, question.text
        self._prediction, self._take = prediction, take

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self._repr_mimebundle_(), raw=True)
        try:
            row = _row(self._prediction, self._take)
        except ImportError:  # no anywidget: the letter is typed
            return
        shown = row._repr_mimebundle_()
        data, metadata = shown if isinstance(shown, tuple) else (shown or {}, {})
        display({**data, "text/plain": "(In JupyterLab, letters to click.)"}, metadata=metadata, raw=True)


class Compared(Card):
    """A comparison that `renew` can change where it stands."""

    def __init__(self, comparison: Card, id: str):
        self.markdown, self.text, self._id = comparison.markdown, comparison.text, id

    def _ipython_display_(self) -> None:
        from IPython.display import display

        _compared.add(self._id)
        display(self._repr_mimebundle_(), raw=True, display_id=_place(self._id))


def compared(id: str) -> bool:
    """Whether this kernel has shown the comparison, so that what was measured is known to the reader."""
    return id in _compared


def renew(id: str, comparison: Card) -> None:
    """Show this comparison wherever the prediction's stands. A page that was loaded anew no longer knows where."""
    from IPython.display import update_display

    update_display(comparison._repr_mimebundle_(), raw=True, display_id=_place(id))


def _place(id: str) -> str:
    return f"compare {id}"


def _row(prediction: Prediction, take: Take) -> Any:
    import anywidget  # here, because it takes 0.7 s
    import traitlets

    recorded = store.recorded().get(prediction.id)

    class Row(anywidget.AnyWidget):
        _esm = Path(__file__).with_suffix(".js")
        about = traitlets.Unicode(prediction.id).tag(sync=True)
        options = traitlets.List().tag(sync=True)
        unit = traitlets.Unicode(prediction.unit).tag(sync=True)
        levels = traitlets.List([[level, words] for level, words in SURE.items()]).tag(sync=True)
        chosen = traitlets.Unicode(prediction.read(recorded) or "").tag(sync=True)
        sure = traitlets.Int(sureness(recorded) or 0).tag(sync=True)
        settled = traitlets.Bool(compared(prediction.id)).tag(sync=True)  # nobody asks how sure one was afterwards
        status = traitlets.Unicode("").tag(sync=True)
        heard = traitlets.Unicode("").tag(sync=True)  # the name that a page gave to its last message

    def hear(_: Any, content: dict[str, Any], __: Any) -> None:
        with _turn:  # one after the other, as they were entered
            taken = take(content.get("choice"), content.get("sure"))
            row.status, row.chosen, row.sure = taken.told, taken.chosen, taken.sure or 0
            row.settled = compared(prediction.id)
            row.heard = str(content.get("name", ""))

    row = Row(options=[[letter, plain(text)] for letter, text in prediction.options.items()])
    row.on_msg(hear)
    return row

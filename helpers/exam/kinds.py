"""The kinds of questions, one class each: what it takes, how an answer is read, judged and told, what its makers may forget.

The example of an answer that a reader is shown is never the right one, nor one that is half right.

`of(question)` gives a question's kind. To add one: a class with its verbs here, a line in `helpers/chapters/README.md`.
"""

import ast
import random
import re
from collections.abc import Mapping
from math import isfinite
from typing import Any, Protocol

from helpers.exam.model import Item, Question, Verdict
from helpers.wording import code

__all__ = ["KINDS", "Bench", "Choice", "Kind", "bars_of", "close", "near", "of"]

EXAMPLES = (0.15, 0.35, 0.7, 1.5, 2.5, 4.0, 9.0)  # seconds that an example of an answer may have
SPANS = ((0.3, 0.9), (0.5, 1.5), (1.0, 1.5), (2.0, 3.5))  # and start and end of a bar
SLACK = 0.1  # seconds that a drawn start or end may be off
BAR = re.compile(r"([\w#]+)\s+(\d*\.?\d+)\s*(?:-|–|to)\s*(\d*\.?\d+)")
NEEDED = frozenset({"kind", "level", "question", "explanation", "wrong"})


class Bench(Protocol):
    """Where a proof runs: `proof.Run`."""

    @property
    def found(self) -> Any:
        """What a proof has bound to `found`, the answer it came to; None without one."""
        ...

    def run(self, source: str) -> str:
        """Run code after what ran before, and give what it printed."""
        ...

    def measured(self, question: Question) -> Any:
        """The timeline of a question's app, run now."""
        ...


class Kind:
    """One kind. `name` is what a question's table says, `title` what a reader is told, `needs` what its table must hold.

    An answer is recorded as a short text, so that it survives a restart; `read` makes it and the others take it.
    """

    name: str
    title: str
    needs: frozenset[str] = frozenset({"right"})
    may: frozenset[str] = frozenset()  # what its table may hold besides
    written = True  # the reader has to be told what to write, because it is not just a letter
    boxes = False  # on paper an option is ticked
    several = False  # more than one option is right
    proves_itself = False  # its own code shows the answer
    tells_by_length = False  # the length of an option could give the answer away

    def takes(self, item: Item) -> str:
        """What an answer to this question looks like, as half a sentence."""
        raise NotImplementedError

    def read(self, item: Item, choice: object) -> str | None:
        """The answer as it is recorded. None when it is none of what the question takes."""
        raise NotImplementedError

    def say(self, item: Item, recorded: str) -> str:
        """A recorded answer as a reader writes it, with the text of a chosen option, as Markdown."""
        return recorded

    def should(self, item: Item) -> str:
        """The right answer in words, as Markdown."""
        raise NotImplementedError

    def is_right(self, item: Item, recorded: str) -> bool:
        """Whether a recorded answer is the right one."""
        return recorded == item.right

    def hints(self, item: Item, recorded: str) -> tuple[str, ...]:
        """The misconceptions behind a recorded answer, a sentence each."""
        raise NotImplementedError

    def judge(self, item: Item, recorded: str | None) -> Verdict:
        """The verdict on a recorded answer; without one, it is open and counts as wrong."""
        if recorded is None:
            return Verdict(False, "no answer", self.should(item))
        right, parts = self.is_right(item, recorded), self.parts(item, recorded)
        return Verdict(right, self.say(item, recorded), self.should(item), self.hints(item, recorded), parts)

    def parts(self, item: Item, recorded: str) -> tuple[int, int]:
        """How many of how many parts of an answer are right; a kind without parts has one."""
        return int(self.is_right(item, recorded)), 1

    def key(self, item: Item, wrong: str) -> str:
        """How a reader knows what a key of `wrong` stands for."""
        return item.letters.get(wrong, wrong)

    def option(self, text: str) -> str:
        """An option's text as Markdown."""
        return text

    def same(self, option: str) -> str:
        """An option without what is only spelling: two that are then equal say the same. In code every sign counts."""
        return option if re.fullmatch("`[^`]+`", option) else without_spelling(option)

    def faults(self, q: Question) -> list[str]:
        """What is wrong with a question of this kind in particular, a sentence each."""
        return []

    def prove(self, q: Question, bench: Bench) -> str:
        """Run a question's proof; nothing when it holds, else what came. Code that is no Python, such as YAML, it reads."""
        if _is_python(q.code):
            bench.run(q.code)
        bench.run(q.prove)
        return self.other(q, bench.found)

    def other(self, q: Question, found: Any) -> str:
        """Nothing when the answer that a proof came to is the key, or when it came to none; else what it came to."""
        return "" if found is None or self.means(q, found) else f"it was found to be {found!r}"

    def means(self, q: Question, found: Any) -> bool:
        """Whether the answer that a proof came to is the question's key."""
        raise NotImplementedError


class _Lettered(Kind):
    """Answered with letters of its options, in any usual form: "ba", "b, a", ["B", "a"], "a) b)"."""

    def read(self, item: Item, choice: object) -> str | None:
        if isinstance(choice, list | tuple | set | frozenset):
            words = [str(one) for one in choice]
            choice = " ".join(sorted(words) if isinstance(choice, set | frozenset) else words)
        letters = re.sub(r"[\s,;>)(-]+", "", choice).lower() if isinstance(choice, str) else ""
        if not letters or set(letters) - set(item.options) or len(set(letters)) < len(letters):
            return None
        return self.counted(item, letters)

    def counted(self, item: Item, letters: str) -> str | None:
        """The letters as they are recorded; None when there are too many or too few."""
        return letters if len(letters) == 1 else None

    def say(self, item: Item, recorded: str) -> str:
        return "; ".join(f"{letter}) {self.option(item.options.get(letter, '?'))}" for letter in recorded)

    def should(self, item: Item) -> str:
        return self.say(item, item.right)

    def hints(self, item: Item, recorded: str) -> tuple[str, ...]:
        wrong, chosen = item.question.wrong, [item.options.get(letter, "") for letter in recorded]
        return tuple(wrong[text] for text in chosen if text in wrong)

    def takes(self, item: Item) -> str:
        return f"one letter of {', '.join(item.options)}"


class Choice(_Lettered):
    """One right option among several."""

    written = False
    boxes = True

    def means(self, q: Question, found: Any) -> bool:
        return _option(q, found) == q.right[0]

    def faults(self, q: Question) -> list[str]:
        wrong = [] if len(q.right) == 1 else [f"it has {len(q.right)} right options, not one"]
        return wrong + ([] if 2 <= len(q.wrong) <= 4 else [f"it has {len(q.wrong)} wrong options, not two to four"])


class Single(Choice):
    """A statement to choose."""

    name, title = "single", "single choice"
    tells_by_length = True


class Prints(Choice):
    """The output of the code that is shown: to run it is the proof."""

    name, title = "prints", "what does this print?"
    needs = frozenset({"right", "code"})
    proves_itself = True

    def option(self, text: str) -> str:
        return code(text)

    def same(self, option: str) -> str:
        return option  # of what is printed every sign counts

    def faults(self, q: Question) -> list[str]:
        broken = [
            f"the option {text!r} has several lines, which are shown as one" for text in q.options if "\n" in text
        ]
        return super().faults(q) + broken

    def prove(self, q: Question, bench: Bench) -> str:
        lines = bench.run(q.code).rstrip("\n")
        if lines != q.right[0]:
            return f"it prints {lines!r}, not {q.right[0]!r}"
        bench.run(q.prove)
        return ""


class Fault(Choice):
    """What is wrong with the code that is shown."""

    name, title = "fault", "find the fault in this code"
    tells_by_length = True

    def prove(self, q: Question, bench: Bench) -> str:
        bench.run(q.prove)  # which runs the faulty code itself where it wants to, with `exec(code)`
        return self.other(q, bench.found)


class Multiple(_Lettered):
    """Each option holds or not, one at least."""

    name, title = "multiple", "multiple choice"
    boxes = several = True

    def means(self, q: Question, found: Any) -> bool:
        return {_option(q, one) for one in found} == set(q.right)

    def takes(self, item: Item) -> str:
        return f"the letters of all that holds, one or more of {', '.join(item.options)}"

    def counted(self, item: Item, letters: str) -> str | None:
        return "".join(sorted(letters))

    def parts(self, item: Item, recorded: str) -> tuple[int, int]:
        """Each option is one: chosen if it holds, left out if not."""
        return sum((letter in recorded) == (letter in item.right) for letter in item.options), len(item.options)

    def hints(self, item: Item, recorded: str) -> tuple[str, ...]:
        left_out = [text for text in item.question.right if item.letters[text] not in recorded]
        more = (f"Left out: {'; '.join(left_out)}.",) if left_out else ()
        return super().hints(item, recorded) + more

    def faults(self, q: Question) -> list[str]:
        wrong = [] if 1 <= len(q.right) <= 4 else [f"it has {len(q.right)} right options, not one to four"]
        wrong += [] if q.wrong else ["all of its options are right"]
        return wrong + ([] if 4 <= len(q.options) <= 5 else [f"it has {len(q.options)} options, not four or five"])


class Order(_Lettered):
    """Events in the order in which they happen."""

    name, title = "order", "order these events"
    needs = frozenset({"order"})

    def means(self, q: Question, found: Any) -> bool:
        return tuple(_option(q, one) for one in found) == q.order

    def takes(self, item: Item) -> str:
        example = "".join(sorted(item.options, reverse=True))
        example = example[1:] + example[0] if example == item.right else example
        return f"all the letters {', '.join(item.options)} in the order of the events, such as `{example}`"

    def counted(self, item: Item, letters: str) -> str | None:
        return letters if len(letters) == len(item.options) else None

    def say(self, item: Item, recorded: str) -> str:
        return ", ".join(recorded)

    def parts(self, item: Item, recorded: str) -> tuple[int, int]:
        """Each pair of neighbouring events is one."""
        places = [recorded.index(letter) for letter in item.right]
        return sum(sooner < later for sooner, later in zip(places, places[1:])), len(places) - 1

    def hints(self, item: Item, recorded: str) -> tuple[str, ...]:
        place = {letter: number for number, letter in enumerate(item.right, start=1)}
        given = [place.get(letter, 0) for letter in recorded]
        pairs = {key: self._pair(key) for key in item.question.wrong}
        return tuple(
            item.question.wrong[key]
            for key, (later, sooner) in pairs.items()
            if given.index(later) < given.index(sooner)
        )

    def key(self, item: Item, wrong: str) -> str:
        return " before ".join(f"{item.question.order[number - 1]!r}" for number in self._pair(wrong))

    def faults(self, q: Question) -> list[str]:
        count = len(q.order)
        pairs = {f"{place + 1} before {place}" for place in range(1, count)}
        known = {f"{later} before {sooner}" for later in range(2, count + 1) for sooner in range(1, later)}
        wrong = [f"no message for {pair!r}" for pair in sorted(pairs - set(q.wrong))]
        wrong += [f"{key!r} is no wrong order" for key in sorted(set(q.wrong) - known)]
        return wrong + ([] if 3 <= count <= 6 else ["an order needs three to six events"])

    @staticmethod
    def _pair(key: str) -> tuple[int, int]:
        later, sooner = map(int, key.split(" before "))
        return later, sooner


class Wait(Kind):
    """Seconds, as `near` takes them."""

    name, title = "wait", "estimate the wait"
    needs = frozenset({"seconds"})

    def means(self, q: Question, found: Any) -> bool:
        return abs(found - q.seconds) <= max(0.05, 0.15 * q.seconds)  # closer than an answer has to be

    def takes(self, item: Item) -> str:
        q = item.question
        known = (q.seconds, *(float(key) for key in q.wrong))
        strange = [number for number in EXAMPLES if not any(near(number, other) for other in known)]
        return f"a number of seconds, such as `{random.Random(q.id).choice(strange):g}`"

    def read(self, item: Item, choice: object) -> str | None:
        if isinstance(choice, str):
            found = re.fullmatch(r"\s*(\d*[.,]?\d+)\s*(ms|s)?\s*", choice)
            number = float(found[1].replace(",", ".")) / (1000 if found[2] == "ms" else 1) if found else -1.0
        elif isinstance(choice, int | float) and not isinstance(choice, bool):
            number = float(choice)
        else:
            return None
        return f"{number:.4g}" if isfinite(number) and number >= 0 else None

    def say(self, item: Item, recorded: str) -> str:
        return f"{recorded} s"

    def should(self, item: Item) -> str:
        return f"{item.question.seconds:g} s"

    def is_right(self, item: Item, recorded: str) -> bool:
        return near(float(recorded), item.question.seconds)

    def hints(self, item: Item, recorded: str) -> tuple[str, ...]:
        if self.is_right(item, recorded):
            return ()
        number, q = float(recorded), item.question
        expected = next((message for key, message in q.wrong.items() if near(number, float(key))), "")
        return (expected or ("That is too short." if number < q.seconds else "That is too long."),)

    def key(self, item: Item, wrong: str) -> str:
        return f"{wrong} s"

    def prove(self, q: Question, bench: Bench) -> str:
        for _ in range(3):  # a busy machine can be late once; what is wrong is wrong each time
            told = super().prove(q, bench)
            if not told:
                return ""
        return told

    def faults(self, q: Question) -> list[str]:
        numbers = [_number(key) for key in q.wrong]
        wrong = ["a wrong wait is no number of seconds"] if None in numbers else []
        wrong += [f"{n:g} s counts as right" for n in numbers if n is not None and near(n, q.seconds)]
        return wrong + (["needs two wrong waits that people expect"] if len(numbers) < 2 else [])


class Timeline(Kind):
    """Bars by name, each from its start to its end in seconds, as `close` takes them."""

    name, title = "timeline", "draw the timeline"
    needs = frozenset({"bars", "requests", "code"})
    may = frozenset({"never"})
    proves_itself = True

    def takes(self, item: Item) -> str:
        q, names = item.question, self.names(item.question)
        spans = (next(span for span in SPANS if name in q.never or not close(span, q.bars[name])) for name in names)
        example = ", ".join(f"{name} {start:g}-{end:g}" for name, (start, end) in zip(names[:2], spans))
        return (
            f"start and end in seconds of each bar, as in `{example}`. What may have one: {', '.join(names)};"
            " leave out what never runs"
        )

    def names(self, q: Question) -> list[str]:
        """What may be drawn, in the order in which the code has it: what has a bar and what has none."""
        return sorted((*q.bars, *q.never), key=q.code.find)

    def read(self, item: Item, choice: object) -> str | None:
        if isinstance(choice, Mapping):
            choice = ", ".join(f"{name} {float(start):g}-{float(end):g}" for name, (start, end) in choice.items())
        if not isinstance(choice, str) or BAR.sub("", choice).strip(" ,;\n\t."):
            return None
        found = bars_of(choice)
        late = any(end < start or end > 3600 for start, end in found.values())
        if not found or late or set(found) - set(self.names(item.question)):
            return None
        return ", ".join(f"{name} {start:g}-{end:g}" for name, (start, end) in found.items())

    def should(self, item: Item) -> str:
        return ", ".join(f"{name} {start:g}-{end:g}" for name, (start, end) in item.question.bars.items())

    def is_right(self, item: Item, recorded: str) -> bool:
        return not self.off(item.question, bars_of(recorded))

    def hints(self, item: Item, recorded: str) -> tuple[str, ...]:
        q = item.question
        return tuple(q.wrong[name] for name in self.off(q, bars_of(recorded)) if name in q.wrong)

    def parts(self, item: Item, recorded: str) -> tuple[int, int]:
        """Each bar is one, and so is each that has to be left out."""
        q = item.question
        count = len(q.bars) + len(q.never)
        return count - len(self.off(q, bars_of(recorded))), count

    def off(self, q: Question, drawn: Mapping[str, tuple[float, float]]) -> list[str]:
        """The names of the bars that are missing, elsewhere than the question has them, or drawn for what never runs."""
        off = [name for name, bar in q.bars.items() if name not in drawn or not close(drawn[name], bar)]
        return off + [name for name in q.never if name in drawn]

    def faults(self, q: Question) -> list[str]:
        names = self.names(q)
        wrong = [f"no message for the bar {name!r}" for name in names if name not in q.wrong and name != "client"]
        wrong += [f"{name!r} is no bar" for name in q.wrong if name not in names]
        wrong += [f"{name!r} has a bar and never runs" for name in q.never if name in q.bars]
        early = any(not 0 <= start <= end for start, end in q.bars.values())
        return wrong + (["a bar ends before it starts"] if early else [])

    def prove(self, q: Question, bench: Bench) -> str:
        off: dict[str, tuple[float, float]] = {}
        for _ in range(3):  # a busy machine can be late once; what is wrong is wrong each time
            timeline = bench.measured(q)
            seen = {name: (timeline[name].start, timeline[name].end) for name in q.bars}
            off = {name: seen[name] for name, bar in q.bars.items() if not close(bar, seen[name])}
            ran = [name for name in q.never if name in timeline.names]
            if ran:
                return f"it says that {', '.join(ran)} never runs, and it ran"
            if not off:
                return ""
        return f"other bars were measured: {off}"


KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (Single(), Multiple(), Order(), Prints(), Fault(), Wait(), Timeline())
}


def of(question: Question) -> Kind:
    """The kind of a question of the bank."""
    return KINDS[question.kind]


def near(number: float, seconds: float) -> bool:
    """Whether an estimate counts: off by at most a quarter, or by 0.05 s where that is more."""
    return abs(number - seconds) <= tolerance(seconds) + 1e-9


def tolerance(seconds: float) -> float:
    """How far from the measured seconds an estimate counts."""
    return max(0.05, 0.25 * seconds)


def bars_of(recorded: str) -> dict[str, tuple[float, float]]:
    """The bars in a recorded drawing, by name: start and end in seconds."""
    return {name: (float(start), float(end)) for name, start, end in BAR.findall(recorded)}


def close(drawn: tuple[float, float], bar: tuple[float, float]) -> bool:
    """Whether a drawn bar starts and ends where it should, to `SLACK` or a fifth of its end."""
    return all(abs(one - other) <= max(SLACK, 0.2 * bar[1]) + 1e-9 for one, other in zip(drawn, bar))


def without_spelling(text: str) -> str:
    """A text in lower case without punctuation and spare spaces."""
    return " ".join(re.sub(r"[^\w\s<>=+-]", "", text.lower()).split())


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _option(q: Question, text: str) -> str:
    """The option that a proof names, by itself or by a part that no other has; nothing when it names none or several."""
    found = [text] if text in q.options else [option for option in q.options if text in option]
    return found[0] if len(found) == 1 else ""


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None

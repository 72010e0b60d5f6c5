"""Questions that are never the same twice: templates, whose instances a seed shapes and whose keys are measured.

`find("2.3-calls~7")` is instance 7 of a template; `sources()` holds what an exam draws from, one source a template.
"""

import hashlib
import importlib
import pkgutil
from collections.abc import Callable
from functools import cache

from helpers.exam.draw import Source
from helpers.exam.model import MADE, Question
from helpers.exam.templates.model import SEEDS, TEMPLATES, Template

__all__ = ["SEEDS", "find", "load", "sources"]


@cache
def load() -> dict[str, Template]:
    """All templates by id, in the order of the sections."""
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith("ch"):
            importlib.import_module(f"{__name__}.{module.name}")
    return dict(sorted(TEMPLATES.items(), key=lambda pair: [*map(int, pair[0].partition("-")[0].split(".")), pair[0]]))


def find(id: str) -> Question | None:
    """The instance with this id, "2.3-calls~7"; None when there is none."""
    name, _, number = id.partition(MADE)
    template = load().get(name)
    if template is None or not number.isdecimal() or str(int(number)) != number or int(number) >= SEEDS:
        return None
    return _instance(name, int(number))


def sources() -> list[Source]:
    """A source for each template: an exam's seed says which of its instances is asked."""
    return [Source(name, one.kind, frozenset(one.facts), _asked(one)) for name, one in load().items()]


def _asked(template: Template) -> Callable[[object], Question]:
    def question(seed: object) -> Question:
        return _instance(template.id, _number(seed, template.id))

    return question


@cache
def _instance(name: str, number: int) -> Question:
    return load()[name].instance(number)


def _number(seed: object, name: str) -> int:
    """Which instance belongs to an exam's seed: the same on every machine."""
    return int.from_bytes(hashlib.sha256(f"{seed} {name}".encode()).digest()[:4], "big") % SEEDS

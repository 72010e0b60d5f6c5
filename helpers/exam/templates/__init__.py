"""Questions that are never the same twice: templates, whose instances a seed shapes and whose keys are measured.

`find("2.3-calls~7")` is instance 7 of a template; `offered(seed)` holds one instance of each for an exam's seed.
"""

import hashlib
import importlib
import pkgutil
from functools import cache

from helpers.exam.model import Question
from helpers.exam.templates.model import SEEDS, TEMPLATES, Template

__all__ = ["SEEDS", "find", "load", "offered"]

MARK = "~"  # between a template's id and the number of its instance


@cache
def load() -> dict[str, Template]:
    """All templates by id, in the order of the sections."""
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith("ch"):
            importlib.import_module(f"{__name__}.{module.name}")
    return dict(sorted(TEMPLATES.items(), key=lambda pair: [*map(int, pair[0].partition("-")[0].split(".")), pair[0]]))


@cache
def find(id: str) -> Question | None:
    """The instance with this id, "2.3-calls~7"; None when there is none."""
    name, _, number = id.partition(MARK)
    template = load().get(name)
    if template is None or not number.isdecimal() or str(int(number)) != number or int(number) >= SEEDS:
        return None
    return template.instance(int(number))


def offered(seed: object) -> dict[str, str]:
    """By the id of each template, the id of the instance that an exam with this seed asks."""
    return {name: f"{name}{MARK}{_number(seed, name)}" for name in load()}


def _number(seed: object, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed} {name}".encode()).digest()[:4]) % SEEDS

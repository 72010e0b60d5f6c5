"""`python -m helpers.exam.templates [ID ...]` runs the code of every template's instances and writes their keys."""

import json
import sys
import time
from typing import Any

from helpers.exam.templates import SEEDS, keys, load
from helpers.exam.templates.model import Template


def measured(template: Template) -> dict[str, str]:
    """The keys of all instances by the digest of their code, measured now, with those of shapes that were passed over."""
    by: dict[str, str] = {}

    def found(name: str, code: str, measure: str) -> Any:
        key = keys.measured(code, measure)
        if by.setdefault(keys.digest(code, measure), key) != key:
            raise SystemExit(f"{name}: two codes have one digest")
        return json.loads(key)

    for seed in range(SEEDS):
        template.instance(seed, found)
    return by


def main(names: list[str]) -> None:
    """Measure the named templates, or all; what is not named keeps its keys."""
    found = {} if not names else {name: dict(keys.shipped(name)) for name in load()}
    for name, template in load().items():
        if not names or name in names:
            begun = time.perf_counter()
            found[name] = measured(template)
            print(f"{name}: {len(found[name])} codes in {time.perf_counter() - begun:.1f} s", flush=True)
    keys.write(found)


if __name__ == "__main__":
    main(sys.argv[1:])

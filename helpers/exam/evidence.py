"""What a proof can ask of the cell that it names: the output that the cell gave when it was executed.

The notebooks are stored with their outputs, and a test runs every cell anew and compares; so a key that is proved by an
output is proved by the run.
"""

import re
from collections.abc import Mapping


class Shown(str):
    """The output of a proof's cell, as text. An option may be named by a part of it that no other option has."""

    def which(self, options: Mapping[str, str]) -> str:
        """The option whose sign stands in the output; `options` gives each sign its option. LookupError for none or two."""
        found = {option for sign, option in options.items() if sign in self}
        if len(found) != 1:
            raise LookupError(f"the cell shows {sorted(found) or 'none of the signs'}")
        return found.pop()

    def those(self, signs: Mapping[str, str]) -> list[str]:
        """All options whose sign stands in the output; `signs` gives each option its sign."""
        return [option for option, sign in signs.items() if sign in self]

    def ordered(self, signs: Mapping[str, str]) -> list[str]:
        """The events in the order of their signs in the output. LookupError when one is missing."""
        missing = [sign for sign in signs.values() if sign not in self]
        if missing:
            raise LookupError(f"the cell does not show {missing}")
        return sorted(signs, key=lambda event: self.index(signs[event]))

    def after(self, text: str, nth: int = 1) -> float:
        """The number behind the nth `text`, in seconds where its unit is ms. LookupError when there is none."""
        found = re.findall(re.escape(text) + r"\s*([\d.]+) ?(ms\b)?", self)
        if len(found) < nth:
            raise LookupError(f"the cell shows no number behind {text!r}")
        number, unit = found[nth - 1]
        return float(number.rstrip(".")) / (1000 if unit else 1)

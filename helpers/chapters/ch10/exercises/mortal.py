"""A connection to SQLite that ends while it writes: what was not committed by then is gone."""

import re
import sqlite3
from typing import Any, Self, cast

__all__ = ["Mortal"]


class Mortal(sqlite3.Connection):
    """Fails at the n-th statement that writes and at each one behind it, as if the process were killed there.

    `left` is how many statements that write still go well; the one behind them is an OperationalError that says `says`,
    and `failed` tells that it came.
    """

    left = 99
    says = "killed here"
    failed = False

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        return self.cursor().executemany(sql, parameters)

    def executescript(self, sql: str, /) -> sqlite3.Cursor:
        return self.cursor().executescript(sql)

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or _Cursor)

    def write(self) -> None:
        """Count a statement that writes; OperationalError when none is left."""
        if self.left == 0:
            self.failed = True
            raise sqlite3.OperationalError(self.says)
        self.left -= 1


class _Cursor(sqlite3.Cursor):
    """Asks its connection before each statement that writes."""

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        self._write(sql)
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> Self:
        self._write(sql)
        return super().executemany(sql, parameters)

    def executescript(self, sql: str, /) -> sqlite3.Cursor:
        self._write(sql)
        return super().executescript(sql)

    def _write(self, sql: str) -> None:
        if re.search(r"\b(insert|update|replace)\b", sql, re.IGNORECASE):
            cast(Mortal, self.connection).write()

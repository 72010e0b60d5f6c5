"""Orders in memory, behind a session that has to be closed as a database's has."""

from collections.abc import Iterator
from contextlib import contextmanager

rows: list[int] = []


class Session:
    def __init__(self) -> None:
        self.open = True

    def add(self, order: int) -> None:
        rows.append(order)

    def parcels(self) -> list[str]:
        return [f"parcel {order}" for order in rows]

    def close(self) -> None:
        self.open = False


@contextmanager
def open_session() -> Iterator[Session]:
    session = Session()
    try:
        yield session
    finally:
        session.close()


def get_session() -> Iterator[Session]:
    with open_session() as session:
        yield session

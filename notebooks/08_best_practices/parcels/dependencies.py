from collections.abc import Callable, Iterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import BackgroundTasks, Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session

from parcels.database import get_engine
from parcels.models import Parcel, Sender
from parcels.security import MINUTE, count_attempt, read_token


def get_session() -> Iterator[Session]:
    with Session(get_engine()) as session:
        yield session


# Fewer at once than the pool has connections (15). Else threads that wait for one leave none to those who hold one
# and need a thread to end: 80 clients at once, and half of them get a 500 after 30 s.
SessionDep = Annotated[Session, Depends(get_session, scope="function", max_concurrency=10)]


async def get_run_later(request: Request, background_tasks: BackgroundTasks) -> Callable[..., Any]:
    """Where tasks go: to the queue if there is one, else behind this answer."""
    queue = request.state.queue
    return queue.enqueue if queue else background_tasks.add_task


RunLaterDep = Annotated[Callable[..., Any], Depends(get_run_later)]


def get_limit(request: Request, session: SessionDep) -> Callable[..., None]:
    """A function that refuses a client who did something, named by words, more than `tries` times a minute."""
    host = request.client.host if request.client else "?"

    def limit(tries: int, *what: str) -> None:
        if count_attempt(session, host, *what) > tries:
            raise HTTPException(429, "Too often: wait a minute.", headers={"Retry-After": str(MINUTE)})

    return limit


LimitDep = Annotated[Callable[..., None], Depends(get_limit, scope="function")]


def get_current_sender(
    session: SessionDep, bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]
) -> Sender:
    sender_id = read_token(bearer.credentials)
    sender = session.get(Sender, sender_id) if sender_id else None
    if sender is None:
        raise HTTPException(401, "Sign in again.", headers={"WWW-Authenticate": "Bearer"})
    return sender


SenderDep = Annotated[Sender, Depends(get_current_sender)]


def get_own_parcel(parcel_id: UUID, session: SessionDep, sender: SenderDep) -> Parcel:
    """Somebody else's parcel is answered like one that does not exist."""
    parcel = session.get(Parcel, parcel_id)
    if parcel is None or parcel.sender_id != sender.id:
        raise HTTPException(404, "No such parcel of yours.")
    return parcel


ParcelDep = Annotated[Parcel, Depends(get_own_parcel)]

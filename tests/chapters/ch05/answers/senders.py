"""What learners pass to 5.5-senders."""

from collections.abc import Callable

from fastapi import APIRouter, FastAPI
from sqlalchemy import func
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import joinedload, raiseload, selectinload
from sqlmodel import Session, select
from sqlmodel.ext.asyncio.session import AsyncSession

from helpers.chapters.ch05.exercises.office import office
from tests.chapters.answers import right, stub, wrong

world = office()
engine, Sender, Parcel, SenderRecipients = world.senders_engine, world.Sender, world.Parcel, world.SenderRecipients


def senders(function: Callable, used=engine):
    app = FastAPI()
    app.get("/senders")(function)
    return app, used


def summary(sender: Sender) -> SenderRecipients:
    return SenderRecipients(name=sender.name, recipients=[parcel.recipient for parcel in sender.parcels])


@stub("5.5-senders")
def senders_shipped():
    def list_recipients() -> list[SenderRecipients]: ...

    return senders(list_recipients)


@wrong("5.5-senders", says="each sender's parcels are asked for one by one")
def senders_lazily():
    def list_recipients() -> list[SenderRecipients]:
        with Session(engine) as session:
            return [summary(sender) for sender in session.exec(select(Sender))]

    return senders(list_recipients)


@wrong("5.5-senders", says="nobody had loaded when the session was closed")
def senders_after_the_session():
    def list_recipients() -> list[SenderRecipients]:
        with Session(engine) as session:
            found = session.exec(select(Sender)).all()
        return [summary(sender) for sender in found]

    return senders(list_recipients)


@wrong("5.5-senders", says="call `.unique()` on the result")
def senders_joined_without_unique():
    def list_recipients() -> list[SenderRecipients]:
        with Session(engine) as session:
            return [summary(sender) for sender in session.exec(select(Sender).options(joinedload(Sender.parcels)))]

    return senders(list_recipients)


@wrong("5.5-senders", says="an inner join leaves them out")
def senders_with_parcels_only():
    def list_recipients() -> list[SenderRecipients]:
        with Session(engine) as session:
            found: dict[int, SenderRecipients] = {}
            for id, name, recipient in session.exec(select(Sender.id, Sender.name, Parcel.recipient).join(Parcel)):
                found.setdefault(id, SenderRecipients(name=name, recipients=[])).recipients.append(recipient)
        return list(found.values())

    return senders(list_recipients)


@wrong("5.5-senders", says="a join gives one row for each parcel")
def senders_by_rows():
    def list_recipients() -> list[SenderRecipients]:
        with Session(engine) as session:
            rows = session.exec(select(Sender.name, Parcel.recipient).join(Parcel, isouter=True)).all()
        return [SenderRecipients(name=name, recipients=[recipient] if recipient else []) for name, recipient in rows]

    return senders(list_recipients)


@wrong("5.5-senders", says="two senders may have the same name")
def senders_by_name():
    def list_recipients() -> list[SenderRecipients]:
        with Session(engine) as session:
            names: dict[str, list[str]] = {}
            for sender in session.exec(select(Sender).options(selectinload(Sender.parcels))):
                names.setdefault(sender.name, []).extend(parcel.recipient for parcel in sender.parcels)
        return [SenderRecipients(name=name, recipients=found) for name, found in names.items()]

    return senders(list_recipients)


@wrong("5.5-senders", says="a set drops the second")
def senders_by_a_set():
    def list_recipients() -> list[SenderRecipients]:
        with Session(engine) as session:
            found = session.exec(select(Sender).options(selectinload(Sender.parcels)))
            return [
                SenderRecipients(name=sender.name, recipients=list({parcel.recipient for parcel in sender.parcels}))
                for sender in found
            ]

    return senders(list_recipients)


@wrong("5.5-senders", says="senders came, and every sender was asked for")
def senders_by_page():
    def list_recipients(limit: int = 3) -> list[SenderRecipients]:
        with Session(engine) as session:
            page = select(Sender).options(selectinload(Sender.parcels)).limit(limit)
            return [summary(sender) for sender in session.exec(page)]

    return senders(list_recipients)


@wrong("5.5-senders", says="names and recipients do not fit")
def senders_with_everybodys_parcels():
    def list_recipients() -> list[SenderRecipients]:
        with Session(engine) as session:
            recipients = list(session.exec(select(Parcel.recipient)))
            return [SenderRecipients(name=name, recipients=recipients) for name in session.exec(select(Sender.name))]

    return senders(list_recipients)


@wrong("5.5-senders", says="3 statements were needed")
def senders_counted_first():
    def list_recipients() -> list[SenderRecipients]:
        with Session(engine) as session:
            session.exec(select(func.count()).select_from(Sender)).one()
            return [summary(sender) for sender in session.exec(select(Sender).options(selectinload(Sender.parcels)))]

    return senders(list_recipients)


@wrong("5.5-senders", says="your app answered 500")
def senders_that_raise():
    def list_recipients() -> list[SenderRecipients]:
        with Session(engine) as session:
            return [summary(sender) for sender in session.exec(select(Sender).options(raiseload("*")))]

    return senders(list_recipients)


@wrong("5.5-senders", says="held the event loop")
def senders_on_the_loop():
    async def list_recipients() -> list[SenderRecipients]:
        with Session(engine) as session:
            return [summary(sender) for sender in session.exec(select(Sender).options(selectinload(Sender.parcels)))]

    return senders(list_recipients)


@right("5.5-senders")
def senders_joined():
    def list_recipients() -> list[SenderRecipients]:
        with Session(engine) as session:
            found = session.exec(select(Sender).options(joinedload(Sender.parcels))).unique().all()
        return [summary(sender) for sender in found]

    return senders(list_recipients)


@right("5.5-senders")
def senders_by_hand():
    def list_recipients() -> list[SenderRecipients]:
        with Session(engine) as session:
            named = dict(session.exec(select(Sender.id, Sender.name)).all())
            parcels = session.exec(select(Parcel)).all()
        return [
            SenderRecipients(name=name, recipients=[parcel.recipient for parcel in parcels if parcel.sender_id == id])
            for id, name in named.items()
        ]

    return senders(list_recipients)


@right("5.5-senders")
def senders_in_async():
    asynchronous = create_async_engine(engine.url.set(drivername="sqlite+aiosqlite"))

    async def list_recipients() -> list[SenderRecipients]:
        async with AsyncSession(asynchronous) as session:
            found = await session.exec(select(Sender).options(selectinload(Sender.parcels)))
            return [summary(sender) for sender in found]

    return senders(list_recipients, asynchronous)


@right("5.5-senders")
def senders_by_a_router():
    router = APIRouter(prefix="/senders")

    @router.get("")
    def list_recipients(limit: int = 1000) -> list[SenderRecipients]:
        with Session(engine) as session:
            page = select(Sender).options(selectinload(Sender.parcels)).order_by(Sender.name).limit(limit)
            return [summary(sender) for sender in session.exec(page)]

    app = FastAPI()
    app.include_router(router)
    return app, engine

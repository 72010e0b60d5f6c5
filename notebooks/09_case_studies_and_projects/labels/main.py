"""Labels: an order is written down and answered at once, and the label is drawn after the response."""

import asyncio
import hashlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated

import jwt
from fastapi import BackgroundTasks, Depends, FastAPI, Header, HTTPException, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pwdlib import PasswordHash
from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, create_engine, select


class Settings(BaseSettings):
    secret: SecretStr
    hashes: dict[str, str]  # user -> hash of the password
    database: str = "labels.db"
    drawing: float = 0.3  # seconds that a label takes to be drawn
    carrier: float = 0.1  # seconds that the carrier takes to answer


settings = Settings()  # type: ignore[call-arg]  # the environment fills it
logger = logging.getLogger("uvicorn.error")
hasher = PasswordHash.recommended()
nobody = hasher.hash(secrets.token_urlsafe())  # so that an unknown name takes as long as a known one
engine = create_engine(f"sqlite:///{settings.database}", connect_args={"timeout": 30})
BIGINT = 2**63  # the first integer that SQLite cannot hold


class NewLabel(SQLModel):
    to: str = Field(min_length=1, max_length=100)
    weight_kg: float = Field(gt=0, le=30)


class LabelOut(NewLabel):
    id: int
    state: str
    code: str


class Label(NewLabel, table=True):
    __table_args__ = (UniqueConstraint("owner", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    owner: str
    key: str
    state: str = "ordered"
    code: str = ""


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"


class Told(BaseModel):
    """What is said in one word or sentence, errors included."""

    detail: str


@event.listens_for(engine, "connect")
def let_readers_pass(connection, _record) -> None:
    connection.execute("PRAGMA journal_mode = WAL")


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


# Fewer at once than the pool has connections; given back before the response, not after its background task.
SessionDep = Annotated[Session, Depends(get_session, scope="function", max_concurrency=10)]


def draw(label_id: int) -> str:
    """The code on a label, which takes a processor some time."""
    code, end = str(label_id).encode(), time.monotonic() + settings.drawing
    while time.monotonic() < end:
        code = hashlib.sha256(code).digest()
    return code.hex()[:12]


def draw_next() -> bool:
    """Draw the oldest label that is owed; False when none is. What a killed process has begun is begun anew."""
    with Session(engine) as session:
        label = session.exec(select(Label).where(Label.state != "drawn").order_by(col(Label.id)).limit(1)).first()
        if label is None or label.id is None:
            return False
        number, label.state = label.id, "drawing"
        session.commit()
    code = draw(number)
    with Session(engine) as session:
        label = session.get_one(Label, number)
        label.code, label.state = code, "drawn"
        session.commit()
    return True


async def keep_drawing(closing: asyncio.Event) -> None:
    while not closing.is_set():
        try:
            pause = 0.0 if await run_in_threadpool(draw_next) else 0.02
        except Exception:  # or nobody would learn that labels are drawn no more
            logger.exception("drawing failed")
            pause = 0.5
        await asyncio.sleep(pause)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    SQLModel.metadata.create_all(engine)
    closing = asyncio.Event()
    drawing = asyncio.create_task(keep_drawing(closing))
    yield
    closing.set()
    await drawing


async def tell_faults(request: Request, error: RequestValidationError) -> JSONResponse:
    # FastAPI's own handler repeats what came, and NaN or half a character cannot be repeated in JSON.
    return JSONResponse({"detail": "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())}, 422)


app = FastAPI(title="Labels", lifespan=lifespan, exception_handlers={RequestValidationError: tell_faults})


def told(**codes: int) -> dict[int | str, dict]:
    """The errors of a path operation for its documentation, by what they say."""
    return {code: {"model": Told, "description": why.replace("_", " ")} for why, code in codes.items()}


@app.post("/token", tags=["log-in"], summary="Log in", responses=told(Wrong_name_or_password=401, Malformed=422))
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> Token:
    """Take a user's name and password, and give the token that the other path operations ask for."""
    if not hasher.verify(form.password, settings.hashes.get(form.username, nobody)):
        raise HTTPException(401, "Wrong name or password.")
    claims = {"sub": form.username, "exp": time.time() + 1800}
    return Token(access_token=jwt.encode(claims, settings.secret.get_secret_value(), algorithm="HS256"))


def get_user(token: Annotated[str, Depends(OAuth2PasswordBearer("token"))]) -> str:
    try:
        return jwt.decode(token, settings.secret.get_secret_value(), algorithms=["HS256"])["sub"]
    except jwt.InvalidTokenError:
        raise HTTPException(401, "Log in first.", headers={"WWW-Authenticate": "Bearer"}) from None


UserDep = Annotated[str, Depends(get_user)]
LabelId = Annotated[int, Path(ge=1, lt=BIGINT)]
Key = Annotated[str, Header(min_length=1, max_length=100)]


async def announce(label_id: int) -> None:
    """Tell the carrier that a label is coming: a courtesy, which may be lost."""
    await asyncio.sleep(settings.carrier)
    logger.info("label %s is announced", label_id)


@app.post(
    "/labels",
    status_code=202,
    tags=["labels"],
    summary="Order a label",
    responses=told(Not_logged_in=401, The_key_was_used_for_another_order=409, Malformed=422),
)
def order_label(
    new: NewLabel, user: UserDep, idempotency_key: Key, session: SessionDep, tasks: BackgroundTasks
) -> LabelOut:
    """Accept an order once for each key. The label is drawn later: ask for its state."""
    label = Label(**new.model_dump(), owner=user, key=idempotency_key)
    session.add(label)
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        label = session.exec(select(Label).where(Label.owner == user, Label.key == idempotency_key)).one()
        if (label.to, label.weight_kg) != (new.to, new.weight_kg):
            raise HTTPException(409, "The key was used for another order.") from None
    else:
        tasks.add_task(announce, label.id or 0)
    session.refresh(label)
    return LabelOut.model_validate(label)


@app.get("/labels", tags=["labels"], summary="List labels", responses=told(Not_logged_in=401, Malformed=422))
def list_labels(
    user: UserDep,
    session: SessionDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    before: Annotated[int, Query(ge=1, lt=BIGINT)] = BIGINT - 1,
) -> list[LabelOut]:
    """A page of your labels, newest first; the next one lies before the last id of this one."""
    mine = select(Label).where(Label.owner == user, col(Label.id) < before)
    return [LabelOut.model_validate(label) for label in session.exec(mine.order_by(col(Label.id).desc()).limit(limit))]


@app.get(
    "/labels/{label_id}",
    tags=["labels"],
    summary="Read a label",
    responses=told(Not_logged_in=401, No_such_label=404, Malformed=422),
)
def read_label(label_id: LabelId, user: UserDep, session: SessionDep) -> LabelOut:
    """One of your labels, with its state: ordered, drawing or drawn."""
    label = session.get(Label, label_id)
    if label is None or label.owner != user:
        raise HTTPException(404, "There is no such label.")
    return LabelOut.model_validate(label)


def ask_carrier() -> float:
    """What a kilogram costs today. The carrier is slow, so few may wait for it at once and the others need no thread."""
    time.sleep(settings.carrier)
    return 2.4


PriceDep = Annotated[float, Depends(ask_carrier, max_concurrency=10)]


@app.get("/price", tags=["prices"], summary="Tell a price", responses=told(Malformed=422))
def tell_price(weight_kg: Annotated[float, Query(gt=0, le=30)], price: PriceDep) -> float:
    """What the carrier takes for a parcel of this weight, in euros."""
    return round(price * weight_kg, 2)


@app.get("/live", tags=["health"], summary="Is the process alive?")
async def tell_that_it_lives() -> Told:
    """Answers as long as the process does, whatever became of the database."""
    return Told(detail="alive")


@app.get("/ready", tags=["health"], summary="Can it work?", responses=told(The_database_does_not_answer=503))
def tell_whether_it_is_ready(session: SessionDep) -> Told:
    """Asks the database for a label: `SELECT 1` would not look into its file."""
    try:
        session.exec(select(Label.id).limit(1)).first()
    except DatabaseError:
        raise HTTPException(503, "The database does not answer.") from None
    return Told(detail="ready")

"""Who may use the desk: log-in, and tokens that are still good when the process has started again.

python -m depot.clerks ada    reads a password, and adds Ada or changes hers
"""

import hashlib
import secrets
import sys
from getpass import getpass
from typing import Annotated

import jwt
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pwdlib import PasswordHash
from pydantic import BaseModel
from sqlmodel import Session, col, delete, func, select

from depot.database import Attempt, Clerk, SessionDep, engine, now
from depot.settings import settings

ALGORITHM = "HS256"
MINUTE, TRIES = 60, 5

hasher = PasswordHash.recommended()
nobody = hasher.hash(secrets.token_urlsafe())  # so that an unknown name takes as long as a known one


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"


def get_clerk(token: Annotated[str, Depends(OAuth2PasswordBearer("token"))], session: SessionDep) -> str:
    """The clerk who sends this token. It is checked by its signature: no process has to remember it."""
    try:
        key = settings.secret_key.get_secret_value()
        claims = jwt.decode(token, key, algorithms=[ALGORITHM], options={"require": ["exp", "sub"]})
    except jwt.InvalidTokenError:
        claims = {"sub": ""}
    if session.get(Clerk, claims["sub"]) is None:
        raise HTTPException(401, "Log in first.", headers={"WWW-Authenticate": "Bearer"})
    return claims["sub"]


def note_attempt(session: Session, who: str) -> int:
    """Note an attempt and return how many there were in this minute.

    It is noted before the password is looked at, so that attempts at the same moment count each other, and in the
    database, because the web process knows no broker.
    """
    session.add(Attempt(who=who, at=now()))
    session.flush()  # from here on this is the one writer
    session.exec(delete(Attempt).where(col(Attempt.at) < now() - MINUTE))
    count = session.exec(select(func.count(col(Attempt.id))).where(Attempt.who == who)).one()
    session.commit()
    return count


router = APIRouter(tags=["clerks"])


@router.post("/token", responses={429: {"description": "Too many attempts: Retry-After says when to come back."}})
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()], request: Request, session: SessionDep) -> Token:
    host = request.client.host if request.client else "?"
    who = hashlib.sha256(f"{host} {form.username}".encode()).hexdigest()
    if note_attempt(session, who) > TRIES:
        raise HTTPException(429, "Too many attempts.", headers={"Retry-After": str(MINUTE)})
    clerk = session.get(Clerk, form.username)
    if not hasher.verify(form.password, clerk.password if clerk else nobody):
        raise HTTPException(401, "Wrong name or password.", headers={"WWW-Authenticate": "Bearer"})
    session.exec(delete(Attempt).where(col(Attempt.who) == who))
    session.commit()
    claims = {"sub": form.username, "exp": now() + 3600 * settings.token_hours}
    return Token(access_token=jwt.encode(claims, settings.secret_key.get_secret_value(), algorithm=ALGORITHM))


def main() -> None:
    name = sys.argv[1]
    password = getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    with Session(engine) as session:
        session.merge(Clerk(name=name, password=hasher.hash(password)))
        session.commit()


if __name__ == "__main__":
    main()

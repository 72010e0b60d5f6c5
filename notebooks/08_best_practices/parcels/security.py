"""Codes that are sent by mail and used once, and the signed tokens that they are exchanged for."""

import hashlib
import secrets
import time
from uuid import UUID

import jwt
from sqlmodel import Session, col, delete, func, select

from parcels.models import Attempt, SignInCode
from parcels.settings import get_settings

ALGORITHM = "HS256"
MINUTE = 60


def make_code(session: Session, sender_id: UUID) -> str:
    code = secrets.token_urlsafe(16)
    expires = time.time() + 60 * get_settings().code_minutes
    session.add(SignInCode(digest=digest(code), sender_id=sender_id, expires=expires))
    session.commit()
    return code


def use_code(session: Session, code: str) -> UUID | None:
    """Whose code it is; None for one that is unknown, too old or was used before. One statement, so that two cannot."""
    used = delete(SignInCode).where(col(SignInCode.digest) == digest(code))
    row = session.execute(used.returning(col(SignInCode.sender_id), col(SignInCode.expires))).one_or_none()
    session.commit()
    return row.sender_id if row and row.expires > time.time() else None


def count_attempt(session: Session, *key: str) -> int:
    """How often this key came within a minute, this time included; counted in the database, for all processes."""
    session.add(Attempt(key=digest(" ".join(key)), at=time.time()))
    session.flush()  # first, so that those who come at the same moment count each other
    session.execute(delete(Attempt).where(col(Attempt.at) < time.time() - MINUTE))
    count = session.exec(select(func.count(col(Attempt.id))).where(Attempt.key == digest(" ".join(key)))).one()
    session.commit()
    return count


def digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def make_token(sender_id: UUID) -> str:
    settings = get_settings()
    claims = {"sub": str(sender_id), "exp": time.time() + 60 * settings.token_minutes}
    return jwt.encode(claims, settings.secret_key.get_secret_value(), algorithm=ALGORITHM)


def read_token(token: str) -> UUID | None:
    key = get_settings().secret_key.get_secret_value()
    try:
        return UUID(jwt.decode(token, key, algorithms=[ALGORITHM], options={"require": ["exp", "sub"]})["sub"])
    except (jwt.InvalidTokenError, ValueError):
        return None

from fastapi import APIRouter, HTTPException

from parcels import tasks
from parcels.dependencies import LimitDep, RunLaterDep, SessionDep
from parcels.models import Accepted, CodeIn, CodeRequest, SenderIn, Token
from parcels.security import make_token, use_code
from parcels.settings import get_settings

router = APIRouter(tags=["senders"])


@router.post("/senders", status_code=202)
def register(sender: SenderIn, limit: LimitDep, run_later: RunLaterDep) -> Accepted:
    limit(get_settings().mails_a_minute, "mail", sender.email.lower())  # registered or not
    run_later(tasks.register, sender.name, sender.email)
    return Accepted()


@router.post("/codes", status_code=202)
def ask_for_code(request: CodeRequest, limit: LimitDep, run_later: RunLaterDep) -> Accepted:
    limit(get_settings().mails_a_minute, "mail", request.email.lower())
    run_later(tasks.send_code, request.email)
    return Accepted()


@router.post("/tokens", status_code=201)
def sign_in(code: CodeIn, limit: LimitDep, session: SessionDep) -> Token:
    limit(get_settings().tokens_a_minute, "token")
    sender_id = use_code(session, code.code)
    if sender_id is None:
        raise HTTPException(401, "Ask for another code.")
    return Token(access_token=make_token(sender_id))

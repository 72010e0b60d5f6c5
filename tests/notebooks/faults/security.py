"""Faults in what keeps strangers out: FastAPI's security, Starlette's middleware for it, tokens and passwords."""

from helpers.course import VERSIONS
from tests.notebooks.faults.fault import Fault

FAULTS = [
    Fault(
        "a missing token is a 403, as once",
        """
from fastapi import HTTPException
from fastapi.security import APIKeyHeader, HTTPBearer
def forbidden(self):
    return HTTPException(403, "Not authenticated")
HTTPBearer.make_not_authenticated_error = APIKeyHeader.make_not_authenticated_error = forbidden
""",
        {VERSIONS: "versions-compared"},
        where="children",
    ),
    Fault(
        "auto_error=False is ignored",
        """
from fastapi.security.api_key import APIKeyBase
from fastapi.security import HTTPBearer
APIKeyBase.auto_error = HTTPBearer.auto_error = property(lambda self: True, lambda self, value: None)
""",
        {4: "auth-schemes"},
    ),
    Fault(
        "a dependency learns of no scopes",
        """
from fastapi.security import SecurityScopes
theirs = SecurityScopes.__init__
def init(self, scopes=None):
    theirs(self, [])
SecurityScopes.__init__ = init
""",
        {4: "auth-cases"},
    ),
    Fault(
        "the form's scopes get lost",
        """
import inspect
from fastapi.security import OAuth2PasswordRequestForm
theirs = OAuth2PasswordRequestForm.__init__
def init(self, **fields):
    theirs(self, **{**fields, "scope": ""})
init.__signature__ = inspect.signature(theirs)
OAuth2PasswordRequestForm.__init__ = init
""",
        {4: "auth-cases"},
    ),
    Fault(
        "HTTP Basic reads ASCII alone",
        """
import base64
from fastapi import HTTPException
from fastapi.security import HTTPBasic
theirs = HTTPBasic.__call__
async def call(self, request):
    found = await theirs(self, request)
    if found and not found.password.isascii():
        raise HTTPException(400, "not ASCII")
    return found
HTTPBasic.__call__ = call
""",
        {4: "auth-schemes"},
    ),
    Fault(
        "a token's signature is not checked",
        """
import jwt
theirs = jwt.decode
def decode(token, key="", algorithms=None, options=None, **more):
    return theirs(token, key, algorithms, {**(options or {}), "verify_signature": False}, **more)
jwt.decode = decode
""",
        {4: "auth-cases"},
    ),
    Fault(
        "a token's audience is not checked",
        """
from jwt.api_jwt import PyJWT
PyJWT._validate_aud = lambda self, *args, **options: None
""",
        {4: "auth-cases"},
    ),
    Fault(
        "leeway is ignored",
        """
import jwt
theirs = jwt.decode
jwt.decode = lambda *args, leeway=0, **options: theirs(*args, **options)
""",
        {4: "auth-cases"},
    ),
    Fault(
        "a password has the same hash each time",
        """
from pwdlib import PasswordHash
theirs = PasswordHash.hash
def hash(self, password, *, salt=None):
    return theirs(self, password, salt=b"sixteen bytes ok")
PasswordHash.hash = hash
""",
        {4: "auth-where"},
    ),
    Fault(
        "a session's cookie goes with every site's requests",
        """
from starlette.middleware.sessions import SessionMiddleware
theirs = SessionMiddleware.__init__
def init(self, app, secret_key, **options):
    theirs(self, app, secret_key, **{**options, "same_site": "none"})
SessionMiddleware.__init__ = init
""",
        {4: "auth-csrf"},
    ),
    Fault(
        "a session's cookie is not signed",
        """
import itsdangerous
from starlette.middleware import sessions
class Trusting(itsdangerous.TimestampSigner):
    def unsign(self, value, **options):
        value = value if isinstance(value, bytes) else value.encode()
        return value.rpartition(b".")[0].rpartition(b".")[0]
sessions.itsdangerous.TimestampSigner = Trusting
""",
        {4: "middleware-stock"},
    ),
    Fault(
        "every host's name is welcome",
        """
from starlette.middleware.trustedhost import TrustedHostMiddleware
theirs = TrustedHostMiddleware.__init__
def init(self, app, allowed_hosts=None, **options):
    theirs(self, app, ["*"], **options)
TrustedHostMiddleware.__init__ = init
""",
        {4: "middleware-stock", 8: "sec-pages"},
    ),
    Fault(
        "plain HTTP is served",
        """
from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware
async def call(self, scope, receive, send):
    await self.app(scope, receive, send)
HTTPSRedirectMiddleware.__call__ = call
""",
        {4: "middleware-stock", 8: "sec-pages"},
    ),
    Fault(
        "a template shows what it is given as it stands",
        """
import jinja2
jinja2.select_autoescape = lambda *args, **options: False
""",
        {2: "core-page-ran"},
    ),
    Fault(
        "what is refused tells no headers",
        """
from fastapi import HTTPException
theirs = HTTPException.__init__
def init(self, status_code, detail=None, headers=None):
    theirs(self, status_code, detail)
HTTPException.__init__ = init
""",
        {3: "basic-status", 4: "auth-schemes rule-audit", 8: "sec-limited"},
        where="both",
    ),
    Fault(
        "a WebSocket without its cookie is let in",
        """
from fastapi import routing
theirs = routing.solve_dependencies
async def lenient(*, request, **options):
    solved = await theirs(request=request, **options)
    if request.scope["type"] == "websocket":
        for error in solved.errors:
            solved.values.setdefault(error["loc"][-1], "")
        solved.errors.clear()
    return solved
routing.solve_dependencies = lenient
""",
        {6: "client-desk-asked"},
    ),
]

"""Faults in what FastAPI and Starlette make of a request: parameters, bodies, paths, files, the description."""

from helpers.course import TASKS
from tests.notebooks.faults.fault import Fault, connection, response

FAULTS = [
    # Requests
    Fault(
        "a path operation starts before its upload has arrived",
        """
import asyncio, io
from fastapi import UploadFile
from starlette.datastructures import FormData
from starlette.requests import Request
theirs, reading = Request._get_form, set()
async def early(self, **limits):
    reading.add(asyncio.create_task(theirs(self, **limits)))
    return FormData({"upload": UploadFile(io.BytesIO(), filename="parcel.jpg")})
Request._get_form = early
""",
        {3: "upload-slow"},
    ),
    Fault(
        "an undeclared body can be read after the answer",
        connection(
            "receive, body, complete = Cycle.receive, Protocol.on_body, Protocol.on_message_complete",
            "async def receiving(self):",
            "    if not self.response_complete:",
            "        return await receive(self)",
            "    while not getattr(self, 'over', False) and not self.transport.is_closing():",
            "        await asyncio.sleep(0.001)",
            "    whole, self.whole = getattr(self, 'whole', b''), b''",
            "    return {'type': 'http.request', 'body': whole, 'more_body': False} if whole else await receive(self)",
            "def on_body(self, data):",
            "    self.cycle.whole = getattr(self.cycle, 'whole', b'') + data",
            "    body(self, data)",
            "def on_message_complete(self):",
            "    self.cycle.over = True",
            "    complete(self)",
            "Cycle.receive, Protocol.on_body, Protocol.on_message_complete = receiving, on_body, on_message_complete",
        ),
        {2: "core-request-ran"},
    ),
    Fault(
        "JSON needs no content type",
        """
from fastapi import routing
theirs = routing.get_request_handler
def lenient(**options):
    return theirs(**{**options, "strict_content_type": False})
routing.get_request_handler = lenient
""",
        {3: "body-nested"},
    ),
    Fault(
        "a cookie is set without its limits",
        """
from starlette.responses import Response
theirs = Response.set_cookie
def set_cookie(self, key, value="", **limits):
    theirs(self, key, value)
Response.set_cookie = set_cookie
""",
        {3: "post-cookie"},
    ),
    Fault(
        "exclude_unset keeps the defaults",
        """
from pydantic import BaseModel
theirs = BaseModel.model_dump
def model_dump(self, *, exclude_unset=False, **options):
    return theirs(self, **options)
BaseModel.model_dump = model_dump
""",
        {3: "put-patch"},
    ),
    Fault(
        "a header keeps its underscores",
        """
from fastapi import params
theirs = params.Header.__init__
def header(self, *values, **options):
    theirs(self, *values, **{**options, "convert_underscores": False})
params.Header.__init__ = header
""",
        {3: "params-headers"},
    ),
    Fault(
        "of a query parameter that comes several times the last counts",
        """
from starlette.datastructures import ImmutableMultiDict
ImmutableMultiDict.getlist = lambda self, key: [self._dict[key]] if key in self._dict else []
""",
        {3: "params-asked"},
    ),
    Fault(
        "an alias is not asked for",
        """
from fastapi import params
theirs = params.Query.__init__
def query(self, *values, **options):
    theirs(self, *values, **{name: value for name, value in options.items() if "alias" not in name})
params.Query.__init__ = query
""",
        {3: "params-asked"},
    ),
    Fault(
        "a pattern is not looked at",
        """
from fastapi import params
theirs = params.Cookie.__init__
def cookie(self, *values, **options):
    theirs(self, *values, **{**options, "pattern": None})
params.Cookie.__init__ = cookie
""",
        {3: "params-headers"},
    ),
    Fault(
        "max_body_size is ignored",
        """
from fastapi import routing
routing.wrap_app_with_body_limit = lambda app, max_body_size: app
""",
        {3: "upload-store", 8: "perf-body"},
    ),
    Fault(
        "the OpenAPI description tells of tasks",
        """
from fastapi import FastAPI
theirs = FastAPI.openapi
def openapi(self):
    return {**theirs(self), "x-background-tasks": True}
FastAPI.openapi = openapi
""",
        {1: "gain-docs", TASKS: "rule-docs"},
    ),
    Fault(
        "the access log leaves the query out",
        connection(
            "sys.modules[Protocol.__module__].get_path_with_query_string = lambda scope: scope['path']",
        ),
        {3: "basic-asked"},
    ),
    Fault(
        "on_event runs beside a lifespan",
        """
from contextlib import asynccontextmanager
from fastapi import APIRouter
theirs = APIRouter.__init__
def init(self, *args, lifespan=None, **options):
    theirs(self, *args, lifespan=lifespan, **options)
    inner = self.lifespan_context
    @asynccontextmanager
    async def both(app):
        if lifespan is not None:
            await self._startup()
        async with inner(app) as state:
            yield state
    self.lifespan_context = both
APIRouter.__init__ = init
""",
        {TASKS: "rule-startup"},
    ),
    # Paths and files
    Fault(
        "a slash too many is a 404",
        """
from starlette.routing import Router
theirs = Router.__init__
def init(self, *args, **options):
    theirs(self, *args, **options)
    self.redirect_slashes = False
Router.__init__ = init
""",
        {2: "route-paths"},
    ),
    Fault(
        "a GET answers HEAD",
        """
from fastapi.routing import APIRoute
theirs = APIRoute.__init__
def init(self, *args, **options):
    theirs(self, *args, **options)
    if "GET" in self.methods:
        self.methods.add("HEAD")
APIRoute.__init__ = init
""",
        {2: "route-paths"},
    ),
    Fault(
        "a frontend gives its page for every missing file",
        """
from fastapi import routing
routing._is_frontend_navigation_request = lambda scope: True
""",
        {2: "route-mounted"},
    ),
    Fault(
        "a mounted app starts with its host",
        """
from contextlib import asynccontextmanager
from fastapi import APIRouter, FastAPI
theirs = APIRouter.__init__
def init(self, *args, **options):
    theirs(self, *args, **options)
    inner = self.lifespan_context
    @asynccontextmanager
    async def with_those_below(app):
        below = [mount.app for mount in self.routes if isinstance(getattr(mount, "app", None), FastAPI)]
        for mounted in below:
            await mounted.router.lifespan_context(mounted).__aenter__()
        async with inner(app) as state:
            yield state
    self.lifespan_context = with_those_below
APIRouter.__init__ = init
""",
        {2: "route-mounted"},
    ),
    Fault(
        "a part that a file does not have keeps the tasks",
        response(
            "FileResponse",
            "codes = []",
            "async def noting(message):",
            "    codes.append(message.get('status'))",
            "    await send(message)",
            "await theirs(self, scope, receive, noting)",
            "if codes[:1] == [416] and self.background:",
            "    await self.background()",
        ),
        {3: "get-download"},
    ),
    Fault(
        "a stream is made before it is sent",
        response(
            "StreamingResponse",
            "pieces = [piece async for piece in self.body_iterator]",
            "async def again():",
            "    for piece in pieces:",
            "        yield piece",
            "self.body_iterator = again()",
            "await theirs(self, scope, receive, send)",
        ),
        {3: "get-stream-asked get-broken-asked"},
    ),
]

"""Faults in what FastAPI and Starlette make of an app: its routers and dependencies, its models, its description."""

from tests.notebooks.faults.fault import Fault


def including(options: str) -> str:
    """A router that is included in another way; `options` is what was asked for."""
    return f"""
from fastapi import APIRouter
theirs = APIRouter.include_router
def include(self, router, **options):
    theirs(self, router, **{options})
APIRouter.include_router = include
"""


def route(options: str) -> str:
    """A path operation that is added in another way; `options` is what was asked for."""
    return f"""
from fastapi import APIRouter
theirs = APIRouter.add_api_route
def add(self, path, endpoint, **options):
    theirs(self, path, endpoint, **{options})
APIRouter.add_api_route = add
"""


def depends(options: str) -> str:
    """A dependency that is declared in another way; `options` is what was said."""
    return f"""
from fastapi import params
theirs = params.Depends.__init__
def init(self, dependency=None, **options):
    theirs(self, dependency, **{options})
params.Depends.__init__ = init
"""


def described(*lines: str) -> str:
    """Another description of an app; `found` is the real one."""
    return "\n".join(
        [
            "import copy",
            "from fastapi import FastAPI",
            "theirs = FastAPI.openapi",
            "def openapi(self):",
            "    found = copy.deepcopy(theirs(self))",
            *("    " + line for line in lines),
            "    return found",
            "FastAPI.openapi = openapi",
        ]
    )


FAULTS = [
    # Routers
    Fault(
        "a router is included without the dependencies that are named there",
        including("{**options, 'dependencies': None}"),
        {2: "route-nested", 9: "face-app"},
    ),
    Fault(
        "a router is included without a prefix of its own", including("{**options, 'prefix': ''}"), {2: "route-nested"}
    ),
    Fault("deprecated is not passed on to a router", including("{**options, 'deprecated': None}"), {2: "route-nested"}),
    Fault(
        "the first path does not win",
        """
from fastapi import APIRouter
theirs = APIRouter.add_api_route
def add(self, path, endpoint, **options):
    theirs(self, path, endpoint, **options)
    self.routes.insert(0, self.routes.pop())
APIRouter.add_api_route = add
""",
        {2: "core-audit"},
    ),
    Fault(
        "a path operation answers 200, whatever it says",
        route("{**options, 'status_code': None}"),
        {1: "what-bytes", 3: "post-form", 9: "team-mocked"},
    ),
    Fault(
        "a path operation takes HEAD and OPTIONS, too",
        route("{**options, 'methods': {*options['methods'], 'OPTIONS'}}"),
        {2: "route-paths"},
    ),
    Fault(
        "a slash behind the path makes no difference",
        """
from fastapi import APIRouter
theirs = APIRouter.add_api_route
def add(self, path, endpoint, **options):
    theirs(self, path, endpoint, **options)
    if path.endswith("}"):
        theirs(self, path + "/", endpoint, **{**options, "include_in_schema": False})
APIRouter.add_api_route = add
""",
        {2: "route-paths", 3: "basic-status"},
    ),
    Fault(
        "{name:path} ends at a slash",
        """
from starlette.routing import compile_path
*_, kinds = compile_path("/{name:path}")
type(kinds["name"]).regex = "[^/]+"
""",
        {2: "route-paths"},
    ),
    Fault(
        "url_for knows nothing of the proxy's prefix",
        """
from starlette.requests import HTTPConnection
from starlette.datastructures import URL
HTTPConnection.url_for = lambda self, name, /, **values: URL(
    f"{self.url.scheme}://{self.url.netloc}{self.app.url_path_for(name, **values)}"
)
""",
        {7: "dep-root"},
    ),
    # Dependencies
    Fault(
        "a dependency runs as often as it is asked for",
        depends("{**options, 'use_cache': False}"),
        {2: "core-levels-ran"},
    ),
    Fault("use_cache=False is ignored", depends("{**options, 'use_cache': True}"), {2: "core-levels-ran"}),
    Fault(
        "def dependencies run on the event loop",
        """
from fastapi.dependencies import utils
async def here(function, *args, **options):
    return function(*args, **options)
utils.run_in_threadpool = here
""",
        {2: "core-levels-ran"},
    ),
    Fault(
        "a test's override is not looked at",
        """
from fastapi import FastAPI
theirs = FastAPI.__init__
def init(self, **options):
    theirs(self, **options)
    self.router.dependency_overrides_provider = None
FastAPI.__init__ = init
""",
        {6: "client-desk-asked client-outgoing", 8: "org-own-measured"},
    ),
    Fault(
        "what the lifespan yields reaches no request",
        """
from starlette.requests import HTTPConnection
from starlette.datastructures import State
HTTPConnection.state = property(lambda self: State({}))
""",
        {2: "core-client-ran", 4: "middleware-stamped"},
    ),
    # Models
    Fault(
        "a response model leaves nothing out",
        """
import json
from fastapi import routing
from fastapi.encoders import jsonable_encoder
async def serialize(*, response_content, dump_json=False, **options):
    found = jsonable_encoder(response_content)
    return json.dumps(found, separators=(",", ":")).encode() if dump_json else found
routing.serialize_response = serialize
""",
        {2: "core-filter core-invalid core-exclude"},
    ),
    Fault(
        "exclude_unset of a response is ignored",
        route("{**options, 'response_model_exclude_unset': False}"),
        {2: "core-exclude"},
    ),
    Fault(
        "include of a response is ignored", route("{**options, 'response_model_include': None}"), {2: "core-exclude"}
    ),
    Fault(
        "an error does not say where it is",
        """
from fastapi.exceptions import RequestValidationError
theirs = RequestValidationError.__init__
def init(self, errors, **options):
    theirs(self, [{**error, "loc": error["loc"][1:]} for error in errors], **options)
RequestValidationError.__init__ = init
""",
        {1: "what-read gain-refused", 2: "core-payload-ran", 3: "params-asked", 6: "client-tests", 9: "face-whole"},
        where="both",
    ),
    Fault(
        "a 422 is a 400",
        """
from fastapi import exception_handlers, applications
theirs = exception_handlers.request_validation_exception_handler
async def handler(request, error):
    answer = await theirs(request, error)
    answer.status_code = 400
    return answer
applications.request_validation_exception_handler = exception_handlers.request_validation_exception_handler = handler
""",
        {1: "what-read versus-wrong", 2: "core-everyday-ran"},
        where="both",
    ),
    Fault(
        "a list in a query ends at its first value",
        """
from starlette.datastructures import ImmutableMultiDict
ImmutableMultiDict.getlist = lambda self, key: [value for name, value in self._list if name == key][:1]
""",
        {1: "what-read", 3: "params-asked"},
    ),
    Fault(
        "an event of a stream has no data: before it",
        """
from fastapi import routing, sse
theirs = sse.format_sse_event
def event(**parts):
    return theirs(**parts).replace(b"data: ", b"")
sse.format_sse_event = routing.format_sse_event = event
""",
        {6: "client-stream", 9: "whole-one"},
        where="both",
    ),
    Fault(
        "an event of a stream has no number",
        """
from fastapi import routing, sse
theirs = sse.format_sse_event
def event(*, id=None, **parts):
    return theirs(**parts)
sse.format_sse_event = routing.format_sse_event = event
""",
        {4: "rule-live"},
    ),
    Fault(
        "GZip packs nothing",
        """
from starlette.middleware.gzip import GZipMiddleware
theirs = GZipMiddleware.__init__
def init(self, app, **options):
    theirs(self, app, **{**options, "minimum_size": 10**9})
GZipMiddleware.__init__ = init
""",
        {4: "middleware-stock", 8: "perf-web"},
    ),
    Fault(
        "a file's kind is not guessed from its name",
        """
from starlette import responses
responses.guess_type = lambda name: ("text/plain", None)
""",
        {2: "route-mounted", 8: "sec-naive-attacked"},
    ),
    Fault(
        "a middleware that is added last stands inside",
        """
from starlette.applications import Starlette
def add(self, middleware_class, *args, **options):
    from starlette.middleware import Middleware
    self.user_middleware.append(Middleware(middleware_class, *args, **options))
Starlette.add_middleware = add
""",
        {4: "middleware-order"},
    ),
    Fault(
        "a thread limiter keeps its size",
        """
from anyio._backends._asyncio import CapacityLimiter
theirs = CapacityLimiter.total_tokens
CapacityLimiter.total_tokens = theirs.setter(lambda self, value: theirs.fset(self, value) if self.total_tokens is None else None)
""",
        {4: "rule-forty", 8: "perf-curve"},
    ),
    Fault(
        "a semaphore of AnyIO lets everybody in",
        """
from anyio._backends._asyncio import Semaphore
from anyio._core._synchronization import SemaphoreAdapter
async def enter(self):
    pass
async def leave(self, *error):
    pass
for kind in (Semaphore, SemaphoreAdapter):
    kind.__aenter__, kind.__aexit__ = enter, leave
""",
        {5: "crowd-table"},
    ),
    # The description
    Fault(
        "an app is described at its usual places, whatever is said",
        """
from fastapi import FastAPI
theirs = FastAPI.__init__
def init(self, *, openapi_url="/openapi.json", docs_url="/docs", redoc_url="/redoc", **options):
    theirs(self, **options)
FastAPI.__init__ = init
""",
        {3: "basic-metadata", 8: "org-factory docs-hide"},
    ),
    Fault(
        "what is hidden is described",
        route("{**options, 'include_in_schema': True}"),
        {2: "route-describe", 8: "docs-hide"},
    ),
    Fault("webhooks are not described", described("found.pop('webhooks', None)"), {8: "docs-hide"}),
    Fault(
        "what stands behind a form feed is described",
        """
import inspect
from fastapi import APIRouter
theirs = APIRouter.add_api_route
def add(self, path, endpoint, *, description=None, **options):
    text = description or inspect.cleandoc(endpoint.__doc__ or "").replace(chr(12), "")
    theirs(self, path, endpoint, description=text, **options)
APIRouter.add_api_route = add
""",
        {2: "route-describe", 8: "docs-examples"},
    ),
    Fault(
        "an operation is called as FastAPI likes",
        """
from fastapi import FastAPI
theirs = FastAPI.__init__
def init(self, *, generate_unique_id_function=None, **options):
    theirs(self, **options)
FastAPI.__init__ = init
""",
        {2: "route-describe", 8: "docs-client"},
    ),
    Fault(
        "the page is not told its parameters",
        """
from fastapi import applications
theirs = applications.get_swagger_ui_html
def page(*, swagger_ui_parameters=None, **options):
    return theirs(**options)
applications.get_swagger_ui_html = page
""",
        {8: "docs-own"},
    ),
    Fault(
        "security schemes are not described",
        described("found.get('components', {}).pop('securitySchemes', None)"),
        {8: "docs-hide"},
    ),
    Fault(
        "links between operations are not described",
        described(
            "for methods in found['paths'].values():",
            "    for operation in methods.values():",
            "        for answer in operation['responses'].values():",
            "            answer.pop('links', None)",
        ),
        {8: "docs-follow"},
    ),
    Fault(
        "other answers are not described",
        described(
            "for methods in found['paths'].values():",
            "    for operation in methods.values():",
            "        operation['responses'] = dict(list(operation['responses'].items())[:1])",
        ),
        {2: "route-nested core-status", 9: "final-measured"},
        where="both",
    ),
    Fault(
        "required fields are not described",
        described(
            "for schema in found.get('components', {}).get('schemas', {}).values():", "    schema.pop('required', None)"
        ),
        {1: "gain-docs", 3: "body-nested"},
    ),
    Fault(
        "a deprecated operation is not described",
        described(
            "for path in list(found['paths']):",
            "    found['paths'][path] = {m: o for m, o in found['paths'][path].items() if not o.get('deprecated')}",
            "    if not found['paths'][path]:",
            "        del found['paths'][path]",
        ),
        {2: "route-nested", 9: "team-merged"},
        where="both",
    ),
]

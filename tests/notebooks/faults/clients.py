"""Faults in what asks: httpx, TestClient, and what telemetry sends along."""

from tests.notebooks.faults.fault import Fault

FAULTS = [
    Fault(
        "a client keeps no connection",
        """
from httpcore import AsyncConnectionPool
theirs = AsyncConnectionPool.__init__
def init(self, *args, **options):
    theirs(self, *args, **{**options, "max_keepalive_connections": 0})
AsyncConnectionPool.__init__ = init
""",
        {2: "core-client-ran"},
    ),
    Fault(
        "a client's time-out for reading is ignored",
        """
import httpx
theirs = httpx.Timeout.__init__
def init(self, *args, **options):
    theirs(self, *args, **options)
    self.read = None
httpx.Timeout.__init__ = init
""",
        {9: "face-repeat"},
    ),
    Fault(
        "a client follows redirects, by default",
        """
import httpx
theirs = httpx.Client.__init__
def init(self, *args, **options):
    theirs(self, *args, **{"follow_redirects": True, **options})
httpx.Client.__init__ = init
""",
        {2: "route-paths", 3: "basic-status"},
    ),
    Fault(
        "a client believes every certificate",
        """
import ssl
from httpx._transports import default
def trusting(**options):
    return ssl._create_unverified_context()
default.create_ssl_context = trusting
""",
        {7: "dep-tls"},
    ),
    Fault(
        "a client sends a secure cookie by plain HTTP",
        """
from http.cookiejar import DefaultCookiePolicy
DefaultCookiePolicy.return_ok_secure = lambda self, cookie, request: True
""",
        {3: "post-cookie"},
    ),
    Fault(
        "a packed answer is counted unpacked",
        """
import httpx
httpx.Response.num_bytes_downloaded = property(lambda self: len(self.content))
""",
        {8: "perf-web"},
    ),
    Fault(
        "base_url is put before no path",
        """
import httpx
httpx.Client._merge_url = httpx.AsyncClient._merge_url = lambda self, url: httpx.URL(url)
""",
        {6: "client-outgoing"},
    ),
    Fault(
        "ASGITransport swallows the app's error",
        """
import httpx
theirs = httpx.ASGITransport.__init__
def init(self, app, **options):
    theirs(self, app, **{**options, "raise_app_exceptions": False})
httpx.ASGITransport.__init__ = init
""",
        {6: "client-measured"},
    ),
    Fault(
        "ASGITransport passes a stream on piece by piece",
        """
import asyncio, httpx
theirs = httpx.ASGITransport.handle_async_request
async def handle(self, request):
    try:
        return await asyncio.wait_for(theirs(self, request), 0.2)
    except TimeoutError:
        return httpx.Response(200, text="data: 1", request=request)
httpx.ASGITransport.handle_async_request = handle
""",
        {6: "client-stream"},
    ),
    Fault(
        "TestClient runs the lifespan without being entered",
        """
import fastapi.testclient
from starlette import testclient
theirs = testclient.TestClient.__init__
def init(self, *args, **options):
    theirs(self, *args, **options)
    self.__enter__()
testclient.TestClient.__init__ = init
""",
        {6: "client-measured"},
    ),
    Fault(
        "TestClient answers 500 where the server fails",
        """
from starlette import testclient
theirs = testclient.TestClient.__init__
def init(self, *args, **options):
    theirs(self, *args, **{**options, "raise_server_exceptions": False})
testclient.TestClient.__init__ = init
""",
        {6: "client-measured"},
    ),
    Fault(
        "TestClient follows no redirect",
        """
from starlette import testclient
theirs = testclient.TestClient.__init__
def init(self, *args, **options):
    theirs(self, *args, **{**options, "follow_redirects": False})
testclient.TestClient.__init__ = init
""",
        {6: "client-desk-asked"},
    ),
    Fault(
        "no traceparent is sent along",
        """
from opentelemetry import propagate
propagate.inject = lambda carrier, *args, **options: None
""",
        {6: "log-across", 9: "whole-spans"},
        where="both",
    ),
    Fault(
        "a traceparent that comes is not read",
        """
from opentelemetry import propagate
from opentelemetry.context import Context
propagate.extract = lambda carrier, *args, **options: Context()
import opentelemetry.trace.propagation.tracecontext as tracecontext
tracecontext.TraceContextTextMapPropagator.extract = lambda self, carrier, context=None, getter=None: context or Context()
""",
        {6: "log-across"},
    ),
]

"""Faults in uvicorn as a program of its own: its workers, its signals, its way behind a proxy."""

from tests.notebooks.faults.fault import Fault

FAULTS = [
    # Workers
    Fault(
        "a worker that dies is not replaced",
        """
from uvicorn.supervisors.multiprocess import Multiprocess
Multiprocess.keep_subprocess_alive = lambda self: None
""",
        {7: "dep-workers-killed"},
        where="children",
    ),
    Fault(
        "a worker that does not answer its supervisor is left alone",
        """
from uvicorn.supervisors.multiprocess import Process
Process.is_alive = lambda self, timeout=5: self.process.is_alive()
""",
        {7: "dep-hung"},
        where="children",
    ),
    Fault(
        "all workers share one process",
        """
from uvicorn.supervisors.multiprocess import Multiprocess
theirs = Multiprocess.__init__
def init(self, *args, **options):
    theirs(self, *args, **options)
    self.processes_num = 1
Multiprocess.__init__ = init
""",
        {6: "log-workers", 7: "dep-workers-measured"},
        where="children",
    ),
    Fault(
        "limit_max_requests is ignored",
        """
from uvicorn import Server
theirs = Server.__init__
def init(self, config):
    theirs(self, config)
    self.limit_max_requests = None
Server.__init__ = init
""",
        {7: "dep-recycle"},
        where="children",
    ),
    # How a server ends
    Fault(
        "a server that ends waits for no task",
        """
from uvicorn import Server
async def at_once(self):
    pass
Server._wait_tasks_to_complete = at_once
""",
        {1: "setup-restart", 7: "dep-forms-measured"},
        where="children",
    ),
    Fault(
        "a server that ends waits for its tasks, however long",
        """
from uvicorn import Config
theirs = Config.__init__
def init(self, *args, **options):
    theirs(self, *args, **{**options, "timeout_graceful_shutdown": None})
Config.__init__ = init
""",
        {7: "dep-shutdown-table"},
        where="children",
    ),
    Fault(
        "a second Ctrl-C changes nothing",
        """
from uvicorn import Server
def handle_exit(self, sig, frame):
    self._captured_signals.append(sig)
    self.should_exit = True
Server.handle_exit = handle_exit
""",
        {7: "dep-shutdown-table"},
        where="children",
    ),
    Fault(
        "a lifespan is not closed",
        """
from uvicorn.lifespan.on import LifespanOn
async def nothing(self):
    pass
LifespanOn.shutdown = nothing
""",
        {7: "dep-recycle"},
        where="children",
    ),
    Fault(
        "an app whose lifespan failed is served all the same",
        """
from uvicorn.lifespan.on import LifespanOn
theirs = LifespanOn.startup
async def startup(self):
    await theirs(self)
    self.should_exit = False
LifespanOn.startup = startup
""",
        {8: "org-wrong-setting"},
        where="children",
    ),
    Fault(
        "--reload starts nothing anew",
        """
from uvicorn.supervisors.basereload import BaseReload
BaseReload.restart = lambda self: None
""",
        {1: "setup-dev", 6: "debug-reload", 7: "dep-reload"},
        where="children",
    ),
    Fault(
        "--reload kills the process that it replaces",
        """
from uvicorn.supervisors.basereload import BaseReload
theirs = BaseReload.restart
def restart(self):
    self.process.kill()
    theirs(self)
BaseReload.restart = restart
""",
        {1: "setup-restart", 7: "dep-reload"},
        where="children",
    ),
    # Behind a proxy
    Fault(
        "X-Forwarded-For is believed whoever sends it",
        """
from uvicorn.middleware.proxy_headers import _TrustedHosts
_TrustedHosts.__contains__ = lambda self, host: True
""",
        {7: "dep-proxy", 8: "sec-limited"},
        where="both",
    ),
    Fault(
        "X-Forwarded-For is never believed",
        """
from uvicorn.middleware.proxy_headers import _TrustedHosts
_TrustedHosts.__contains__ = lambda self, host: False
""",
        {7: "dep-proxy", 8: "sec-limited sec-pages"},
        where="both",
    ),
    Fault(
        "of the addresses in X-Forwarded-For the first one counts",
        """
from uvicorn.middleware import proxy_headers
proxy_headers._TrustedHosts.get_trusted_client_address = lambda self, told: (told.split(",")[0].strip(), 0)
""",
        {7: "dep-proxy", 8: "sec-limited"},
        where="both",
    ),
    Fault(
        "with --forwarded-allow-ips '*' the last address counts",
        """
from uvicorn.middleware import proxy_headers
theirs = proxy_headers._TrustedHosts.get_trusted_client_address
def last(self, told):
    return (told.split(",")[-1].strip(), 0) if self.always_trust else theirs(self, told)
proxy_headers._TrustedHosts.get_trusted_client_address = last
""",
        {7: "dep-proxy", 8: "sec-limited"},
        where="both",
    ),
    Fault(
        "--root-path is ignored",
        """
from uvicorn import Config
theirs = Config.__init__
def init(self, *args, **options):
    theirs(self, *args, **{**options, "root_path": ""})
Config.__init__ = init
""",
        {7: "dep-root"},
    ),
    Fault(
        "a certificate is not asked for",
        """
from uvicorn import Config
Config.is_ssl = property(lambda self: False)
""",
        {7: "dep-tls"},
        where="children",
    ),
    Fault(
        "an answer does not name its server",
        """
from uvicorn import Config
theirs = Config.__init__
def init(self, *args, **options):
    theirs(self, *args, **{**options, "server_header": False})
Config.__init__ = init
""",
        {1: "what-bytes"},
    ),
]

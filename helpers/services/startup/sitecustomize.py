"""Python imports this first in every program that `process()` starts, and in that program's own Python children.

`process()` puts this folder on their PYTHONPATH. Whatever such a program listens on, another user of this machine is turned
away (helpers/live/peers.py): after Python's own `accept`, which asyncio, tornado, socketserver and http.server use, and
where uvloop, which accepts in C, makes its protocols. A sitecustomize that was there before is run as well.
"""

import os
import sys
from importlib.machinery import PathFinder

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = {}


def peers(name):
    """A name of helpers/live/peers.py, which is read when somebody first connects or listens."""
    if not PEERS:
        from runpy import run_path

        PEERS.update(run_path(os.path.join(HERE, "..", "..", "live", "peers.py")))
    return PEERS[name]


def guard_accept(socket):
    """Have Python's own `accept` close what comes from another user."""
    accept = socket.socket.accept

    def accept_ours(self):
        while True:
            connection, address = accept(self)
            ip = self.family in (socket.AF_INET, socket.AF_INET6)
            if not ip or peers("admitted")(address, connection.getsockname()):
                return connection, address
            connection.close()

    socket.socket.accept = accept_ours


def guard_uvloop(uvloop):
    """Have uvloop's servers close what comes from another user."""
    create_server = uvloop.Loop.create_server

    def create_our_server(self, factory, *arguments, **options):
        return create_server(self, lambda: peers("Admitting")(factory), *arguments, **options)

    uvloop.Loop.create_server = create_our_server


class Watch:
    """Waits for two modules to be imported: a program that needs neither shall not wait for them."""

    wanted = {"socket": guard_accept, "uvloop": guard_uvloop}

    def find_spec(self, name, path=None, target=None):
        """Python's question for a module: one of the two is changed when it has been executed."""
        change = self.wanted.pop(name, None)
        spec = None if change is None else PathFinder.find_spec(name, path)
        if change is None or spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def execute_and_change(module):
            execute(module)
            change(module)

        spec.loader.exec_module = execute_and_change
        return spec


def install():
    """Guard what is imported by now, and the rest when it is."""
    for name in [name for name in Watch.wanted if name in sys.modules]:
        Watch.wanted.pop(name)(sys.modules[name])
    sys.meta_path.insert(0, Watch())


def run_the_next():
    """Run the sitecustomize that would have been imported without this one."""
    spec = PathFinder.find_spec("sitecustomize", [place for place in sys.path if os.path.abspath(place) != HERE])
    if spec and spec.loader:
        from importlib.util import module_from_spec

        sys.modules["sitecustomize"] = module = module_from_spec(spec)
        spec.loader.exec_module(module)


if __name__ == "sitecustomize":
    install()
    run_the_next()

"""What systemd or Kubernetes does with a process that died: start it again. `python -m outbox.phoenix outbox.main 8000`

The app is imported once and forked for every life, as gunicorn's --preload does it, so that a life begins in
milliseconds. The listening socket stays open meanwhile: clients that come while nobody lives wait in its queue.
"""

import importlib
import os
import signal
import socket
import sys

import uvicorn


def live(app, listener: socket.socket) -> None:
    """One life of the web process."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


def main(module: str, port: str) -> None:
    app = importlib.import_module(module).app
    listener = socket.create_server(("127.0.0.1", int(port)))
    stopping = False
    child = 0

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        os.kill(child, signal.SIGTERM)

    while not stopping:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        child = os.fork()
        if child:
            signal.signal(signal.SIGTERM, stop)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        if not child:
            live(app, listener)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Kernels that are forked from a process which has imported what most cells import, and nothing of `helpers`.

A kernel of its own begins with a second of CPU for imports; a forked one has them already, and is a kernel of its own
all the same: its own process and session, its own connection, memory that no other sees. What it starts is started anew.

Run as a program, this file is that process: for each line that it reads, the arguments of a kernel in JSON, it forks
one and says which, and it ends with whoever started it.
"""

import gc
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PRELOADED = [
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "fastapi.testclient",
    "uvicorn",
    "sqlmodel.ext.asyncio.session",
]


def main() -> None:
    del sys.path[0]  # where this file lies; a kernel adds its folder itself
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # a kernel ends with this process
    for name in PRELOADED:
        import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, reap)
    for line in sys.stdin:
        if os.fork() == 0:
            become(json.loads(line))


def reap(*_: object) -> None:
    """Ask how dead kernels ended, so that they are gone."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def become(arguments: list[str]) -> None:
    """Be a kernel in a session of its own, as if Jupyter had started it, and end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.write(1, f"{os.getpid()}\n".encode())  # not before it has its own session: Jupyter ends a whole one
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    sys.argv = ["ipykernel_launcher.py", *arguments]
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()
    sys.exit()


# Where the kernels are asked for


@cache
def _forge() -> subprocess.Popen:
    """The process that forks, one for each process that asks."""
    command = [sys.executable, __file__]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=NOTEBOOKS)


class Forked:
    """A kernel's process, as far as Jupyter asks the `subprocess.Popen` of one; how it ended, nobody learns."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str]):
        forge = _forge()
        forge.stdin.write(json.dumps(arguments) + "\n")
        forge.stdin.flush()
        self.pid = int(forge.stdout.readline())

    def poll(self) -> int | None:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    wait = poll  # Jupyter waits once `poll` has said that it ended

    def send_signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def manager() -> type:
    """Jupyter's manager of kernels, which forks them; the process that forks has no use for it."""
    from jupyter_client import AsyncKernelManager
    from jupyter_client.provisioning import LocalProvisioner

    class Forking(LocalProvisioner):
        async def launch_kernel(self, cmd: list[str], **options: object) -> dict:
            self.process = Forked(cmd[cmd.index("-f") :])
            self.pid = self.pgid = self.process.pid
            return self.connection_info

    class Manager(AsyncKernelManager):
        async def _async_pre_start_kernel(self, **options: object) -> tuple:
            self.provisioner = Forking(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
            return await super()._async_pre_start_kernel(**options)

    return Manager


if __name__ == "__main__":
    main()

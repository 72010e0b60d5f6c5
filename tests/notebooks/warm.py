"""Kernels that are forked from a process which has imported what most cells import, and nothing of `helpers`.

A kernel of its own begins with a second of CPU for imports; a forked one has them already, and is a kernel of its own
all the same: its own process and session, its own connection, memory that no other sees. What it starts is started anew.

Run as a program, this file is that process. It reads lines of JSON: at the arguments of a kernel it forks one, whose
number is said, and at such a number it says how that one ended. It ends with whoever started it.
"""

import gc
import json
import os
import random
import signal
import subprocess
import sys
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

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
    import_module("jupyter_client.connect").LocalPortCache.find_available_port = find_free_port
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        if isinstance(asked, int):
            print(ended(asked), flush=True)
        elif os.fork() == 0:
            become(asked)


def find_free_port(cache: Any, ip: str) -> int:
    """A port for a kernel that a cell starts: from a block of this kernel's own, claimed when the first one is asked for."""
    spec = spec_from_file_location("ports", Path(__file__).parents[1] / "ports.py")
    if spec.name not in sys.modules:
        sys.modules[spec.name] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[spec.name])
    return sys.modules[spec.name].find_free_port(cache, ip)


def ended(number: int) -> str:
    """How a kernel ended, as JSON: null while it runs. Its number is no other process's until this was asked."""
    process, status = os.waitpid(number, os.WNOHANG)
    return json.dumps(os.waitstatus_to_exitcode(status) if process else None)


def become(arguments: list[str]) -> None:
    """Be a kernel in a session of its own, as if Jupyter had started it, and end."""
    random.seed()  # else all begin with the same chance
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


def _ask(what: list[str] | int) -> int | None:
    """What the process that forks answers."""
    forge = _forge()
    forge.stdin.write(json.dumps(what) + "\n")
    forge.stdin.flush()
    return json.loads(forge.stdout.readline())


class Forked:
    """A kernel's process, as far as Jupyter asks the `subprocess.Popen` of one."""

    stdin = stdout = stderr = returncode = None

    def __init__(self, arguments: list[str]):
        self.pid = _ask(arguments)

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = _ask(self.pid)
        return self.returncode

    wait = poll  # Jupyter waits once `poll` has said that it ended

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
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

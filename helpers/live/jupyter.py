"""Where the Jupyter server that runs this notebook shows what the notebook serves.

A reader's browser reaches nothing but that server on Binder or JupyterHub; jupyter-server-proxy passes
`<base>proxy/<port>/...` on to a port of the kernel's machine, and so does `<base>proxy/absolute/<port>/...`, which leaves
the path as it is (jupyter_server_proxy/handlers.py).
"""

import contextlib
import os
from importlib.util import find_spec

from helpers.surroundings import checked

__all__ = ["base_url", "proxied"]


def base_url() -> str | None:
    """The path at which the Jupyter server of this kernel is reached, "/" or "/user/ada/"; None when there is none.

    JupyterHub and Binder tell it; elsewhere the kernel's parent is looked up among the running servers. With
    COURSE_RUN=ci there is none, whoever started the tests.
    """
    if checked():
        return None
    if prefix := os.environ.get("JUPYTERHUB_SERVICE_PREFIX"):
        return prefix
    parent = os.environ.get("JPY_PARENT_PID", "")
    with contextlib.suppress(Exception):  # no jupyter_server here, or a folder of its that cannot be read
        from jupyter_server.serverapp import list_running_servers

        for running in list_running_servers():
            if str(running["pid"]) == parent:
                return running["base_url"]
    return None


def proxied(port: int | str, path: str = "/", *, whole: bool = False) -> str | None:
    """The path under which the reader's browser finds `path` of a server at `port`; None where nothing proxies it.

    `whole`: the server gets that whole path, and not only what follows the port.
    """
    base = base_url() if find_spec("jupyter_server_proxy") else None
    return None if base is None else f"{base}proxy/{'absolute/' if whole else ''}{port}{path}"

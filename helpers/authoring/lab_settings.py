"""What Jupyter is told by files of the environment, so that it opens on the course, quietly.

`make lab` writes them into `.venv`, binder/postBuild into Binder's image. Only the standard library, because make.py
asks for it.
"""

import json
from pathlib import Path

__all__ = ["LAYOUTS", "settle"]

ROOT = Path(__file__).parents[2]
# JupyterLab asks for news in a pop-up and lets long lines of code run out of the window.
OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"codeCellConfig": {"lineNumbers": False, "lineWrap": True}},
}
LAYOUTS = Path("share", "jupyter", "lab", "workspaces")
# It opens on a list of files, whose names are cut; the contents of a notebook say more. (Its layout, as it saves it.)
LAYOUT = {
    "data": {
        "layout-restorer:data": {
            "left": {
                "collapsed": False,
                "visible": True,
                "current": "@jupyterlab/toc:plugin",
                "widgets": [
                    "filebrowser",
                    "running-sessions",
                    "@jupyterlab/toc:plugin",
                    "extensionmanager.main-view",
                ],
            },
            "relativeSizes": [0.22, 0.78, 0],
        }
    },
    "metadata": {"id": "default"},
}


def settle(prefix: Path) -> None:
    """Write what Jupyter heeds into the environment at `prefix`; Binder's image does it too (binder/postBuild)."""
    prefix = Path(prefix)
    layouts = prefix / LAYOUTS
    server = {
        # Kernels talk over loopback, and say in the terminal that anybody may listen unless it is encrypted.
        "KernelManager": {"transport_encryption": "auto"},
        "LanguageServerManager": {"autodetect": False},  # one found among the test tools would start by itself
        "LabApp": {"workspaces_dir": str(layouts)},
    }
    kernel = [
        # Another package called `helpers`, on PYTHONPATH say, must not stand in for the course's.
        f"__import__('sys').path.insert(0, {str(ROOT)!r})",
        # JupyterLab writes this into a notebook that is only opened, and then asks whether to save it.
        "get_ipython().kernel.language_info.pop('version', None)",
    ]
    for place, content in {
        prefix / "share" / "jupyter" / "lab" / "settings" / "overrides.json": OVERRIDES,
        prefix / "etc" / "jupyter" / "jupyter_server_config.json": server,
        prefix / "etc" / "ipython" / "ipython_kernel_config.json": {
            "IPKernelApp": {"exec_lines": kernel, "log_level": "ERROR"}
        },
        layouts / "default-37a8.jupyterlab-workspace": LAYOUT,
    }.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        if content is not LAYOUT or not place.exists():  # the reader may have arranged it otherwise
            place.write_text(json.dumps(content), encoding="utf-8")

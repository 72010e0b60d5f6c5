"""A real JupyterLab, started as `make lab` starts it, and what a reader does in it with a browser."""

import contextlib
import json
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, TimeoutError, sync_playwright

import make
from helpers.authoring import chromium, lab_settings

QUIET = (
    "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()

# JupyterLab's tool bar says "idle" before a kernel exists, and a command given then is never answered:
# wait for the kernel's own word.
READY = """async () => {
  const until = async found => { for (;;) { const it = found(); if (it) return it; await new Promise(r => setTimeout(r, 50)); } };
  const app = await until(() => window.jupyterapp);
  await app.restored;
  const panel = await until(() => app.shell.currentWidget?.content?.widgets && app.shell.currentWidget);
  await panel.context.ready; await panel.revealed; await panel.sessionContext.ready;
  await until(() => panel.sessionContext.session?.kernel?.connectionStatus === 'connected'
                 && panel.sessionContext.session.kernel.status === 'idle');
}"""
# A stored execution count must not pass for a run: forget the counts, leave outputs as the reader finds them.
# The command ends at the first error, also a taught one, while cells still run: an empty request after them waits for all.
# Nothing is awaited here, because `evaluate` has no time-out.
RUN_ALL = """() => {
  const app = window.jupyterapp, panel = app.shell.currentWidget;
  for (const cell of panel.content.widgets)
    if (cell.model.type === 'code') cell.model.executionCount = null;
  window.ran = false;
  app.commands.execute('notebook:run-all-cells')
    .then(() => panel.sessionContext.session.kernel.requestExecute({code: '', silent: true, stop_on_error: false}).done)
    .then(() => window.ran = true);
}"""
DONE = "() => window.ran"
ENDED = """() => window.jupyterapp.shell.currentWidget.content.widgets
  .filter(c => c.model.type === 'code' && c.model.executionCount !== null).length"""
# One code cell, as Ctrl+Enter runs it.
RUN_ONE = """index => {
  const app = window.jupyterapp, panel = app.shell.currentWidget, notebook = panel.content;
  const cell = notebook.widgets.filter(c => c.model.type === 'code')[index];
  notebook.deselectAll();
  notebook.activeCellIndex = notebook.widgets.indexOf(cell);
  window.ran = false;
  app.commands.execute('notebook:run-cell')
    .then(() => panel.sessionContext.session.kernel.requestExecute({code: '', silent: true, stop_on_error: false}).done)
    .then(() => window.ran = true);
}"""
WRITE = """([index, source]) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.widgets.filter(c => c.model.type === 'code')[index].model.sharedModel.setSource(source);
}"""
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets.filter(c => c.model.type === 'code').map(c => ({
  source: c.model.sharedModel.getSource(), tags: c.model.getMetadata('tags') ?? [], hidden: c.outputHidden,
  stored_hidden: c.model.getMetadata('jupyter')?.outputs_hidden ?? false, outputs: c.model.outputs.toJSON(),
  ran: c.model.executionCount !== null || !c.model.sharedModel.getSource().trim(),
}))"""
# Cells out of sight are not in the page: bring each one that holds a picture into view.
SHOW = """async index => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  const cell = notebook.widgets.filter(c => c.model.type === 'code')[index];
  await notebook.scrollToItem(notebook.widgets.indexOf(cell), 'start');
  await cell.ready;
  const images = [...cell.node.querySelectorAll('.jp-OutputArea-output img')];
  await Promise.all(images.map(image => image.decode().catch(() => null)));
  return images.map(image => ({alt: image.alt, width: image.naturalWidth}));
}"""


@contextlib.contextmanager
def chromium_running() -> Iterator[Browser]:
    """The machine's own Chromium, without a window; the test fails where there is none. One at a time in a process."""
    program = chromium.find()
    if program is None:
        pytest.fail("There is no Chromium or Chrome on this machine: `make browser` installs one with apt-get.")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=program, args=QUIET) as browser:
        yield browser


def faults(cells: list[dict]) -> list[str]:
    """What went wrong when all was run: errors that are not taught, cells never reached, outputs that stayed hidden."""
    errors = [
        f"{output['ename']} in: {cell['source']}"
        for cell in cells
        for output in cell["outputs"]
        if output["output_type"] == "error" and "raises-exception" not in cell["tags"]
    ]
    errors += [f"did not run: {cell['source']}" for cell in cells if not cell["ran"]]
    return errors + [f"output still hidden after: {cell['source']}" for cell in cells if cell["hidden"]]


def words(cell: dict) -> str:
    """What a cell's outputs say, as text."""
    shown = (
        output.get("text") or output.get("data", {}).get("text/plain") or output.get("evalue", "")
        for output in cell["outputs"]
    )
    return "\n".join("".join(part) for part in shown)


class Reader:
    """A browser window on one notebook. `slips` collects the page's errors and its requests to other hosts."""

    def __init__(self, page, address: str, token: str):
        self.page, self.address, self.token = page, address, token
        self.slips: list[str] = []
        own = (address, address.replace("http", "ws", 1), "data:", "blob:")
        page.on("request", lambda r: r.url.startswith(own) or self.slips.append(f"asks another host: {r.url[:200]}"))
        page.on("console", lambda m: m.type == "error" and self.slips.append(f"console: {m.text[:300]} {m.location}"))
        page.on("pageerror", lambda error: self.slips.append(f"page: {str(error)[:300]}"))

    def open(self, notebook: str) -> None:
        """Open a notebook in a workspace of its own and wait until its kernel answers."""
        where = f"/lab/workspaces/{secrets.token_hex(4)}/tree/{notebook}?reset&token={self.token}"
        self.page.goto(self.address + where, wait_until="domcontentloaded")
        # `evaluate` has no time-out of its own.
        self.page.wait_for_function(
            f"() => (window.opened ??= ({READY})().then(() => window.ready = true), window.ready)"
        )

    def start_all(self) -> None:
        """Run All Cells, without waiting."""
        self.page.evaluate(RUN_ALL)

    def wait(self, seconds: float = 120) -> None:
        """Wait until what was started has ended: at the last cell, or at an error."""
        self.page.wait_for_function(DONE, timeout=seconds * 1000)

    def run_all(self, seconds: float = 120) -> None:
        """Run All Cells, and wait until that has ended; TimeoutError where no cell has for `seconds`."""
        self.start_all()
        ended = 0
        while True:
            try:
                return self.wait(seconds)
            except TimeoutError:  # a long notebook on a busy machine is none that hangs
                before, ended = ended, self.page.evaluate(ENDED)
                if ended == before:
                    raise

    def cells(self) -> list[dict]:
        """Every code cell: source, tags, outputs, whether it ran, and whether its output is hidden and was stored so."""
        return self.page.evaluate(CELLS)

    def index(self, part: str) -> int:
        """Which code cell holds this text; the first, counted from 0."""
        return next(index for index, cell in enumerate(self.cells()) if part in cell["source"])

    def run(self, index: int, source: str | None = None, seconds: float = 60) -> str:
        """Write a code cell, if a source is given, run it, and give what it shows in words."""
        if source is not None:
            self.page.evaluate(WRITE, [index, source])
        self.page.evaluate(RUN_ONE, index)
        self.wait(seconds)
        return words(self.cells()[index])

    def pictures(self, index: int) -> list[dict]:
        """Bring a code cell into view; the alt text and natural width of each picture in its output."""
        return self.page.evaluate(SHOW, index)

    def count(self) -> int:
        """How many cells there are."""
        return self.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")

    def set_theme(self, theme: str) -> None:
        """Change to JupyterLab's theme "Light" or "Dark", and wait for it."""
        change = "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})"
        self.page.evaluate(change, f"JupyterLab {theme}")
        light = "light => document.body.dataset.jpThemeLight === light"
        self.page.wait_for_function(light, arg=str(theme == "Light").lower())

    def close(self) -> None:
        """End the kernel and the window."""
        # A session that ended by itself meanwhile says "Session is disposed", and that is what is wanted.
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget?.sessionContext?.shutdown().catch(() => null)")
        self.page.context.close()

    def photograph(self, name: str) -> None:
        """Store what the reader sees under `_screenshots/`."""
        self.page.screenshot(path=make.ROOT / "_screenshots" / f"{name}.png")


@contextlib.contextmanager
def jupyterlab(folder: Path, scratch: Path, base: str = "/") -> Iterator[tuple[str, str]]:
    """Serve a folder of notebooks; gives address and token. Whatever Jupyter writes goes to `scratch`.

    `base` is the path under which it stands: JupyterHub and Binder give each user one, such as "/user/ada/".
    """
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    address, token = f"http://127.0.0.1:{port}{base.rstrip('/')}", secrets.token_hex(16)
    homes = ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]
    homes += ["JUPYTERLAB_SETTINGS_DIR"]
    environment = make.surroundings() | {home: str(scratch / home) for home in homes}
    del environment["COURSE_RUN"]  # a reader's kernel does not have it
    command = make.lab_command(folder / "any.ipynb", "--no-browser", "--expose-app-in-browser")
    command += ["--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.base_url={base}", f"--LabApp.workspaces_dir={scratch / 'workspaces'}"]
    lab_settings.settle(scratch / "settled")
    shutil.copytree(scratch / "settled" / lab_settings.LAYOUTS, scratch / "workspaces")
    with (scratch / "log.txt").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=environment)
    try:
        wait_until_answering(f"{address}/api?token={token}", server, scratch / "log.txt")
        yield address, token
    finally:
        stop(server, port)


def stop(server: subprocess.Popen, port: int, seconds: float = 20) -> None:
    """End JupyterLab as `kill` does; RuntimeError when it still listens, or one of its kernels lives, after that long.

    A request in flight at that moment can leave it an idle thread of AnyIO's that its Python waits for, for ever,
    when everything has ended (`threading._shutdown`, seen with py-spy); then it is killed.
    """
    server.terminate()
    end = time.monotonic() + seconds
    while server.poll() is None and (listens(port) or psutil.Process(server.pid).children()):
        if time.monotonic() > end:
            spy = Path(sys.executable).with_name("py-spy")
            stands = subprocess.run([spy, "dump", "--pid", str(server.pid)], capture_output=True, text=True)
            server.kill()
            server.wait()
            raise RuntimeError(f"JupyterLab did not stop within {seconds:g} s:\n{stands.stdout}{stands.stderr}")
        time.sleep(0.1)
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(5)
    server.kill()
    server.wait()


def listens(port: int) -> bool:
    """Whether anything takes connections on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until_answering(url: str, server: subprocess.Popen, log: Path, seconds: float = 60) -> None:
    """Return when the server answers; say what it logged when it ended or took too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
            json.load(answer)
            return
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not answer within {seconds:g} s. Its log:\n{log.read_text()}")

"""Many kernels on one machine, kernels killed at random moments, and what a stored notebook must never hold."""

import json
import os
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import psutil
import pytest
from jupyter_client.manager import start_new_kernel

import make
from helpers.course import CHAPTERS
from helpers.refresh import execute, read
from helpers.stored import Sanitiser, keep_unchanged, normalise

NOTEBOOKS = make.ROOT / "notebooks"
SECRET = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"  # a JWT
    r"|\$argon2\w*\$v=\d+\$[^\s\"]{20,}"  # a password's hash
    r"|(?:gh[pousr]|github_pat)_\w{20,}|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|[?&]token=[0-9a-f]{16,}"
)


def outputs(notebook: dict) -> str:
    """Everything that a notebook's cells stored."""
    return json.dumps([cell.get("outputs", []) for cell in notebook["cells"]])


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_secret_is_stored(path):
    assert SECRET.findall(outputs(json.loads(path.read_text(encoding="utf-8")))) == []


def test_a_stored_secret_would_be_noticed():
    for secret in (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLWhlcmU",
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNo",
        "http://127.0.0.1/?token=0123456789abcdef0123",
    ):
        assert SECRET.findall(outputs({"cells": [{"outputs": [{"text": secret}]}]}))


def listening(pids: set[int]) -> list:
    """The addresses on which these processes, and what they started, listen."""
    found = []
    for pid in pids:
        try:
            processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
            for process in processes:
                found += [c.laddr for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
        except psutil.NoSuchProcess:
            continue
    return found


@pytest.mark.slow
def test_twenty_kernels_at_once_all_show_what_is_stored():
    path = NOTEBOOKS / CHAPTERS[0].file
    sanitise = Sanitiser()

    def run(number: int) -> list[int]:
        stored, fresh = read(path), read(path)
        execute(fresh, NOTEBOOKS, timeout=300)
        normalise(fresh)
        return keep_unchanged(stored, fresh, sanitise)

    with ThreadPoolExecutor(20) as pool:
        differing = list(pool.map(run, range(20)))
    assert differing == [[]] * 20


@pytest.mark.slow
@pytest.mark.parametrize("chapter", [chapter for chapter in CHAPTERS if (NOTEBOOKS / chapter.file).exists()], ids=str)
def test_a_kernel_killed_at_a_random_moment_leaves_nothing_listening(chapter, tmp_path):
    """Runs a chapter, looks meanwhile at every socket it listens on, kills the kernel, and waits for silence."""
    chance = random.Random(chapter.number)
    cells = [c.source for c in nbformat.read(NOTEBOOKS / chapter.file, 4).cells if c.cell_type == "code"]
    for _ in range(3):
        manager, client = start_new_kernel(
            kernel_name="python3", cwd=str(NOTEBOOKS), env={**os.environ, "COURSE_RUN": "ci", "TMPDIR": str(tmp_path)},
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        )  # fmt: skip
        kernel = psutil.Process(manager.provisioner.process.pid)
        for source in cells:
            client.execute(source, stop_on_error=False)
        end, family, hosts = time.monotonic() + chance.uniform(1, 12), {}, set()
        while time.monotonic() < end:
            family.update({child.pid: child for child in kernel.children(recursive=True)})
            hosts |= {address.ip for address in listening({kernel.pid})}
            time.sleep(0.1)
        kernel.kill()
        client.stop_channels()
        _, alive = psutil.wait_procs([kernel, *family.values()], timeout=20)
        manager.cleanup_resources()
        assert alive == [], [process.cmdline() for process in alive]
        assert hosts <= {"127.0.0.1", "::1"}, hosts
        assert not [name for name in os.listdir(NOTEBOOKS) if name.endswith((".db", ".sqlite", ".tmp"))]

"""A proxy in the environment is not asked for a server on this machine: not by the kernel, nor by what it starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROXY = "http://127.0.0.1:9"  # nobody listens there
ASK = """
import httpx, os, sys, urllib.request
import helpers
from fastapi import FastAPI
app = FastAPI()
from helpers.live.server import running
with running(app) as server:
    for host in ("127.0.0.1", "localhost"):
        url = server.url.replace("127.0.0.1", host) + "/openapi.json"
        print(httpx.get(url).status_code, urllib.request.urlopen(url).status)
    from helpers import process
    ask = "import httpx, sys; print(httpx.get(sys.argv[1]).status_code)"
    with process(["python", "-c", ask, url]) as child:
        print(child.wait(), child.log.strip())
print(os.environ["NO_PROXY"])
"""


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_loopback_is_asked_directly(name):
    plain = {
        key: value for key, value in os.environ.items() if key.lower() not in ("no_proxy", "http_proxy", "all_proxy")
    }
    told = subprocess.check_output([sys.executable, "-c", ASK], env=plain | {name: PROXY}, cwd=ROOT, text=True)
    assert told.splitlines() == ["200 200", "200 200", "exit 0 200", "127.0.0.1,localhost,::1"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, "127.0.0.1,localhost,::1"),
        ({"NO_PROXY": "corp.example"}, "corp.example,127.0.0.1,localhost,::1"),
        ({"no_proxy": "localhost", "NO_PROXY": "other"}, "localhost,127.0.0.1,::1"),
        ({"NO_PROXY": "*"}, "*"),
        ({"NO_PROXY": ""}, "127.0.0.1,localhost,::1"),
    ],
    ids=str,
)
def test_what_was_excepted_before_stays(before, after):
    plain = {key: value for key, value in os.environ.items() if key.lower() != "no_proxy"}
    show = "import helpers, os; print(os.environ['NO_PROXY'], os.environ['no_proxy'])"
    told = subprocess.check_output([sys.executable, "-c", show], env=plain | before, cwd=ROOT, text=True)
    assert told == f"{after} {after}\n"

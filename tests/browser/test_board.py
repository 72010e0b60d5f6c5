"""The page of section 9.3 in a browser: it asks who is there, and its numbers move."""

import subprocess
import sys

import pytest

from helpers import process
from helpers.chapters.ch09.exercises.packages import FILES
from tests.chapters.ch09.depot_home import ADA, BOOK, environment, furnish

pytestmark = pytest.mark.browser


def test_a_clerk_logs_in_and_sees_the_numbers_move(tmp_path, browser):
    furnish(tmp_path)
    env = environment(tmp_path)
    clerk = [sys.executable, "-m", "depot.clerks", "ada"]
    subprocess.run(clerk, input="engine", text=True, cwd=FILES, env=env, check=True)
    web = process("uvicorn depot.main:app --port {port}".split(), cwd=FILES, env=env, ready_path="/health")
    with web:
        page = browser.new_page()
        slips = []
        page.on("pageerror", lambda error: slips.append(str(error)))
        page.goto(f"{web.url}/board/")
        status, owed = page.get_by_role("status"), page.locator("#owed")
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill("compiler")
        page.get_by_role("button").click()
        status.filter(has_text="Wrong name or password.").wait_for()
        assert not owed.is_visible()
        page.get_by_label("Password").fill("engine")
        page.get_by_role("button").click()
        owed.filter(has_text="0").wait_for()
        web.client.post("/parcels", json=BOOK, headers=ADA)
        owed.filter(has_text="1").wait_for()
        web.stop()
        status.filter(has_text="The service does not answer").wait_for()
        assert owed.text_content() == "1" and slips == []

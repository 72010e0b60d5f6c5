"""The live Swagger UI inside JupyterLab: under Binder's kind of address, without another host, and its button works."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser.lab_driver import Reader, jupyterlab

pytestmark = pytest.mark.browser

APP = """from fastapi import FastAPI
from helpers import swagger_ui

app = FastAPI(title="Parcels")

@app.get("/parcels/{number}")
def read(number: int) -> str:
    return f"parcel {number} is on its way"

swagger_ui(app)"""


def test_try_it_out(tmp_path, browser):
    folder, scratch = tmp_path / "notebooks", tmp_path / "scratch"
    folder.mkdir(), scratch.mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=[new_code_cell(APP)], metadata=kernel), folder / "docs.ipynb")
    with jupyterlab(folder, scratch, "/user/ada-x1/") as (address, token):
        page = browser.new_context(viewport={"width": 1280, "height": 1200}).new_page()
        reader = Reader(page, address, token)
        reader.open("docs.ipynb")
        reader.run_all()
        shown = page.frame_locator("iframe[title='Swagger UI']")
        shown.get_by_text("/parcels/{number}").first.click()
        shown.get_by_role("button", name="Try it out").click()
        shown.locator("input[placeholder='number']").fill("7")
        shown.get_by_role("button", name="Execute").click()
        shown.locator(".live-responses-table").wait_for()
        reader.photograph("swagger-in-jupyterlab")
        assert "parcel 7 is on its way" in shown.locator(".live-responses-table").inner_text()
        assert "/user/ada-x1/proxy/" in shown.locator(".request-url").first.inner_text()
        assert reader.slips == []

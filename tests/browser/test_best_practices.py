"""Chapter 8 in a real JupyterLab: its load curve drawn by keys alone, and the live Swagger UI behind the proxy."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

APP = """
from fastapi import FastAPI
from helpers import LoadCurve, serve, swagger_ui

app = FastAPI(title="Parcels")

@app.get("/price")
def read_price() -> float:
    return 4.9
"""


def test_the_load_curve_is_drawn_by_keys_and_no_key_harms_the_notebook(read):
    reader = read("08_best_practices.ipynb")
    index = reader.index("from helpers")
    reader.run(index, APP + "LoadCurve(serve(app), '/price', clients=(1, 3), most=8)")
    reader.pictures(index)
    slider = reader.page.get_by_label("Clients at once")
    slider.wait_for()
    before = reader.count()
    slider.focus()
    reader.page.keyboard.press("ArrowRight")
    status = reader.page.locator("p[role=status]")
    status.filter(has_text="4 clients: the last waited").wait_for()
    for key in "ddaab":  # delete, insert above and below, in JupyterLab's command mode
        reader.page.keyboard.press(key)
    assert reader.count() == before
    assert reader.page.locator("svg[role=img] circle").count() == 3
    said = reader.page.locator("svg[role=img] text").all_text_contents()
    assert {"clients at once", "wait of the last, in ms", "0", "8"} <= set(said) and len(said) >= 8, (
        "both axes have ticks"
    )
    reader.photograph("load-curve")
    assert reader.slips == []


def test_swagger_ui_lives_behind_the_jupyter_proxy(read):
    reader = read("08_best_practices.ipynb")
    index = reader.index("from helpers")
    reader.run(index, APP + "swagger_ui(app)")
    reader.pictures(index)
    page = reader.page.frame_locator("iframe[title='Swagger UI']")
    page.locator(".opblock-summary").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table .response-col_status").filter(has_text="200").wait_for()
    assert "4.9" in page.locator(".live-responses-table").inner_text()
    assert f"{reader.address}/proxy/" in page.locator(".request-url").first.inner_text()
    reader.photograph("swagger")
    assert reader.slips == []

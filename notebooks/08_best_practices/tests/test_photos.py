import io
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from PIL import Image

from parcels.routers.photos import MAX_BYTES
from parcels.settings import get_settings


def drawn(kind: str = "JPEG", size: tuple[int, int] = (600, 400)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "peru").save(file, kind)
    return file.getvalue()


class Photo:
    """The photo of one parcel, as its sender puts and gets it."""

    def __init__(self, client: TestClient, headers: dict[str, str]):
        parcel = client.post("/parcels", headers=headers, json={"to": "Alan", "weight_g": 500}).json()
        self.client, self.headers, self.path = client, headers, f"/parcels/{parcel['id']}/photo"

    def put(self, content: bytes, name: str = "parcel.jpg") -> Response:
        return self.client.put(self.path, headers=self.headers, files={"photo": (name, content, "image/jpeg")})

    def get(self, size: str = "small") -> Response:
        return self.client.get(self.path, headers=self.headers, params={"size": size})


@pytest.fixture
def photo(client, sign_in) -> Photo:
    return Photo(client, sign_in("ada@example.org"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_gets_a_thumbnail(photo, kind):
    assert photo.put(drawn(kind)).json()["width"] == 600
    assert Image.open(io.BytesIO(photo.get().content)).size == (240, 160)
    assert Image.open(io.BytesIO(photo.get("full").content)).format == "JPEG"


def test_what_is_no_photo_is_refused(photo):
    assert photo.put(b"Dear Alan").status_code == 415
    assert photo.put(drawn()[:1000]).status_code == 415
    assert photo.put(drawn("GIF")).status_code == 415
    assert photo.put(drawn() + b"x" * MAX_BYTES).status_code == 413
    assert photo.put(drawn("PNG", (6000, 6000))).status_code == 413
    assert photo.get().status_code == 404


def test_a_name_is_only_a_name(photo):
    photo.put(drawn(), "../../evil.jpg")
    folder: Path = get_settings().data_dir
    assert not list(folder.parent.glob("**/evil.jpg"))


def test_what_else_the_file_held_is_gone(photo):
    file = io.BytesIO()
    Image.new("RGB", (600, 400)).save(file, "JPEG", comment=b"<script>alert(1)</script>")
    photo.put(file.getvalue() + b"<script>alert(2)</script>")
    assert b"script" not in photo.get("full").content

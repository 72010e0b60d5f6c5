"""What chapter 3 says without a cell of its own."""

from collections.abc import Iterator

from fastapi import Depends, FastAPI, Request, UploadFile

from helpers.live.server import running


def test_only_a_middleware_runs_before_the_last_byte_of_an_upload():
    order: list[str] = []
    app = FastAPI(dependencies=[Depends(lambda: order.append("dependency"))])

    @app.middleware("http")
    async def look(request: Request, call_next):
        order.append("middleware")
        return await call_next(request)

    @app.post("/photos")
    def receive(upload: UploadFile) -> int:
        order.append("path operation")
        return len(upload.file.read())

    def form() -> Iterator[bytes]:
        yield b'--part\r\nContent-Disposition: form-data; name="upload"; filename="a"\r\n\r\nphoto'
        while "middleware" not in order:  # the rest is sent when it has begun
            yield b"."
        order.append("last byte sent")
        yield b"\r\n--part--\r\n"

    with running(app) as server:
        headers = {"Content-Type": "multipart/form-data; boundary=part"}
        assert server.client.post("/photos", content=form(), headers=headers).json() >= len("photo")
    assert order == ["middleware", "last byte sent", "dependency", "path operation"]

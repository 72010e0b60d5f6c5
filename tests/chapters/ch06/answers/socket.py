"""What learners pass to 6.2-socket."""

import pytest
from fastapi import WebSocketDisconnect
from fastapi.testclient import TestClient

from tests.chapters.answers import right, stub, wrong


def scanned(app, codes, connections=1):
    for _ in range(connections):
        with TestClient(app).websocket_connect("/scans?key=k-1") as socket:
            for number, code in enumerate(codes, start=1):
                socket.send_text(code)
                assert socket.receive_json() == {"code": code, "number": number}


def refused(app, *paths, code=1008):
    for path in paths:
        with pytest.raises(WebSocketDisconnect) as found, TestClient(app).websocket_connect(path):
            pass
        assert code is None or found.value.code == code


@stub("6.2-socket")
def socket_shipped():
    def test_scans(app) -> None: ...

    return test_scans


@wrong("6.2-socket", says="lets everybody in")
def socket_that_works():
    def test_scans(app):
        scanned(app, ["R-7", "R-8"], connections=2)

    return test_scans


@wrong("6.2-socket", says="takes any key")
def socket_without_a_key():
    def test_scans(app):
        scanned(app, ["R-7", "R-8"], connections=2)
        refused(app, "/scans")

    return test_scans


@wrong("6.2-socket", says="another code than 1008")
def socket_refused_somehow():
    def test_scans(app):
        scanned(app, ["R-7", "R-8"], connections=2)
        refused(app, "/scans", "/scans?key=k-9", code=None)

    return test_scans


@wrong("6.2-socket", says="Send a second one")
def socket_one_code():
    def test_scans(app):
        scanned(app, ["R-7"], connections=1)
        refused(app, "/scans", "/scans?key=k-9")

    return test_scans


@wrong("6.2-socket", says="Send another code second")
def socket_the_same_code():
    def test_scans(app):
        scanned(app, ["R-7", "R-7"], connections=2)
        refused(app, "/scans", "/scans?key=k-9")

    return test_scans


@wrong("6.2-socket", says="Open two")
def socket_one_connection():
    def test_scans(app):
        scanned(app, ["R-7", "R-8"], connections=1)
        refused(app, "/scans", "/scans?key=k-9")

    return test_scans


@wrong("6.2-socket", says="red for the right app")
def socket_counted_from_zero():
    def test_scans(app):
        with TestClient(app).websocket_connect("/scans?key=k-1") as socket:
            socket.send_text("R-7")
            assert socket.receive_json() == {"code": "R-7", "number": 0}

    return test_scans


@right("6.2-socket")
def socket_by_a_disconnect():
    def test_scans(app):
        for path in ("/scans", "/scans?key=k"):
            try:
                with TestClient(app).websocket_connect(path):
                    raise AssertionError("accepted")
            except WebSocketDisconnect as error:
                assert error.code == 1008
        scanned(app, ["R-1", "R-2", "R-3"], connections=2)

    return test_scans


@right("6.2-socket")
def socket_with_params():
    def test_scans(app):
        with TestClient(app) as client:
            for first in ("A", "B"):
                with client.websocket_connect("/scans", params={"key": "k-1"}) as socket:
                    found = []
                    for code in (first, "C"):
                        socket.send_text(code)
                        found.append(socket.receive_json())
                    assert found == [{"code": first, "number": 1}, {"code": "C", "number": 2}]
        refused(app, "/scans?key=", "/scans?key=K-1")

    return test_scans


@right("6.2-socket")
def socket_together():
    async def test_scans(app):
        client = TestClient(app)
        with client.websocket_connect("/scans?key=k-1") as one, client.websocket_connect("/scans?key=k-1") as two:
            for socket, code, number in [(one, "A", 1), (two, "B", 1), (one, "C", 2)]:
                socket.send_text(code)
                assert socket.receive_json() == {"code": code, "number": number}
        refused(app, "/scans", "/scans?key=k-10")

    return test_scans


@right("6.2-socket")
def socket_waiting_for_the_refusal():
    def test_scans(app):
        scanned(app, ["R-7", "R-8"], connections=2)
        for path in ("/scans", "/scans?key=wrong"):
            with pytest.raises(WebSocketDisconnect) as found, TestClient(app).websocket_connect(path) as socket:
                socket.receive_json()
            assert found.value.code == 1008

    return test_scans

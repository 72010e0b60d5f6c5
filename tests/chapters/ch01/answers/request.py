"""What learners pass to 1.1-request."""

import json

import httpx

from tests.chapters.answers import right, stub, wrong


def written(
    parcel,
    first="POST /parcels HTTP/1.1",
    host="Host: parcels.example",
    kind="Content-Type: application/json",
    length=None,
    body=None,
):
    """The bytes of a request; a line that is None is left out."""
    content = (json.dumps(parcel, ensure_ascii=False) if body is None else body).encode()
    counted = f"Content-Length: {len(content) if length is None else length}"
    lines = [line for line in (first, host, kind, counted) if line]
    return "\r\n".join([*lines, "", ""]).encode() + content


@stub("1.1-request")
def request_shipped():
    def write_request(parcel): ...

    return write_request


@wrong("1.1-request", says="umlaut is one character and two bytes")
def request_counts_characters():
    return lambda parcel: written(parcel, length=len(json.dumps(parcel, ensure_ascii=False)))


@wrong("1.1-request", says="a text came, and a network carries bytes")
def request_as_text():
    return lambda parcel: written(parcel).decode()


@wrong("1.1-request", says="nobody knew what it is")
def request_without_a_media_type():
    return lambda parcel: written(parcel, kind=None)


@wrong("1.1-request", says="no end of the headers was found")
def request_without_an_empty_line():
    return lambda parcel: written(parcel).replace(b"\r\n\r\n", b"\r\n")


@wrong("1.1-request", says="`str(parcel)` writes Python")
def request_with_python():
    return lambda parcel: written(parcel, body=str(parcel))


@wrong("1.1-request", says="HTTP/1.1 asks for a `Host` header")
def request_without_a_host():
    return lambda parcel: written(parcel, host=None)


@wrong("1.1-request", says="`Content-Length` is missing")
def request_without_a_length():
    return lambda parcel: written(parcel).replace(b"Content-Length", b"X-Length")


@wrong("1.1-request", says="`/parcels` takes POST")
def request_by_get():
    return lambda parcel: written(parcel, first="GET /parcels HTTP/1.1")


@wrong("1.1-request", says="the app knows `/parcels`")
def request_to_another_path():
    return lambda parcel: written(parcel, first="POST / HTTP/1.1")


@wrong("1.1-request", says="reached the app")
def request_always_the_same():
    return lambda parcel: written({"to": "Ada in Bern", "weight_kg": 2.5})


@wrong("1.1-request", says="bytes were asked for, but `None` came")
def request_without_a_return():
    def write_request(parcel):
        written(parcel)

    return write_request


@right("1.1-request")
def request_with_the_umlaut_as_it_is():
    return written


@right("1.1-request")
def request_in_other_words():
    def write_request(parcel: dict) -> bytes:
        body = json.dumps(parcel, indent=2).encode("ascii")
        return (
            b"POST /parcels HTTP/1.1\r\ncontent-LENGTH: %d\r\nhost: a\r\nAccept: */*\r\n"
            b"content-type: application/json; charset=utf-8\r\nConnection: close\r\n\r\n%s" % (len(body), body)
        )

    return write_request


@right("1.1-request")
def request_by_a_client():
    def write_request(parcel: dict) -> bytes:
        made = httpx.Request("POST", "http://parcels.example/parcels", json=parcel)
        lines = [b"POST /parcels HTTP/1.1", *(name + b": " + value for name, value in made.headers.raw)]
        return b"\r\n".join([*lines, b"", made.content])

    return write_request


@right("1.1-request")
def request_in_chunks():
    def write_request(parcel: dict) -> bytes:
        body = json.dumps(parcel, ensure_ascii=False).encode()
        head = (
            b"POST /parcels HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        return head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)

    return write_request


@wrong("1.1-request", says="JSON")
def request_of_quotes_by_hand():
    return lambda parcel: written(parcel, body=f'{{"to": "{parcel["to"]}", "weight_kg": {parcel["weight_kg"]}}}')


@wrong("1.1-request", says="a line of the head ends in `\\n` alone")
def request_with_pythons_ends_of_lines():
    def write_request(parcel):
        return written(parcel).replace(b"\r\n", b"\n")

    return write_request

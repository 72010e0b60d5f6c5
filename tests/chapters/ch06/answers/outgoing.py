"""What learners pass to 6.2-outgoing."""

import httpx

from tests.chapters.answers import right, stub, wrong

OK = {"state": "at the depot"}


def plays(*cases, asked=None):
    """A test that tries each case, (number, what the carrier does, what is expected), and what should be asked."""

    async def test_track(track):
        seen = []

        def answer(request):
            seen.append(f"{request.method} {request.url.path}")
            does = next(does for number, does, _ in cases if str(request.url.path).endswith(f"/{number}"))
            if isinstance(does, Exception):
                raise does
            return httpx.Response(does, json=OK if does == 200 else {"state": "odd"})

        async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://c.example") as carrier:
            for number, _, expected in cases:
                assert await track(carrier, number) == expected
        if asked:
            assert seen == asked

    return test_track


DOWN = httpx.ConnectTimeout("nobody there")
FOUR = [(3, 200, "at the depot"), (4, 404, "unknown"), (5, 500, "unknown"), (6, DOWN, "unknown")]
ASKED = [f"GET /parcels/{number}" for number in (3, 4, 5, 6)]


@stub("6.2-outgoing")
def outgoing_shipped():
    async def test_track(track) -> None: ...

    return test_track


@wrong("6.2-outgoing", says="never looks at what the carrier says")
def outgoing_the_example():
    async def test_track(track):
        transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"state": "on its way"}))
        async with httpx.AsyncClient(transport=transport, base_url="http://c.example") as carrier:
            assert await track(carrier, 7) == "on its way"

    return test_track


@wrong("6.2-outgoing", says="asks for parcel 7")
def outgoing_parcel_seven():
    return plays((7, 200, "at the depot"), asked=["GET /parcels/7"])


@wrong("6.2-outgoing", says="asks with POST")
def outgoing_answers_only():
    return plays(*FOUR)


@wrong("6.2-outgoing", says="asks twice")
def outgoing_the_first_request():
    async def test_track(track):
        seen = []

        def answer(request):
            seen.append(f"{request.method} {request.url.path}")
            return httpx.Response(200, json=OK)

        async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://c.example") as carrier:
            assert await track(carrier, 3) == "at the depot"
        assert seen[0] == "GET /parcels/3"

    return test_track


@wrong("6.2-outgoing", says="body of a 404")
def outgoing_what_works():
    return plays(FOUR[0], asked=ASKED[:1])


@wrong("6.2-outgoing", says="answers 500")
def outgoing_until_404():
    return plays(*FOUR[:2], asked=ASKED[:2])


@wrong("6.2-outgoing", says="cannot be reached")
def outgoing_without_timeout():
    return plays(*FOUR[:3], asked=ASKED[:3])


@wrong("6.2-outgoing", says="red for the right `track`")
def outgoing_expects_an_error():
    return plays((3, 404, "odd"))


@right("6.2-outgoing")
def outgoing_four_cases():
    return plays(*FOUR, asked=ASKED)


@right("6.2-outgoing")
def outgoing_other_failures():
    refused, read = httpx.ConnectError("refused"), httpx.ReadTimeout("slow")
    return plays((31, 200, "at the depot"), (4, 404, "unknown"), (5, 503, "unknown"), (6, refused, "unknown"), (9, read, "unknown"),
                 asked=[f"GET /parcels/{number}" for number in (31, 4, 5, 6, 9)])  # fmt: skip


@right("6.2-outgoing")
def outgoing_with_a_transport_of_its_own():
    class Carrier(httpx.AsyncBaseTransport):
        def __init__(self):
            self.seen = []

        async def handle_async_request(self, request):
            self.seen.append((request.method, request.url.path))
            if request.url.path == "/parcels/1":
                return httpx.Response(200, json=OK)
            if request.url.path == "/parcels/4":
                raise httpx.ConnectError("refused")
            return httpx.Response(404 if request.url.path == "/parcels/2" else 502, json=OK)

    async def test_track(track):
        transport = Carrier()
        carrier = httpx.AsyncClient(transport=transport, base_url="http://c.example")
        assert [await track(carrier, n) for n in (1, 2, 3, 4)] == ["at the depot", *["unknown"] * 3]
        assert transport.seen == [("GET", f"/parcels/{n}") for n in (1, 2, 3, 4)]

    return test_track


@right("6.2-outgoing")
def outgoing_any_request_error():
    return plays((1, 200, "at the depot"), (2, 404, "unknown"), (3, 500, "unknown"), (4, httpx.RequestError("no answer"), "unknown"),
                 asked=[f"GET /parcels/{number}" for number in (1, 2, 3, 4)])  # fmt: skip

"""10.3-match: who was faster."""

from typing import Annotated, Any

import httpx
from fastapi import FastAPI, Header, HTTPException, Response

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import Server, running

addresses: dict[int, str] = {7: "Bern", 12: "Chur"}
versions: dict[int, int] = {7: 1, 12: 5}


def _check(app: FastAPI, addresses: dict[int, str], versions: dict[int, int]) -> str:
    kept, versions_kept = dict(addresses), dict(versions)
    try:
        with running(app) as server:
            for number, version in ((7, 1), (12, 5)):
                addresses[number], versions[number] = "Bern", version
                _two_clients(_Parcel(server, number, addresses, versions))
    finally:
        addresses.clear()
        addresses.update(kept)
        versions.clear()
        versions.update(versions_kept)
    return "The faster one wins, the other is told, and nobody writes without having read."


class _Parcel:
    """One parcel as two clients see it."""

    def __init__(self, server: Server, number: int, addresses: dict[int, str], versions: dict[int, int]):
        self.server, self.number, self.addresses, self.versions = server, number, addresses, versions

    def read(self) -> str:
        """The tag of the parcel as it is."""
        answer = ask(self.server, "GET", f"/parcels/{self.number}")
        assert answer.status_code == 200, (
            f"`GET /parcels/{self.number}` should stay as it was, but {answer.status_code} came: {logged(self.server)}."
        )
        return answer.headers.get("ETag", "")

    def write(self, to: str, tag: str = "") -> tuple[httpx.Response, str]:
        """What a PUT gets, and the address that is kept behind it."""
        headers: dict[str, Any] = {"If-Match": tag} if tag else {}
        answer = ask(self.server, "PUT", f"/parcels/{self.number}", params={"to": to}, headers=headers)
        assert answer.status_code != 500, f"your app answered 500: {logged(self.server)}."
        return answer, self.addresses[self.number]


def _two_clients(parcel: _Parcel) -> None:
    ada = grace = parcel.read()
    version = parcel.versions[parcel.number]
    blind, kept = parcel.write("Basel")
    assert blind.status_code != 422, (
        "without `If-Match` 422 came, because the header is required: give it a default, and answer 428 yourself."
    )
    assert blind.status_code == 428, f"without `If-Match` 428 was asked for, but {blind.status_code} came."
    assert kept == "Bern", "the 428 was answered, and the address changed all the same: refuse first, then change."
    first, kept = parcel.write("Basel", ada)
    assert first.status_code != 422, (
        f"with `If-Match: {ada}` 422 came: a tag is a text in quotes, so annotate the header as a `str`."
    )
    assert first.status_code != 412, (
        f"with `If-Match: {ada}`, the tag of today, 412 came: compare with the tag as the GET sends it, quotes included."
    )
    assert first.status_code == 204, f"with the tag of today 204 was asked for, but {first.status_code} came."
    assert kept == "Basel", f"the PUT was answered with 204, and the address is still {kept}."
    second, kept = parcel.write("Chur", grace)
    assert second.status_code != 204, (
        "Ada and Grace had read the same version, and both were answered with 204: whoever comes second overwrites what it never "
        f"saw. {_why(parcel, ada)}"
    )
    assert second.status_code == 412, f"for a tag of yesterday 412 was asked for, but {second.status_code} came."
    assert kept == "Basel", "the 412 was answered, and the address changed all the same: refuse first, then change."
    today = parcel.read()
    assert first.headers.get("ETag") == today, (
        f"the 204 should carry the new tag, {today}, so that Ada can change it once more, but "
        f"{first.headers.get('ETag', 'none')} came."
    )
    third, kept = parcel.write("Chur", today)
    assert (third.status_code, kept) == (204, "Chur"), (
        f"Grace read again and sent the new tag, and {third.status_code} came: 204 was asked for."
    )
    assert parcel.versions[parcel.number] == version + 2, (
        f"two changes went through, and the version rose from {version} to {parcel.versions[parcel.number]}: by one each was asked for."
    )
    for strange in (f'"{version + 2}{version + 2}"', '"of-another-parcel"'):
        never, kept = parcel.write("Genf", strange)
        assert (never.status_code, kept) == (412, "Chur"), (
            f"with `If-Match: {strange}`, which is no tag of this parcel, {never.status_code} came, and the address is {kept}: 412 was "
            "asked for. The tag of today is compared whole, and by `==`."
        )


def _why(parcel: _Parcel, tag: str) -> str:
    if parcel.read() == tag:
        return "The version did not change with the address: raise it by one."
    return "Compare `If-Match` with the tag of today."


def _solve() -> tuple[FastAPI, dict[int, str], dict[int, int]]:
    app = FastAPI()

    @app.get("/parcels/{number}")
    async def read_address(number: int, response: Response) -> str:
        if number not in versions:
            raise HTTPException(404, "There is no such parcel.")
        response.headers["ETag"] = f'"{versions[number]}"'
        return addresses[number]

    @app.put("/parcels/{number}", status_code=204)
    async def change_address(
        number: int, to: str, response: Response, if_match: Annotated[str | None, Header()] = None
    ) -> None:
        if number not in versions:
            raise HTTPException(404, "There is no such parcel.")
        if if_match is None:
            raise HTTPException(428, "Read it first, and send its ETag in If-Match.")
        if if_match != f'"{versions[number]}"':
            raise HTTPException(412, "Somebody was faster.")
        addresses[number] = to
        versions[number] += 1
        response.headers["ETag"] = f'"{versions[number]}"'

    return app, addresses, versions


EXERCISE = Exercise(
    id="10.3-match",
    title="who was faster",
    task="`PUT /parcels/{number}?to=Basel` should change the address and raise the version by one, answer 204 with the new `ETag`, and "
    "change nothing when `If-Match` is missing, 428, or is not the parcel's `ETag` of today, 412.",
    check=_check,
    hints=(
        "Two clients have read the same version. By what does the app know that the second one has not seen the first one's change?",
        '`if_match: Annotated[str | None, Header()] = None` reads the header, quotes included: `"1"` is three signs.',
        "In which order: refuse, change, raise the version, say the new tag?",
    ),
    solution=_solve,
    wants=("app", "value", "value"),
    routes=("GET /parcels/{number}", "PUT /parcels/{number}"),
)

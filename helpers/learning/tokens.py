"""A learner's progress as a short text that can be copied out of a machine that forgets, such as Binder, and back in.

"ATR1-" and base64url of: a CRC-32 of the rest, then for each state its length, the state, a count, and that many
two-byte codes, one for each id. A code is part of a hash, so that a token outlives new, moved and dropped exercises;
the tests prove that no two ids share one.
"""

import base64
import struct
import zlib
from collections.abc import Iterable, Iterator

from helpers.errors import CourseError
from helpers.learning.store import Records
from helpers.wording import describe

PREFIX = "ATR1-"
_SHORT = {"solved": "+", "attempted": "-"}
_LONG = {short: long for long, short in _SHORT.items()}


def code(id: str) -> bytes:
    """The two bytes that stand for an id."""
    return struct.pack(">H", zlib.crc32(id.encode("utf-8", "replace")) & 0xFFFF)


def encode(records: Records) -> str:
    """The token of these states. 40 solved exercises and 40 predicted letters take about 240 characters."""
    groups: dict[bytes, list[bytes]] = {}
    for id, state in sorted(records.items()):
        groups.setdefault(_SHORT.get(state, state).encode("utf-8", "replace")[:255], []).append(code(id))
    payload = b"".join(
        struct.pack(">B", len(state)) + state + struct.pack(">H", len(codes)) + b"".join(codes)
        for state, codes in sorted(groups.items())
    )
    packed = struct.pack(">I", zlib.crc32(payload)) + payload
    return PREFIX + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(token: object, ids: Iterable[str]) -> tuple[Records, int]:
    """The states in a token for these ids, and how many belong to ids that are not among them.

    Spaces, line breaks and quotes around are ignored. CourseError when the token is none, or was changed on its way.
    """
    text = "".join(token.split()).strip("\"'`") if isinstance(token, str) else ""
    if not text.startswith(PREFIX):
        came = "another text" if text else describe(token)
        raise CourseError(
            f"`restore` takes the token that `export()` showed, a text that begins with {PREFIX}; "
            f"{came} came. Nothing was changed."
        )
    try:
        coded = list(_unpack(text.removeprefix(PREFIX)))
    except (ValueError, IndexError, struct.error):
        raise CourseError(
            f"This token is not complete, or changed while it was copied: take it again, from {PREFIX} to its last "
            "letter. Nothing was changed."
        ) from None
    names = {code(id): id for id in ids}
    records = {names[two]: _LONG.get(state, state) for two, state in coded if two in names}
    return records, len(coded) - len(records)


def _unpack(text: str) -> Iterator[tuple[bytes, str]]:
    packed = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    payload = packed[4:]
    if packed[:4] != struct.pack(">I", zlib.crc32(payload)):
        raise ValueError("checksum")
    while payload:
        end = 1 + payload[0]
        state, (count,) = payload[1:end].decode(), struct.unpack(">H", payload[end : end + 2])
        codes, payload = payload[end + 2 : end + 2 + 2 * count], payload[end + 2 + 2 * count :]
        if len(codes) < 2 * count:
            raise ValueError("length")
        yield from ((codes[start : start + 2], state) for start in range(0, len(codes), 2))

"""A logo is a PNG by its bytes, not by its name, and is kept without what a picture may say about its maker."""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEPT = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"}
MOST_PIXELS = 4_000_000


def clean(data: bytes) -> bytes | None:
    """The same picture with its pixels only, or None when this is not a whole PNG."""
    parts = list(_parts(data))
    kinds = [kind for kind, _ in parts]
    if not kinds or kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or b"IDAT" not in kinds:
        return None
    width, height = struct.unpack(">II", parts[0][1][8:16])
    if not 0 < width * height <= MOST_PIXELS:
        return None
    return SIGNATURE + b"".join(part for kind, part in parts if kind in KEPT)


def _parts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk with its length and checksum, as far as they hold together; nothing may follow the last."""
    at = len(SIGNATURE) if data.startswith(SIGNATURE) else len(data)
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        end = at + 12 + length
        body, checksum = data[at + 4 : end - 4], data[end - 4 : end]
        if len(checksum) != 4 or zlib.crc32(body) != struct.unpack(">I", checksum)[0]:
            return
        if body[:4] == b"IEND" and end != len(data):
            return
        yield body[:4], data[at:end]
        at = end

"""What kind of file this is, judged by its content, and how to read it without filling the memory."""

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from cases.importers.records import UnreadableFile

HEAD = 1024 * 1024
LONGEST_LINE = HEAD
MOST_LINES = 2_000_000
UTF8_MARK = b"\xef\xbb\xbf"
SAVE_AS_UTF8 = "Save it as UTF-8 and choose it again."

FOREIGN = (
    (b"\x1f\x8b", "The file is compressed (gzip). Unpack it and choose the file inside."),
    (b"PK\x03\x04", "The file is a zip archive or an Excel workbook. Unpack it, or save the sheet as CSV."),
    (b"PK\x05\x06", "The file is an empty zip archive. Choose the file with the events."),
    (b"\xd0\xcf\x11\xe0", "The file is an old Excel or Word file. Save the sheet as CSV."),
    (b"BZh", "The file is compressed (bzip2). Unpack it and choose the file inside."),
    (b"\xfd7zXZ", "The file is compressed (xz). Unpack it and choose the file inside."),
    (b"7z\xbc\xaf", "The file is a 7-Zip archive. Unpack it and choose the file inside."),
    (b"%PDF", "The file is a PDF. Export the events as FHIR JSON or CSV."),
    (b"\xff\xfe", f"The file is in UTF-16. {SAVE_AS_UTF8}"),
    (b"\xfe\xff", f"The file is in UTF-16. {SAVE_AS_UTF8}"),
    (b"<", "The file is XML. Export the events as FHIR JSON or CSV."),
    (b"//", "The file starts with a comment, and JSON has none. Take the comment out."),
    (b"/*", "The file starts with a comment, and JSON has none. Take the comment out."),
)
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# After "}" valid JSON cannot go on with "{", so this is one object to a line.
OBJECT_PER_LINE = re.compile(rb"\{[^\n]*\}[ \t\r]*\n\s*\{")


class _Source(io.RawIOBase):
    """Any object with `read(size)`, as a raw stream that fills its buffer."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        filled = 0
        while filled < len(buffer) and (data := self.file.read(len(buffer) - filled)):
            buffer[filled : filled + len(data)] = data
            filled += len(data)
        return filled


def opened(file: BinaryIO) -> tuple[io.BufferedReader, bytes]:
    """The stream past its UTF-8 mark, and its first megabyte."""
    stream = io.BufferedReader(_Source(file), HEAD)
    head = stream.peek(HEAD)[:HEAD]
    if head.startswith(UTF8_MARK):
        stream.read(len(UTF8_MARK))
    return stream, head.removeprefix(UTF8_MARK)


def kind_of(head: bytes) -> str:
    """json, ndjson or csv; UnreadableFile says what else it is."""
    start = head.lstrip()
    if not start:
        raise UnreadableFile("The file is empty. Choose the file with the events.")
    for mark, sentence in FOREIGN:
        if start.startswith(mark):
            raise UnreadableFile(sentence)
    if head[1:40:2].count(0) > 10 or head[:40:2].count(0) > 10:
        raise UnreadableFile(f"The file is in UTF-16. {SAVE_AS_UTF8}")
    if CONTROL.search(head):
        raise UnreadableFile("The file is not text. Export the events as FHIR JSON or CSV.")
    if start[:1] not in (b"{", b"["):
        return "csv"
    return "ndjson" if OBJECT_PER_LINE.match(start) else "json"


def lines(stream: io.BufferedReader, encoding: str) -> Iterator[str]:
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if number > MOST_LINES:
            raise UnreadableFile(f"The file has more than {MOST_LINES:,} lines. Split it, for instance by month.")
        if len(line) > LONGEST_LINE:
            raise UnreadableFile(f"Line {number} is longer than a megabyte. Check that this is the right file.")
        try:
            yield line.decode(encoding)
        except UnicodeDecodeError:
            raise UnreadableFile(f"Line {number} is not in {encoding.upper()}. {SAVE_AS_UTF8}") from None

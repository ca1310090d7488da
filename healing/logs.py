"""Logs hold ids and codes. An error leaves its kind and its place in the code, never a value."""

import logging
import re
import traceback

EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


class NoWords(logging.Formatter):
    """Leaves out what somebody may have typed: addresses, an error's own text, the path and query of a request."""

    def format(self, record: logging.LogRecord) -> str:
        text = EMAIL.sub("[address]", plain(record)).replace("\n", " ")
        return super().format(logging.makeLogRecord(vars(record) | WITHOUT | {"msg": text}))


WITHOUT = {"args": (), "exc_info": None, "exc_text": None, "stack_info": None}


def plain(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    if request := getattr(record, "request", None):
        return f"{getattr(record, 'status_code', '')} {getattr(request, 'method', '')} {route(request)}{place(error)}"
    if isinstance(record.msg, BaseException):
        return f"error{place(record.msg)}"
    if error:  # arguments beside an error tend to quote it
        return str(record.msg).replace(str(error) or "\n", "…") + place(error)
    return record.getMessage()


def route(request: object) -> str:
    """The pattern of the address: an address itself may hold a token."""
    match = getattr(request, "resolver_match", None)
    return match.route or "/" if match else "outside the pages"


def place(error: BaseException | None) -> str:
    """The error's kind, and the innermost line it came from."""
    if error is None:
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f" ({type(error).__name__}{where})"


class NobodyAsked(logging.Filter):
    """Leaves out that a page of peer support said no to something: the line would tell when somebody tried to ask."""

    def filter(self, record: logging.LogRecord) -> bool:
        path = getattr(getattr(record, "request", None), "path_info", "")
        return not path.startswith(("/support/", "/s/")) or getattr(record, "status_code", 500) >= 500

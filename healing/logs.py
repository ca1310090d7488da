"""Logs hold ids and codes. Tracebacks keep their lines but lose their values."""

import logging
import re

EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


class NoWords(logging.Filter):
    """Takes addresses out of every line, and the exception's own text, which may quote what somebody typed."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = EMAIL.sub("[address]", record.getMessage()), ()
        if record.exc_info and record.exc_info[1] is not None:
            kind = type(record.exc_info[1]).__name__
            record.msg, record.exc_info, record.exc_text = f"{record.msg} ({kind})", None, None
        return True

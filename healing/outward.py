"""One POST to a server outside. What comes of it says whether anything left the house."""

from ssl import SSLCertVerificationError
from typing import Any

import requests
from urllib3.exceptions import ConnectTimeoutError

from healing.mail import NotTaken

SECONDS = 5  # as for mail: what is locked until the message is handed over waits no longer
TAKEN, NO = range(200, 300), range(400, 500)


class SaidNo(NotTaken):
    """The server answered, and did not take it."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Unclear(Exception):
    """The server answered neither yes nor no, or pointed elsewhere: it may have taken it."""


def post(url: str, *, headers: dict[str, str], json: dict[str, str] | None = None) -> None:
    """NotTaken means that nothing left; after any other error it may have left. No redirect is followed."""
    try:
        answer = requests.post(url, headers=headers, json=json, timeout=SECONDS, allow_redirects=False, stream=True)
    except (requests.RequestException, ValueError) as error:
        if _nothing_left(error):
            raise NotTaken from error
        raise
    answer.close()  # what it says beyond its status is not read
    if answer.status_code in NO:
        raise SaidNo(answer.status_code)
    if answer.status_code not in TAKEN:
        raise Unclear(answer.status_code)


def _nothing_left(error: Exception) -> bool:
    """The request could not be written, or nobody was there to take it."""
    if isinstance(error, ValueError | requests.exceptions.ProxyError):
        return True
    reason: Any = getattr(error.args[0], "reason", None) if error.args else None
    cause = reason.args[0] if isinstance(error, requests.exceptions.SSLError) and reason else reason
    return isinstance(cause, ConnectTimeoutError | SSLCertVerificationError)

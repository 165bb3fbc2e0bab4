"""Errors as ``application/problem+json``.

References
----------
Nottingham, M., Wilde, E. & Dalal, S. (2023). RFC 9457: Problem Details for HTTP APIs.
https://www.rfc-editor.org/rfc/rfc9457
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"
#: What a client that came at a bad time should wait, in s.
RETRY_AFTER_S = 1
_COME_AGAIN = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


class Problem(Exception):
    """A request that gets an error for an answer.

    Parameters
    ----------
    status : int
        Of HTTP.
    detail : str
        A sentence that says what is wrong and what to do.
    headers : mapping, optional
        Of the answer.
    **more
        Further members of the answer.
    """

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more = status, detail, more
        self.headers = dict(headers or {})
        if status in _COME_AGAIN:
            self.headers.setdefault("Retry-After", str(RETRY_AFTER_S))

    @property
    def body(self) -> dict[str, Any]:
        """As JSON. Its type is what its status says, so that the title is the status's own."""
        about = {"type": "about:blank", "title": HTTPStatus(self.status).phrase, "status": self.status}
        return about | {"detail": self.detail} | self.more

    def __reduce__(self) -> tuple:  # crosses process borders with all its parts
        return _again, (self.status, self.detail, self.headers, self.more)


def _again(status: int, detail: str, headers: dict[str, str], more: dict[str, Any]) -> Problem:
    return Problem(status, detail, headers, **more)

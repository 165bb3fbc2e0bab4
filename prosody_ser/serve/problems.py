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
#: Time that a client should wait before it tries again.
RETRY_AFTER_S = 1
_TEMPORARY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


class Problem(Exception):
    """An error as the response to a request.

    Parameters
    ----------
    status : int
        HTTP status.
    detail : str
        A sentence that says what is wrong and what to do.
    headers : mapping, optional
        Headers of the response.
    **more
        Further members of the response.
    """

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more = status, detail, more
        self.headers = dict(headers or {})
        if status in _TEMPORARY:
            self.headers.setdefault("Retry-After", str(RETRY_AFTER_S))

    @property
    def body(self) -> dict[str, Any]:
        """The response as JSON. The type is ``about:blank``, for which RFC 9457 wants the status phrase as title."""
        about = {"type": "about:blank", "title": HTTPStatus(self.status).phrase, "status": self.status}
        return about | {"detail": self.detail} | self.more

    def __reduce__(self) -> tuple:  # so that all its parts are pickled
        return _restored, (self.status, self.detail, self.headers, self.more)


def _restored(status: int, detail: str, headers: dict[str, str], more: dict[str, Any]) -> Problem:
    return Problem(status, detail, headers, **more)

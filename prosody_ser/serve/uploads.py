"""The recordings in a request: files of a form, or the body itself. Declared types are ignored; no file is written."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from http import HTTPStatus

import python_multipart  # noqa: F401 - so that it is missed at the start, not at the first form
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from .limits import MOST_FILES, Limits
from .problems import Problem

#: Fields of a form: recordings, and enrolment clips of their speaker.
FILES, ENROLMENT = "file", "enrol"
#: Name of a recording that is the body of its request.
BODY = "recording"
#: A body that is too large is read and discarded up to this multiple of the limit, since a client reads the response
#: only after it has sent the body. Then the connection is closed.
_READ_ON = 4


@dataclass(frozen=True)
class Upload:
    """A recording as it was sent."""

    name: str
    content: bytes


async def received(request: Request, limits: Limits) -> dict[str, list[Upload]]:
    """Receive the uploads of a request, by field.

    Raises
    ------
    Problem
        If the request is too large or too slow, has no recording, or has anything but recordings.
    """
    try:
        async with asyncio.timeout(limits.time_s):
            body = _limited(request, limits)
            if _is_form(request):
                return await _of_form(request, body)
            content = b"".join([part async for part in body])
    except TimeoutError:
        raise Problem(HTTPStatus.REQUEST_TIMEOUT, f"the request was not received within {limits.time_s:g} s") from None
    if not content:
        raise Problem(
            HTTPStatus.BAD_REQUEST,
            f"the request has no body: send one recording as the body, or several in the form field {FILES!r}",
        )
    return {FILES: [Upload(BODY, content)], ENROLMENT: []}


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "multipart/form-data"


async def _limited(request: Request, limits: Limits) -> AsyncGenerator[bytes, None]:
    """Give the parts of the body; raise a Problem if it is too large."""
    most, n = limits.size_bytes, 0
    async for part in request.stream():
        n += len(part)
        if n <= most:
            yield part
        elif n > _READ_ON * most:
            break
    if n > most:
        raise Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the request is larger than the limit of {limits.size_mb:g} MB; send shorter or fewer recordings, or FLAC "
            "files",
        )


class _InMemory(MultiPartParser):
    """A parser that keeps files in memory; the size of the body is limited."""

    spool_max_size = 0  # for SpooledTemporaryFile, 0 means that nothing is written to the disk


async def _of_form(request: Request, body: AsyncGenerator[bytes, None]) -> dict[str, list[Upload]]:
    parser = _InMemory(request.headers, body, max_files=MOST_FILES, max_fields=MOST_FILES)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise _not_a_form(error.message) from error
    except (KeyError, ValueError, UnicodeError, LookupError) as error:  # invalid headers in the form
        raise _not_a_form(str(error)) from error
    try:
        return await _uploads(form)
    finally:
        await form.close()


def _not_a_form(cause: str) -> Problem:
    return Problem(
        HTTPStatus.BAD_REQUEST,
        f"the form cannot be read ({cause}): send up to {MOST_FILES} files in the field {FILES!r}, and nothing else",
    )


async def _uploads(form: FormData) -> dict[str, list[Upload]]:
    uploads: dict[str, list[Upload]] = {FILES: [], ENROLMENT: []}
    for field, value in form.multi_items():
        if field not in uploads or not isinstance(value, UploadFile):
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"the form field {field!r} is not accepted: send recordings as files in the field {FILES!r}, enrolment "
                f"clips as files in {ENROLMENT!r}, and options in the query",
            )
        uploads[field].append(Upload(value.filename or BODY, await value.read()))
    if not uploads[FILES]:
        raise Problem(HTTPStatus.BAD_REQUEST, f"the form has no recording: send files in its field {FILES!r}")
    return uploads

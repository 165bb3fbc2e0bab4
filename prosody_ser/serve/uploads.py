"""The recordings in a request: files of a form, or the body itself. No header is believed, and nothing is written."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from http import HTTPStatus

import python_multipart  # noqa: F401 - Starlette would miss it only when a form comes
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from .limits import MOST_FILES, Limits
from .problems import Problem

#: Fields of a form: recordings, and clips that tell how the speaker sounds.
FILES, ENROLMENT = "file", "enrol"
#: What a recording is called that is the body of its request.
BODY = "recording"
#: So many times what may be sent is read, and dropped, before a client that sends more is cut off: it would not read
#: the answer while it sends.
_READ_ON = 4


@dataclass(frozen=True)
class Upload:
    """A recording as it was sent."""

    name: str
    content: bytes


async def received(request: Request, limits: Limits) -> dict[str, list[Upload]]:
    """The uploads of a request by field.

    Raises
    ------
    Problem
        If it is too large or too slow, holds no recording, or something else than recordings.
    """
    try:
        async with asyncio.timeout(limits.time_s):
            body = _limited(request, limits)
            if _is_form(request):
                return await _of_form(request, body)
            content = b"".join([part async for part in body])
    except TimeoutError:
        raise Problem(HTTPStatus.REQUEST_TIMEOUT, f"the request did not come in within {limits.time_s:g} s") from None
    if not content:
        raise Problem(
            HTTPStatus.BAD_REQUEST,
            f"the request has no body: send a recording as the body, or several as a form's field {FILES!r}",
        )
    return {FILES: [Upload(BODY, content)], ENROLMENT: []}


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "multipart/form-data"


async def _limited(request: Request, limits: Limits) -> AsyncGenerator[bytes, None]:
    """The parts of the body, as long as it is not too large."""
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
            f"the request is larger than {limits.size_mb:g} MB, the most that this service takes; send shorter "
            "recordings, or FLAC",
        )


class _InMemory(MultiPartParser):
    """Keeps files in memory, which has room for them: the body is limited."""

    spool_max_size = 0  # as SpooledTemporaryFile takes it: never to the disk


async def _of_form(request: Request, body: AsyncGenerator[bytes, None]) -> dict[str, list[Upload]]:
    parser = _InMemory(request.headers, body, max_files=MOST_FILES, max_fields=MOST_FILES)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise _not_a_form(error.message) from error
    except (KeyError, ValueError, UnicodeError, LookupError) as error:  # of headers of the form that are none
        raise _not_a_form(str(error)) from error
    try:
        return await _uploads(form)
    finally:
        await form.close()


def _not_a_form(why: str) -> Problem:
    return Problem(
        HTTPStatus.BAD_REQUEST,
        f"the form cannot be read ({why}): send up to {MOST_FILES} files in the field {FILES!r}, and nothing else",
    )


async def _uploads(form: FormData) -> dict[str, list[Upload]]:
    found: dict[str, list[Upload]] = {FILES: [], ENROLMENT: []}
    for field, value in form.multi_items():
        if field not in found or not isinstance(value, UploadFile):
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"the form has a field {field!r}: recordings are sent as files in the field {FILES!r}, clips that tell "
                f"how the speaker sounds in {ENROLMENT!r}, and all else in the query",
            )
        found[field].append(Upload(value.filename or BODY, await value.read()))
    if not found[FILES]:
        raise Problem(HTTPStatus.BAD_REQUEST, f"the form holds no recording: send files in its field {FILES!r}")
    return found

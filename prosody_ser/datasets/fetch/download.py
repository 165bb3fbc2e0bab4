"""One file over HTTP, whole and checked, going on where an earlier attempt stopped.

pooch fetches, checks and puts in place; its own downloader starts anew each time, so it is given one that keeps what
came in ``NAME.part`` and asks for the rest only (RFC 9110, Range and If-Range). ``NAME.part.version`` beside it holds
the server's mark of the file's version (ETag), so that halves of two versions never meet.
"""

import contextlib
import errno
import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pooch
import requests
import urllib3

from ... import __version__
from ...errors import FetchError

_CHUNK = 1 << 16
#: A try that brought this many bytes counts as progress: the tries start anew.
_PROGRESS = 1 << 20
#: Slower than this is as good as broken.
_SLOWEST_BYTES_PER_S = 100
_LONGEST_WAIT_S = 30.0
#: Of a file whose size is not known beforehand (a list of files).
_LARGEST_UNKNOWN = 1 << 26
_MAY_PASS = (requests.exceptions.ConnectionError, requests.exceptions.Timeout, urllib3.exceptions.HTTPError)
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})

pooch.get_logger().setLevel("WARNING")


@dataclass(frozen=True)
class Connection:
    """How servers are asked."""

    mirror: str | None = None  #: server that is asked instead of the corpus's own, for the same paths
    timeout_s: float = 30.0  #: longest silence of a server
    retries: int = 4  #: how often a broken download is tried again at once
    stop: threading.Event = field(default_factory=threading.Event, repr=False)
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def __post_init__(self) -> None:
        if self.mirror is not None and not _is_address(self.mirror):
            raise FetchError(f"invalid --mirror {self.mirror}: the address must begin with http:// or https://")

    def address(self, url: str) -> str:
        """Where `url` is asked for: there, or under the mirror."""
        if self.mirror is None:
            return url
        parts = urlsplit(url)
        return self.mirror.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # "[" that is not closed, a port beyond 65535
        return False


class _BrokenError(Exception):
    """A try that failed in a way that may not last."""

    def __init__(self, cause: str, wait_s: float = 0.0) -> None:
        super().__init__(cause)
        self.wait_s = wait_s


def download(
    url: str,
    target: Path,
    checksum: str | None,
    size: int | None,
    connection: Connection,
    progress: Callable[[int], None] = lambda n_bytes: None,
) -> None:
    """Download one file to a folder that is ours: a file there with another checksum is replaced.

    `checksum` is ``algorithm:hexadecimal digits``, and None only for what the server says about its own files; `size`
    is in bytes, if known. `progress` is told of bytes as they come, and of a negative number when some are thrown away.

    Raises
    ------
    FetchError
        If the server cannot be reached, does not have the file, or gives another one.
    """
    address = connection.address(url)
    downloader = ResumingDownloader(target, size, connection, progress)
    try:
        if checksum is None:
            target.unlink(missing_ok=True)  # what a server says today is not what it said before
        pooch.retrieve(address, checksum, fname=target.name, path=target.parent, downloader=downloader)
    except ValueError as error:
        actual = re.search(r"got (\w+)", str(error))
        if actual is None:
            raise
        downloader.start_anew()
        raise FetchError(
            f"{address}: wrong checksum: expected {checksum}, found {actual[1]}; the download was deleted"
        ) from error
    except OSError as error:
        raise FetchError(disk_error(target.parent, error)) from error
    downloader.forget()


def disk_error(folder: Path, error: OSError) -> str:
    """One line for a disk that does not take what is written to it."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{folder}: no space left; free some space, then run the same command again to resume"
    return f"{error.filename or folder}: the file cannot be written ({error.strerror or error})"


class ResumingDownloader:
    """A downloader for pooch that goes on with the part that is there: ``target.part``, kept beside the target."""

    def __init__(self, target: Path, size: int | None, connection: Connection, progress: Callable[[int], None]):
        self.part = target.with_name(target.name + ".part")
        self.version = target.with_name(target.name + ".part.version")
        self.size = size
        self.connection = connection
        self.progress = progress

    def __call__(self, url: str, output_file: str, pooch: object = None) -> None:
        """Download `url` and put it at `output_file`; what pooch calls."""
        self.progress(self._have())
        failures = 0
        while True:
            before = self._have()
            try:
                self._go_on(url)
                break
            except _BrokenError as error:
                failures = 1 if self._have() - before >= _PROGRESS else failures + 1
                if failures > self.connection.retries:
                    kept = "; run the same command again to resume the download" if self._have() else ""
                    raise FetchError(f"{url}: {error}{kept}") from error
                self._wait(max(error.wait_s, 0.5 * 2 ** (failures - 1)))
        output = Path(output_file)
        output.unlink(missing_ok=True)
        try:
            os.link(self.part, output)  # the part stays until the checksum held
        except OSError:
            os.replace(self.part, output)

    def start_anew(self) -> None:
        """Throw away what came."""
        self.progress(-self._have())
        self.forget()

    def forget(self) -> None:
        """Leave nothing beside the finished file."""
        self.part.unlink(missing_ok=True)  # first: a mark without a part says nothing, a part without one is lost
        self.version.unlink(missing_ok=True)

    def _have(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _go_on(self, url: str) -> None:
        version = self.version.read_text(encoding="utf-8") if self.version.exists() else ""
        if self._have() and not (version and self._have() <= (self.size or self._have())):
            self.start_anew()
        have = self._have()
        if have == self.size:  # stopped between the last byte and the checksum
            self.part.touch()
            return
        headers = {"Accept-Encoding": "identity", "User-Agent": f"prosody-ser/{__version__}"}
        if have:
            headers |= {"Range": f"bytes={have}-", "If-Range": version}
        timeout_s = self.connection.timeout_s
        try:
            with self.connection.session.get(url, headers=headers, stream=True, timeout=timeout_s) as response:
                self._take(url, response, have, version)
        except (requests.exceptions.SSLError, requests.exceptions.TooManyRedirects) as error:
            raise FetchError(f"{url}: {_cause(error, timeout_s)}") from error
        except _MAY_PASS as error:
            raise _BrokenError(_cause(error, timeout_s)) from error
        except requests.exceptions.RequestException as error:
            raise FetchError(f"{url}: {_cause(error, timeout_s)}") from error

    def _take(self, url: str, response: requests.Response, have: int, version: str) -> None:
        status = response.status_code
        if status in _WORTH_ANOTHER_TRY:
            raise _BrokenError(f"the server answered {status} {response.reason}", _asked_to_wait(response))
        if status == 416 and have:  # nothing after our part: it is of another version
            self.start_anew()
            raise _BrokenError("the file on the server is shorter than the part downloaded so far")
        if status not in (200, 206):
            raise FetchError(f"{url}: the server answered {status} {response.reason}")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise FetchError(f"{url}: the server sent a packed file ({response.headers['Content-Encoding']}), unasked")
        now = _version_of(response)
        if status == 206 and not (_begins_at(response) == have and now in ("", version)):
            self.start_anew()  # the server passed over If-Range, or gives another piece than asked for
            raise _BrokenError("the file on the server changed since the download began")
        if status == 200:
            self.start_anew()
            have = 0
            if now:
                self.version.write_text(now, encoding="utf-8")
        length = response.headers.get("Content-Length", "")
        end = have + int(length) if length.isdecimal() else None
        if self.size is not None and end is not None and end != self.size:
            self.start_anew()
            raise FetchError(f"{url}: the file has {end} bytes, but {self.size} were published; nothing was kept")
        self._write(url, response, have)
        expected = self.size if end is None else end
        if expected is not None and self._have() < expected:
            raise _BrokenError(f"the connection broke after {self._have()} of {expected} bytes")

    def _write(self, url: str, response: requests.Response, have: int) -> None:
        """Append what comes to the part."""
        limit = _LARGEST_UNKNOWN if self.size is None else self.size
        began, mark = time.monotonic(), have
        with open(self.part, "ab") as out:
            while data := response.raw.read1(_CHUNK, decode_content=False):
                if self.connection.stop.is_set():
                    raise FetchError(f"{url}: the download was stopped")
                have += len(data)
                if have > limit:
                    break
                out.write(data)
                self.progress(len(data))
                waited = time.monotonic() - began
                if waited > 2 * self.connection.timeout_s:
                    if have - mark < _SLOWEST_BYTES_PER_S * waited:
                        raise _BrokenError(
                            f"only {(have - mark) / waited:.0f} bytes per second arrived, which is too slow"
                        )
                    began, mark = time.monotonic(), have
        if have > limit:
            self.start_anew()
            raise FetchError(f"{url}: the file is longer than the expected {limit} bytes; nothing was kept")

    def _wait(self, seconds: float) -> None:
        if self.connection.stop.wait(min(seconds, _LONGEST_WAIT_S)):
            raise FetchError("the download was stopped")


def _version_of(response: requests.Response) -> str:
    """The server's mark of this version of the file, fit for If-Range, or nothing."""
    mark = response.headers.get("ETag", "")
    if mark and not mark.startswith("W/"):
        return mark
    return "" if mark else response.headers.get("Last-Modified", "")


def _begins_at(response: requests.Response) -> int | None:
    match = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return int(match[1]) if match else None


def _asked_to_wait(response: requests.Response) -> float:
    with contextlib.suppress(ValueError):
        return float(response.headers.get("Retry-After", "0"))
    return 0.0


def _cause(error: Exception, timeout_s: float) -> str:
    """Why, in a few words: what the system said, where it said something."""
    chain: list[BaseException | None] = [error]
    while (last := chain[-1]) is not None:
        inner = getattr(last, "reason", None) or (last.args[0] if last.args else None)
        chain.append(inner if isinstance(inner, BaseException) else (last.__cause__ or last.__context__))
    for seen in chain:
        ours = isinstance(seen, requests.exceptions.RequestException | TimeoutError)
        if isinstance(seen, OSError) and not ours and seen.strerror:
            return seen.strerror
    if any(isinstance(seen, TimeoutError | urllib3.exceptions.TimeoutError) for seen in chain):
        return f"no answer within {timeout_s:g} s"
    return " ".join(str(error).split())[:200] or type(error).__name__

"""Download one file over HTTP, with a checksum, and resume an interrupted download.

pooch fetches the file, checks it and moves it into place. Its own downloader cannot resume, so it gets one that keeps
an incomplete download in ``NAME.part`` and requests only the rest (RFC 9110, Range and If-Range). The file
``NAME.part.version`` contains the server's identifier of the file's version (ETag), so that parts of two versions are
never mixed.
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
#: An attempt that downloaded so many bytes counts as progress and resets the number of failures.
_PROGRESS = 1 << 20
#: A slower connection counts as broken.
_SLOWEST_BYTES_PER_S = 100
_LONGEST_WAIT_S = 30.0
#: Largest size of a file whose size is not known beforehand (a list of files).
_LARGEST_UNKNOWN = 1 << 26
_MAY_PASS = (requests.exceptions.ConnectionError, requests.exceptions.Timeout, urllib3.exceptions.HTTPError)
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})

pooch.get_logger().setLevel("WARNING")


@dataclass(frozen=True)
class Connection:
    """Settings for requests to servers."""

    mirror: str | None = None  #: server that replaces that of the corpus, with the same paths
    timeout_s: float = 30.0  #: longest wait for an answer
    retries: int = 4  #: number of immediate retries of a broken download
    stop: threading.Event = field(default_factory=threading.Event, repr=False)
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def __post_init__(self) -> None:
        if self.mirror is not None and not _is_address(self.mirror):
            raise FetchError(f"invalid --mirror {self.mirror}: the address must begin with http:// or https://")

    def address(self, url: str) -> str:
        """Return the address for `url`: itself, or that on the mirror."""
        if self.mirror is None:
            return url
        parts = urlsplit(url)
        return self.mirror.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # for example an invalid port
        return False


class UnreachableError(FetchError):
    """A server that this machine cannot connect to."""


class _BrokenError(Exception):
    """An attempt that failed for a possibly temporary reason."""

    def __init__(self, cause: str, wait_s: float = 0.0, connected: bool = True) -> None:
        super().__init__(cause)
        self.wait_s = wait_s
        self.connected = connected


def download(
    url: str,
    target: Path,
    checksum: str | None,
    size: int | None,
    connection: Connection,
    progress: Callable[[int], None] = lambda n_bytes: None,
) -> None:
    """Download one file to a private folder; an existing file with another checksum is replaced.

    `checksum` is ``algorithm:hexadecimal digits``, and None only for a list of files from the server itself. `size` is
    in bytes, if known. `progress` is called with numbers of new bytes, and a negative number if bytes are discarded.

    Raises
    ------
    FetchError
        If the server cannot be reached, does not have the file, or sends a different one.
    """
    address = connection.address(url)
    downloader = ResumingDownloader(target, size, connection, progress)
    try:
        if checksum is None:
            target.unlink(missing_ok=True)  # the list may have changed
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
    """Return the message for an error while writing to disk."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{folder}: no space left; free some space, then run the same command again to resume"
    return f"{error.filename or folder}: the file cannot be written ({error.strerror or error})"


class ResumingDownloader:
    """A downloader for pooch that resumes from an incomplete download, ``target.part`` beside the target."""

    def __init__(self, target: Path, size: int | None, connection: Connection, progress: Callable[[int], None]):
        self.part = target.with_name(target.name + ".part")
        self.version = target.with_name(target.name + ".part.version")
        self.size = size
        self.connection = connection
        self.progress = progress

    def __call__(self, url: str, output_file: str, pooch: object = None) -> None:
        """Download `url` to `output_file`; called by pooch."""
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
                    if not error.connected:
                        raise UnreachableError(f"this machine cannot reach {urlsplit(url).netloc} ({error})") from error
                    kept = "; run the same command again to resume the download" if self._have() else ""
                    raise FetchError(f"{url}: {error}{kept}") from error
                self._wait(max(error.wait_s, 0.5 * 2 ** (failures - 1)))
        output = Path(output_file)
        output.unlink(missing_ok=True)
        try:
            os.link(self.part, output)  # the part is kept until the checksum is verified
        except OSError:
            os.replace(self.part, output)

    def start_anew(self) -> None:
        """Discard the incomplete download."""
        self.progress(-self._have())
        self.forget()

    def forget(self) -> None:
        """Remove the incomplete download."""
        self.part.unlink(missing_ok=True)  # first, because a part without its version is useless
        self.version.unlink(missing_ok=True)

    def _have(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _go_on(self, url: str) -> None:
        version = self.version.read_text(encoding="utf-8") if self.version.exists() else ""
        if self._have() and not (version and self._have() <= (self.size or self._have())):
            self.start_anew()
        have = self._have()
        if have == self.size:  # interrupted before the checksum
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
            raise _BrokenError(_cause(error, timeout_s), connected=not _never_connected(error)) from error
        except requests.exceptions.RequestException as error:
            raise FetchError(f"{url}: {_cause(error, timeout_s)}") from error

    def _take(self, url: str, response: requests.Response, have: int, version: str) -> None:
        status = response.status_code
        if status in _WORTH_ANOTHER_TRY:
            raise _BrokenError(f"the server answered {status} {response.reason}", _asked_to_wait(response))
        if status == 416 and have:  # the file is shorter, so it is another version
            self.start_anew()
            raise _BrokenError("the file on the server is shorter than the part downloaded so far")
        if status not in (200, 206):
            raise FetchError(f"{url}: the server answered {status} {response.reason}")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            encoding = response.headers["Content-Encoding"]
            raise FetchError(f"{url}: the server sent a compressed file ({encoding}), which was not requested")
        now = _version_of(response)
        if status == 206 and not (_begins_at(response) == have and now in ("", version)):
            self.start_anew()  # the server ignored If-Range, or sent another part than requested
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
            raise FetchError(f"{url}: the file has {end} bytes, the published one {self.size}; nothing was kept")
        self._write(url, response, have)
        expected = self.size if end is None else end
        if expected is not None and self._have() < expected:
            raise _BrokenError(f"the connection broke after {self._have()} of {expected} bytes")

    def _write(self, url: str, response: requests.Response, have: int) -> None:
        """Append the received bytes to the part."""
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
    """Return the server's identifier of this version of the file for If-Range, or an empty text."""
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


def _chain(error: Exception) -> list[BaseException]:
    """Return an error and the errors that caused it, from the outermost to the innermost."""
    chain: list[BaseException] = []
    last: BaseException | None = error
    while last is not None:
        chain.append(last)
        inner = getattr(last, "reason", None) or (last.args[0] if last.args else None)
        last = inner if isinstance(inner, BaseException) else (last.__cause__ or last.__context__)
    return chain


def _never_connected(error: Exception) -> bool:
    """Whether no connection was made: the name is unknown, there is no route, or the server or proxy refuses."""
    kinds = (
        urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError | urllib3.exceptions.ProxyError
    )
    return any(isinstance(seen, kinds) for seen in _chain(error))


def _cause(error: Exception, timeout_s: float) -> str:
    """Return the cause of an error in a few words: the message of the system, if there is one."""
    chain = _chain(error)
    for seen in chain:
        ours = isinstance(seen, requests.exceptions.RequestException | TimeoutError)
        if isinstance(seen, OSError) and not ours and seen.strerror:
            return seen.strerror
    if any(isinstance(seen, TimeoutError | urllib3.exceptions.TimeoutError) for seen in chain):
        return f"no answer within {timeout_s:g} s"
    return " ".join(str(error).split())[:200] or type(error).__name__

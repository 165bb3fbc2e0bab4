"""Read lists of files with checksums that servers publish."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from ...audio.files.suffixes import SOUND
from ...errors import FetchError
from .safe_path import safe_path
from .sources import Listing


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording on a server: path below the corpus folder, address, checksum and size in bytes."""

    path: str
    url: str
    checksum: str
    size: int


def clips_of(listing: Listing, content: bytes) -> list[Clip]:
    """Return the recordings in a list, sorted by path; raise a FetchError if the list is invalid or has none."""
    server = urlsplit(listing.url)
    name = f"{server.scheme}://{server.netloc}{server.path}"
    try:
        entries = list(_READERS[listing.form](content, name, f"{server.scheme}://{server.netloc}"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FetchError(f"{name}: the server did not send the expected list of files") from error
    clips = {clip.path: clip for clip in entries if PurePosixPath(clip.path).suffix.lower() in SOUND}
    if not clips:
        raise FetchError(f"{name}: the list names no recordings")
    return [clips[path] for path in sorted(clips)]


def _tfds(content: bytes, name: str, server: str) -> Iterator[Clip]:
    """Read lines of address, bytes and SHA-256, as in TensorFlow Datasets."""
    for line in content.decode("utf-8").splitlines():
        if line.strip():
            url, size, checksum, *_ = line.split()
            path = safe_path(PurePosixPath(urlsplit(url).path).name, name)
            yield Clip(path, url, _checksum("sha256", checksum), int(size))


def _dataverse(content: bytes, name: str, server: str) -> Iterator[Clip]:
    """Read the answer of a Dataverse server about a data set."""
    for entry in json.loads(content)["data"]["latestVersion"]["files"]:
        file = entry["dataFile"]
        kind, value = file["checksum"]["type"], file["checksum"]["value"]
        path = "/".join(part for part in (entry.get("directoryLabel", ""), file["filename"]) if part)
        url = f"{server}/api/access/datafile/{int(file['id'])}"
        checksum = _checksum(kind.replace("-", "").lower(), value)  # "MD5", "SHA-256"
        yield Clip(safe_path(path, name), url, checksum, int(file["filesize"]))


def _checksum(algorithm: str, value: str) -> str:
    if len(bytes.fromhex(value)) != hashlib.new(algorithm).digest_size:
        raise ValueError(f"{value} is not a checksum of the kind {algorithm}")
    return f"{algorithm}:{value.lower()}"


_READERS = {"tfds": _tfds, "dataverse": _dataverse}

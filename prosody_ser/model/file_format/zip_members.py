"""The file: a zip whose members are stored as they are, each with its checksum, always the same bytes.

What is stored uncompressed cannot blow up: all members together are never larger than the file, so that there are no
zip bombs, and the bytes do not depend on which zlib packed them.
"""

import hashlib
import io
import json
import math
import os
import re
import stat
import zipfile
from pathlib import Path
from typing import Any, NoReturn

from ...errors import ModelError
from ...versions import PACKAGE

FORMAT = "prosody-ser/model"
#: Raised whenever a file of it could not be read by an earlier release.
FORMAT_VERSION = 2
MANIFEST = "manifest.json"
#: Bytes and members that no model comes near.
LARGEST_FILE = 2**30
LARGEST_TEXT = 2**22  # parsed, JSON can take twenty times its size
MOST_MEMBERS = 1000
_NAME = re.compile(r"[a-z0-9_]{1,60}\.(json|npy)", re.ASCII)
#: What each entry of a zip's directory begins with.
_ENTRY = b"PK\x01\x02"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PICKLE = re.compile(rb"\x80[\x02-\x05]|[(\]}cN]")
_PACKED = {b"x": "zlib", b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x04\x22\x4d\x18": "lz4"}


def packed(members: dict[str, bytes], made_by: str) -> bytes:
    """Members, in the order in which they are to stand, as the bytes of a file.

    `made_by` is the release that writes it, named for those that cannot read it.
    """
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "made_by": f"{PACKAGE} {made_by}",
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in members.items()},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as file:
        for name, content in {MANIFEST: json.dumps(manifest, indent=1).encode() + b"\n", **members}.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3  # or it would say whether Windows wrote it
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            file.writestr(entry, content)
    return buffer.getvalue()


def unpacked(path: str | os.PathLike) -> dict[str, bytes]:
    """The members of a file, manifest left out, once sizes, names, format and checksums have been checked.

    Raises
    ------
    ModelError
        Without the name of the file.
    """
    content = _content(Path(path))
    if not content.startswith(b"PK\x03\x04"):
        raise ModelError(f"is no model of {PACKAGE} ({_what(content)})")
    # Counted before zipfile makes an object of each, which takes ten times its bytes. Chance alone finds no second one.
    n_entries = content.count(_ENTRY)
    if n_entries > MOST_MEMBERS:
        raise ModelError(f"has {n_entries} members; no model has more than {MOST_MEMBERS}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            members = {entry.filename: file.read(entry) for entry in _checked(file, len(content))}
    except ModelError:
        raise
    except Exception as error:  # zipfile raises a dozen kinds for damaged bytes, struct's and zlib's among them
        raise ModelError(f"is damaged or cut off ({' '.join(str(error).split())[:120]})") from error
    return _verified(members)


def _content(path: Path) -> bytes:
    try:
        facts = os.stat(path)
        if stat.S_ISDIR(facts.st_mode):
            raise ModelError("is a folder, not a model")
        if not stat.S_ISREG(facts.st_mode):
            raise ModelError("is a device or a pipe, not a model")
        if facts.st_size > LARGEST_FILE:
            raise ModelError(f"has {facts.st_size} bytes; no model has more than {LARGEST_FILE}")
        with open(path, "rb") as file:
            content = file.read(facts.st_size)  # a larger number would be allocated
    except FileNotFoundError as error:
        raise ModelError("no such model") from error
    except (OSError, ValueError) as error:
        raise ModelError(f"cannot be read ({getattr(error, 'strerror', None) or error})") from error
    if not content:
        raise ModelError("is empty")
    return content


def _what(content: bytes) -> str:
    """What a file is that is no zip, in words; it is not opened to find out."""
    for magic, name in _PACKED.items():
        if content.startswith(magic):
            return f"packed with {name}, as joblib's files can be; pickles are never opened"
    if _PICKLE.match(content) and content.rstrip(b"\n")[-1:] == b".":
        return "a pickle or a joblib file, which could run anything: it is never opened"
    return "not a .skops file"


def _checked(file: zipfile.ZipFile, size: int) -> list[zipfile.ZipInfo]:
    """The entries of a zip, if they are plain and no larger than the file."""
    entries = file.infolist()
    names = [entry.filename for entry in entries]
    for entry in entries:
        name = entry.filename
        if not _NAME.fullmatch(name) or names.count(name) > 1:
            raise ModelError(f"has the member {name!r:.80}, which no model has")
        if entry.flag_bits & 1:
            raise ModelError(f"its member {name} is encrypted")
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            raise ModelError(f"its member {name} is compressed ({entry.file_size} bytes unpacked); a model's never are")
        if name.endswith(".json") and entry.file_size > LARGEST_TEXT:
            raise ModelError(f"its member {name} has {entry.file_size} bytes, more than {LARGEST_TEXT}")
    if sum(entry.file_size for entry in entries) > size:
        raise ModelError("its members overlap")
    return entries


def _verified(members: dict[str, bytes]) -> dict[str, bytes]:
    if MANIFEST not in members:
        other = "; it is a skops file of another kind" if "schema.json" in members else ""
        raise ModelError(f"is no model of {PACKAGE} (it has no {MANIFEST}{other})")
    manifest = parsed(members.pop(MANIFEST), MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelError(f"is no model of {PACKAGE} (its {MANIFEST} is of another format)")
    version = manifest.get("format_version")
    if type(version) is not int or not 1 <= version <= FORMAT_VERSION:
        maker = manifest.get("made_by")
        maker = maker if isinstance(maker, str) and re.fullmatch(r"[ -~]{1,60}", maker) else "another release"
        raise ModelError(
            f"its format version is {version!r:.20}, this release reads up to {FORMAT_VERSION}: take {maker}"
        )
    sums = manifest.get("sha256")
    if not isinstance(sums, dict) or set(sums) != set(members):
        raise ModelError(f"its members are not those that its {MANIFEST} names")
    for name, content in members.items():
        if hashlib.sha256(content).hexdigest() != sums[name]:
            raise ModelError(f"its member {name} is damaged or was changed (its checksum differs)")
    return members


def parsed(content: bytes | str, name: str) -> Any:
    """JSON; a ModelError if it has NaN, infinity, a key twice, or so many brackets that the parser gives up."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no JSON")

    def finite(number: str) -> float:
        if not math.isfinite(float(number)):
            raise ValueError(f"{number:.20} is too large")
        return float(number)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("a key stands twice")
        return found

    try:
        text = content.decode() if isinstance(content, bytes) else content
        return json.loads(text, parse_constant=refuse, parse_float=finite, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{name} cannot be read ({' '.join(str(error).split())[:120]})") from error

"""The model file: a zip archive of uncompressed members with checksums; the same model always gives the same bytes.

Because members are uncompressed, all of them together are never larger than the file. This excludes zip bombs, and the
bytes do not depend on the version of zlib.
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
#: Increased whenever earlier releases cannot read new files.
FORMAT_VERSION = 2
MANIFEST = "manifest.json"
#: Limits of size and of the number of members, which no model comes near.
LARGEST_FILE = 2**30
LARGEST_TEXT = 2**22  # parsed JSON can need twenty times its size in memory
MOST_MEMBERS = 1000
_NAME = re.compile(r"[a-z0-9_]{1,60}\.(json|npy)", re.ASCII)
#: The first bytes of each entry in the directory of a zip archive.
_ENTRY = b"PK\x01\x02"
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: Number of bytes by which text is recognised.
_TEXT_START = 1000
_PICKLE = re.compile(rb"\x80[\x02-\x05]|[(\]}cN]")
_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x04\x22\x4d\x18": "lz4"}


def packed(members: dict[str, bytes], made_by: str) -> bytes:
    """Pack members, in the given order, into the bytes of a file.

    `made_by` is the release that writes the file; releases that cannot read the file name it in their error.
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
            entry.create_system = 3  # the same on all systems; by default it would depend on the operating system
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            file.writestr(entry, content)
    return buffer.getvalue()


def unpacked(path: str | os.PathLike) -> dict[str, bytes]:
    """Read the members of a file, without the manifest, and check sizes, names, format and checksums.

    Raises
    ------
    ModelError
        The message does not contain the name of the file.
    """
    content = _content(Path(path))
    if not content.startswith(b"PK\x03\x04"):
        raise ModelError(f"this is not a model file of {PACKAGE} ({_what(content)})")
    # Entries are counted before zipfile creates an object for each, which takes ten times the entry's size.
    n_entries = content.count(_ENTRY)
    if n_entries > MOST_MEMBERS:
        raise ModelError(f"the file has {n_entries} members, but a model file has at most {MOST_MEMBERS}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            members = {entry.filename: file.read(entry) for entry in _checked(file, len(content))}
    except ModelError:
        raise
    except Exception as error:  # for damaged bytes, zipfile raises many types, also those of struct and zlib
        raise ModelError(
            f"the file is damaged or truncated ({' '.join(str(error).split())[:120]}); copy or download it again, or "
            "train the model again with 'prosody-ser train'"
        ) from error
    return _verified(members)


def _content(path: Path) -> bytes:
    try:
        facts = os.stat(path)
        if stat.S_ISDIR(facts.st_mode):
            raise ModelError("this is a folder, not a model file")
        if not stat.S_ISREG(facts.st_mode):
            raise ModelError("this is a device or a pipe, not a model file")
        if facts.st_size > LARGEST_FILE:
            raise ModelError(f"the file has {facts.st_size} bytes, but a model file has at most {LARGEST_FILE}")
        with open(path, "rb") as file:
            content = file.read(facts.st_size)  # memory is allocated for the number that is passed here
    except FileNotFoundError as error:
        raise ModelError("no such model") from error
    except (OSError, ValueError) as error:
        raise ModelError(f"the file cannot be read ({getattr(error, 'strerror', None) or error})") from error
    if not content:
        raise ModelError("the file is empty")
    return content


def _what(content: bytes) -> str:
    """Describe a file that is not a zip archive, from its bytes alone."""
    packed_with = next((name for magic, name in _PACKED.items() if content.startswith(magic)), "")
    if packed_with or _is_zlib(content):
        return f"it is compressed with {packed_with or 'zlib'}, perhaps a joblib file; pickles are never opened"
    if _PICKLE.match(content) and content.rstrip(b"\n")[-1:] == b".":
        return "it is a pickle or a joblib file, which could run any code, so it is never opened"
    return "it is text" if _is_text(content) else "it is not a .skops file"


def _is_zlib(content: bytes) -> bool:
    """Whether a file begins with the header of a zlib stream and is not text."""
    return content.startswith(b"x") and int.from_bytes(content[:2], "big") % 31 == 0 and not _is_text(content)


def _is_text(content: bytes) -> bool:
    try:
        start = content[:_TEXT_START].decode("ascii")
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter.isspace() for letter in start)


def _checked(file: zipfile.ZipFile, size: int) -> list[zipfile.ZipInfo]:
    """The entries of a zip archive, after checking that they are plain and no larger than the file."""
    entries = file.infolist()
    names = [entry.filename for entry in entries]
    for entry in entries:
        name = entry.filename
        if not _NAME.fullmatch(name) or names.count(name) > 1:
            raise ModelError(f"the file has the member {name!r:.80}, which is not allowed in a model file")
        if entry.flag_bits & 1:
            raise ModelError(f"the member {name} is encrypted")
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            raise ModelError(
                f"the member {name} is compressed ({entry.file_size} bytes unpacked), which a model file never is"
            )
        if name.endswith(".json") and entry.file_size > LARGEST_TEXT:
            raise ModelError(f"the member {name} has {entry.file_size} bytes, more than {LARGEST_TEXT}")
    if sum(entry.file_size for entry in entries) > size:
        raise ModelError("the members of the file overlap")
    return entries


def _verified(members: dict[str, bytes]) -> dict[str, bytes]:
    if MANIFEST not in members:
        other = "; it is a skops file of another kind" if "schema.json" in members else ""
        raise ModelError(f"this is not a model file of {PACKAGE} (it has no {MANIFEST}{other})")
    manifest = parsed(members.pop(MANIFEST), MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelError(f"this is not a model file of {PACKAGE} (its {MANIFEST} has another format)")
    version = manifest.get("format_version")
    if type(version) is not int or not 1 <= version <= FORMAT_VERSION:
        maker = manifest.get("made_by")
        maker = maker if isinstance(maker, str) and re.fullmatch(r"[ -~]{1,60}", maker) else "another release"
        raise ModelError(
            f"the file has the format version {version!r:.20}, but this release reads versions up to {FORMAT_VERSION}: "
            f"use {maker}"
        )
    sums = manifest.get("sha256")
    if not isinstance(sums, dict) or set(sums) != set(members):
        raise ModelError(f"the members of the file are not those that its {MANIFEST} lists")
    for name, content in members.items():
        if hashlib.sha256(content).hexdigest() != sums[name]:
            raise ModelError(f"the member {name} is damaged or was changed (its checksum differs)")
    return members


def parsed(content: bytes | str, name: str) -> Any:
    """Parse JSON; a ModelError if it has NaN, infinity, a duplicate key, or too many nested brackets."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is not allowed in JSON")

    def finite(number: str) -> float:
        if not math.isfinite(float(number)):
            raise ValueError(f"{number:.20} is too large")
        return float(number)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        unique = dict(pairs)
        if len(unique) < len(pairs):
            raise ValueError("a key occurs twice")
        return unique

    try:
        text = content.decode() if isinstance(content, bytes) else content
        return json.loads(text, parse_constant=refuse, parse_float=finite, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{name} cannot be read ({' '.join(str(error).split())[:120]})") from error

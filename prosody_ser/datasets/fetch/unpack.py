"""Unpack a zip file into a folder completely or not at all, without overwriting other files."""

import filecmp
import os
import shutil
import stat
import zipfile
import zlib
from pathlib import Path

from ...errors import FetchError
from .download import disk_error
from .safe_path import safe_path

#: Largest ratio of unpacked to packed size; recordings are packed to a half or a third.
LARGEST_RATIO = 20
LARGEST_COUNT = 100_000
_CHUNK = 1 << 20


def unpack(archive: Path, directory: Path, workplace: Path) -> dict[str, int]:
    """Unpack an archive below a folder; return the relative path and size of each file.

    `workplace` is a private folder on the same disk, for files until all are complete.

    Raises
    ------
    FetchError
        If the archive is damaged, contains unsafe paths or too much data, the disk has too little space, or `directory`
        has a file with the same name and other content. Nothing is moved then.
    """
    unpacking = workplace / "unpacking"
    shutil.rmtree(unpacking, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _members(opened, archive)
            total = sum(member.file_size for member in members.values())
            if total > shutil.disk_usage(workplace).free:
                raise FetchError(f"{directory}: no space left to unpack {archive.name} ({total / 1e6:.0f} MB)")
            for name, member in members.items():
                target = unpacking / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(member) as packed, open(target, "wb") as out:
                    shutil.copyfileobj(packed, out, _CHUNK)
        move_in(unpacking, directory, list(members))
        return {name: member.file_size for name, member in members.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError, RuntimeError) as error:
        raise FetchError(f"{archive.name}: the archive cannot be unpacked ({error}); nothing was unpacked") from error
    except OSError as error:
        raise FetchError(disk_error(directory, error)) from error
    finally:
        shutil.rmtree(unpacking, ignore_errors=True)


def _members(opened: zipfile.ZipFile, archive: Path) -> dict[str, zipfile.ZipInfo]:
    """Return all files of the archive by path, after checking them."""
    members = {}
    seen: dict[str, str] = {}
    for member in opened.infolist():
        name = safe_path(member.filename, archive.name)
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise FetchError(f"{archive.name}: the entry {name!r} is a link or device; nothing was unpacked")
        if member.is_dir() or _of_the_system(name):
            continue
        if seen.setdefault(name.lower(), name) != name or name in members:
            raise FetchError(f"{archive.name}: the archive contains {name!r} twice; nothing was unpacked")
        members[name] = member
    if not members:
        raise FetchError(f"{archive.name}: the archive contains no files")
    size, total = archive.stat().st_size, sum(member.file_size for member in members.values())
    if total > LARGEST_RATIO * size or len(members) > LARGEST_COUNT:
        raise FetchError(
            f"{archive.name}: the archive would unpack to {len(members)} files of {total} bytes, far too much for "
            f"recordings in an archive of {size} bytes; nothing was unpacked"
        )
    return members


def _of_the_system(name: str) -> bool:
    """Return whether a file is an artefact of macOS or Windows."""
    parts = name.split("/")
    return "__MACOSX" in parts or parts[-1].startswith("._") or parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini")


def move_in(source: Path, directory: Path, names: list[str]) -> None:
    """Move files below `source` to the same paths below `directory`; existing files must be identical.

    Raises
    ------
    FetchError
        If a file exists with other content. Nothing is moved then.
    """
    there = {name for name in names if os.path.lexists(directory / name)}
    for name in sorted(there):
        if not _same(source / name, directory / name):
            raise FetchError(
                f"{directory / name}: the file exists already with other content; move it away or choose another folder"
            )
    for name in names:
        target = directory / name
        if name in there:
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise FetchError(f"{target.parent}: this is a file, but a folder is needed; move it away") from error
        os.replace(source / name, target)


def _same(one: Path, other: Path) -> bool:
    filecmp.clear_cache()  # it caches results by size and time
    return not other.is_symlink() and other.is_file() and filecmp.cmp(one, other, shallow=False)

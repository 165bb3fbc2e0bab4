"""Fetch an openly available corpus: download, check, unpack."""

import os
import shutil
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import pooch

from ...errors import FetchError
from .download import Connection, UnreachableError, disk_error, download
from .listing import Clip, clips_of
from .sources import Archive, Listing, Source
from .unpack import move_in, unpack
from .workplace import COMING, add_note, clear, is_there, workplace

#: Number of clips that are requested at the same time, kept low to be polite to servers.
CLIPS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Offer:
    """What is going to be downloaded: number of files, bytes, and expected number of files."""

    files: int
    n_bytes: int
    expected: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a corpus folder contains now, and whether it was complete before."""

    files: int
    n_bytes: int
    already: bool


def fetch_corpus(
    source: Source,
    directory: str | os.PathLike,
    *,
    parts: tuple[str, ...] = (),
    connection: Connection | None = None,
    announce: Callable[[Offer], None] = lambda offer: None,
    progress: Callable[[int, int], None] | None = None,
) -> Fetched:
    """Download a corpus into a folder, and resume an interrupted download.

    Parameters
    ----------
    source : Source
        See :data:`prosody_ser.datasets.fetch.sources.SOURCES`.
    directory : path_like
        Created if missing. Other files in it are not changed.
    parts : tuple of str
        Optional parts to fetch besides the corpus itself, see ``source.parts``.
    connection : Connection, optional
    announce : callable
        Called with an Offer before the download; not called if everything exists already.
    progress : callable, optional
        Called as ``progress(bytes so far, total bytes)``.

    Raises
    ------
    FetchError
        If a file is not as published, or cannot be downloaded or written. Incomplete downloads are kept in a hidden
        folder if they can be resumed.
    """
    directory = Path(directory)
    if directory.exists() and not directory.is_dir():
        raise FetchError(f"{directory}: this is not a folder")
    wanted = [archive for archive in source.archives if archive.part in ("", *parts)]
    items: list[Archive | Listing] = [*wanted, *([source.listing] if source.listing else [])]
    there = {item.url: is_there(directory, item.url, item.checksum) for item in items}
    already = all(files is not None for files in there.values())
    if not already:
        connection = connection or Connection()
        with workplace(directory) as folder:
            try:
                missing = [item for item in items if there[item.url] is None]
                archives = [item for item in missing if isinstance(item, Archive)]
                if archives:
                    announce(Offer(len(archives), sum(item.size for item in archives), len(archives)))
                for item in missing:
                    if isinstance(item, Archive):
                        files = _fetch_archive(item, directory, folder, connection, progress)
                    else:
                        files = _fetch_clips(item, directory, folder, connection, announce, progress)
                    add_note(directory, item.url, item.checksum, files)
                    there[item.url] = files
                    clear(folder)
            except UnreachableError as error:
                raise FetchError(f"{error}; {_by_hand(items, there, directory)}") from error
            except OSError as error:
                raise FetchError(disk_error(directory, error)) from error
            finally:
                connection.session.close()
    files = {name: size for fetched in there.values() for name, size in (fetched or {}).items()}
    return Fetched(len(files), sum(files.values()), already)


def _by_hand(items: list[Archive | Listing], there: Mapping[str, dict[str, int] | None], directory: Path) -> str:
    """Say what to do on a machine that cannot reach the server."""
    addresses = [item.url for item in items if isinstance(item, Archive) and there[item.url] is None]
    what = " and ".join(addresses) or "the corpus from its page, which 'prosody-ser datasets' names,"
    return (
        "check the network and run the same command again, or download "
        f"{what} on another machine and unpack it into {directory}; 'extract' then reads that folder"
    )


def _fetch_archive(
    archive: Archive, directory: Path, folder: Path, connection: Connection, progress: Callable[[int, int], None] | None
) -> dict[str, int]:
    target = folder / PurePosixPath(urlsplit(archive.url).path).name
    _check_space(directory, folder, archive.size, [target])
    download(archive.url, target, archive.checksum, archive.size, connection, _counter(progress, archive.size))
    return unpack(target, directory, folder)


def _fetch_clips(
    listing: Listing,
    directory: Path,
    folder: Path,
    connection: Connection,
    announce: Callable[[Offer], None],
    progress: Callable[[int, int], None] | None,
) -> dict[str, int]:
    clips = clips_of(listing, _read_listing(listing, folder, connection))
    total = sum(clip.size for clip in clips)
    announce(Offer(len(clips), total, listing.clips))
    count = _counter(progress, total)
    missing = []
    for clip in clips:
        if _is_here(clip, directory):
            count(clip.size)
        else:
            missing.append(clip)
    coming = folder / COMING
    _check_space(directory, folder, sum(clip.size for clip in missing), [coming / clip.path for clip in missing])

    def fetch(clip: Clip) -> None:
        if not connection.stop.is_set():
            target = coming / clip.path
            target.parent.mkdir(parents=True, exist_ok=True)
            download(clip.url, target, clip.checksum, clip.size, connection, count)
            move_in(coming, directory, [clip.path])

    with ThreadPoolExecutor(CLIPS_AT_ONCE) as pool:
        running = [pool.submit(fetch, clip) for clip in missing]
        try:
            for done in as_completed(running):
                done.result()
        except BaseException:
            connection.stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    return {clip.path: clip.size for clip in clips}


def _read_listing(listing: Listing, folder: Path, connection: Connection) -> bytes:
    target = folder / "list"
    try:
        download(listing.url, target, listing.checksum or None, None, connection)
        return target.read_bytes()
    finally:
        target.unlink(missing_ok=True)


def _is_here(clip: Clip, directory: Path) -> bool:
    """Return whether the clip is in the folder; raise if another file has its name."""
    target = directory / clip.path
    if not os.path.lexists(target):
        return False
    if target.is_file() and not target.is_symlink() and target.stat().st_size == clip.size:
        algorithm, value = clip.checksum.split(":")
        if pooch.file_hash(str(target), alg=algorithm) == value.lower():
            return True
    raise FetchError(f"{target}: the file exists already with other content; move it away or choose another folder")


def _check_space(directory: Path, folder: Path, n_bytes: int, targets: list[Path]) -> None:
    """Raise before the download if the disk has too little space."""
    parts = [target.with_name(target.name + ".part") for target in targets]
    needed = n_bytes - sum(path.stat().st_size for path in (*targets, *parts) if path.exists())
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise FetchError(f"{directory}: no space left: {needed / 1e6:.1f} MB needed, {free / 1e6:.1f} MB free")


def _counter(progress: Callable[[int, int], None] | None, total: int) -> Callable[[int], None]:
    """Return a counter of downloaded bytes for several threads."""
    lock = threading.Lock()
    so_far = 0

    def count(n_bytes: int) -> None:
        nonlocal so_far
        with lock:
            so_far += n_bytes
            if progress is not None:
                progress(so_far, total)

    return count

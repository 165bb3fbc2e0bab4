"""Say what a file is that is named like a recording but is none, such as a web page that was saved in its place."""

import os

TEXT = "it is text"
_HEAD_BYTES = 512
_ARCHIVES = {
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"%PDF": "a PDF",
}


def what_else(path: str | os.PathLike) -> str:
    """Say what a file is that is no recording, in words; empty if its first bytes do not show it.

    Examples
    --------
    >>> _ = Path("a.wav").write_text("<!DOCTYPE html><title>404</title>")
    >>> what_else("a.wav")
    'it is a web page, perhaps an error that a server sent in its place'
    """
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return ""
    if head.startswith(b"version https://git-lfs"):
        return "it is a pointer of Git LFS; 'git lfs pull' in its repository downloads the recording"
    if head.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return "it is a web page, perhaps an error that a server sent in its place"
    archive = next((name for start, name in _ARCHIVES.items() if head.startswith(start)), "")
    if archive:
        return f"it is {archive}"
    text = head.decode("utf-8", errors="ignore")
    return TEXT if len(head) - len(text.encode()) < 4 and all(map(_is_written, text)) else ""


def _is_written(character: str) -> bool:
    return character.isprintable() or character.isspace()

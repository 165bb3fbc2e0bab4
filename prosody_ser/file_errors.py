"""Why a file cannot be read, in words for the user, whichever library reads it."""

import errno
import json
import re

_SYSTEM = {
    errno.ENOENT: "there is no such file",
    errno.EACCES: "the file cannot be read (no permission)",
    errno.EISDIR: "this is a folder, not a file",
}
_CELLS = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")
_OPEN_QUOTE = re.compile(r"EOF inside string starting at row (\d+)")


def why_unreadable(error: Exception) -> str:
    """Say in one clause why a file could not be read or parsed, from the exception of Python, json, csv or pandas."""
    text = " ".join(str(error).split())
    if isinstance(error, OSError):
        return _SYSTEM.get(error.errno or 0) or f"the file cannot be read ({error.strerror or text})"
    if isinstance(error, UnicodeDecodeError):
        return "the file is not text in the encoding UTF-8; save it as UTF-8"
    if isinstance(error, json.JSONDecodeError):
        if not error.doc.strip():
            return "the file is empty"
        return f"the file is not valid JSON (line {error.lineno}, column {error.colno}: {error.msg})"
    if isinstance(error, RecursionError):
        return "the file cannot be read (it is nested too deeply)"
    if text.startswith("No columns to parse"):
        return "the file is empty"
    if cells := _CELLS.search(text):
        expected, line, found = cells.groups()
        return (
            f"line {line} has {found} cells, but the lines above have {expected}; "
            "put cells that contain a comma in quotation marks"
        )
    if quote := _OPEN_QUOTE.search(text):
        return f"a quotation mark in line {int(quote[1]) + 1} is not closed"
    if text == "unexpected end of data" or text.startswith("field larger than field limit"):
        return "a quotation mark is not closed"
    if text.endswith("expected after '\"'"):
        return "a cell goes on after its closing quotation mark; a quotation mark inside a cell must be doubled"
    if text.startswith("Error tokenizing data"):
        return "the file is not a table of rows and columns"
    return f"the file cannot be read ({text[:200]})"

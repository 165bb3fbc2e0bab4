"""The format of a text file to write: the one asked for, else that of the file's suffix."""

from collections.abc import Mapping
from pathlib import Path

from ..errors import ProsodySerError


def format_of(out: Path | None, asked: str | None, suffixes: Mapping[str, str]) -> str | None:
    """Give the format asked for, else the one that the suffix of `out` stands for, else None.

    Parameters
    ----------
    out : Path or None
        The file to write; None for the terminal.
    asked : str or None
        The format that the user asks for.
    suffixes : mapping of str to str
        Format of each suffix.

    Raises
    ------
    ProsodySerError
        If the suffix stands for another format than the one asked for, or for none while none is asked for.
    """
    by_suffix = suffixes.get(out.suffix.lower()) if out is not None else None
    if asked is not None and by_suffix not in (None, asked):
        right = " or ".join(suffix for suffix, form in suffixes.items() if form == asked)
        raise ProsodySerError(f"{out}: the name of a file in the format {asked} must end in {right}")
    if out is not None and asked is None and by_suffix is None:
        raise ProsodySerError(
            f"{out}: unknown suffix; name a file that ends in {', '.join(suffixes)}, or give the --format"
        )
    return asked or by_suffix

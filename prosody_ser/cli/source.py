"""Which table a command works on: the one named, else ``features.csv`` here, else the built-in corpus."""

import sys
import tempfile
from pathlib import Path

from .progress import progress_bar

DEFAULT_TABLE = Path("features.csv")


def open_table(path: Path | None):
    """The table, and how to call it; says on stderr which one it took if none was named.

    Returns
    -------
    table : FeatureTable
    name : str
    """
    from ..table import read_table

    if path is None and DEFAULT_TABLE.exists():
        print(f"no table named: taking {DEFAULT_TABLE} in this folder", file=sys.stderr)
        path = DEFAULT_TABLE
    if path is not None:
        table = read_table(path)
        if table.set_aside:
            print(f"{path}: columns set aside, not used: {', '.join(table.set_aside)}", file=sys.stderr)
        return table, str(path)
    print("no table named and no features.csv here: taking the built-in synthetic corpus", file=sys.stderr)
    return _built_in(), "the built-in synthetic corpus"


def _built_in():
    from ..extract import extract_table
    from ..synth import synthesise

    with tempfile.TemporaryDirectory(prefix="prosody-ser-") as folder:
        with progress_bar("synthesising") as progress:
            synthesise(folder, progress=progress)
        with progress_bar("measuring") as progress:
            return extract_table(folder, progress=progress)

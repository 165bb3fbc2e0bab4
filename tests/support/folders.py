"""Files of a folder."""

import os
from pathlib import Path


def files_in(folder):
    """Every file below a folder with its content, to check that no file was lost or left."""
    return {
        os.path.relpath(os.path.join(parent, name), folder): Path(parent, name).read_bytes()
        for parent, _, names in os.walk(folder)
        for name in names
    }


def touch(folder, *files):
    """Empty files, with the folders they are in."""
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

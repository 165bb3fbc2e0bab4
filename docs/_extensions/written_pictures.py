"""Pictures that a script of the gallery writes to files by the package's ``plot_*`` functions."""

import shutil
from pathlib import Path
from typing import Any

from sphinx_gallery.scrapers import figure_rst


class WrittenPictures:
    """Take each .png that a block of a script wrote into the current folder as a picture of that block."""

    def __repr__(self) -> str:
        return "WrittenPictures()"  # sphinx-gallery compares settings by this

    def __call__(self, block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
        """Move the pictures to the folder of the page, and give the text that shows them."""
        moved = []
        for picture in sorted(Path.cwd().glob("*.png"), key=lambda path: path.stat().st_mtime_ns):
            place = next(block_vars["image_path_iterator"])
            shutil.move(picture, place)
            moved.append(place)
        return figure_rst(moved, gallery_conf["src_dir"])

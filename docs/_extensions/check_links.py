"""Check that every link, picture and script of the built pages leads to an existing file and anchor.

Run as ``python docs/_extensions/check_links.py docs/_build/html``. A script, style or picture from another server is a
fault, too, since the pages must work offline.
"""

import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

_ATTRIBUTES = {"a": "href", "img": "src", "script": "src", "link": "href"}


@cache
def _page(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


@cache
def _places(path: Path) -> frozenset[str]:
    return frozenset(tag["id"] for tag in _page(path).find_all(id=True))


def faults(root: Path) -> list[str]:
    """List the faults."""
    lines = []
    pages = (path for path in root.rglob("*.html") if path.relative_to(root).parts[0] != "_static")
    for path in sorted(pages):
        for tag in _page(path).find_all(list(_ATTRIBUTES)):
            link = urlsplit(tag.get(_ATTRIBUTES[tag.name]) or "")
            where = f"{path.relative_to(root)}: {link.geturl()}"
            if link.scheme or link.netloc:
                if tag.name != "a" and link.scheme != "data":
                    lines.append(f"{where} comes from another server")
                continue
            target = (path.parent / unquote(link.path)).resolve() if link.path else path
            if target.is_dir():
                target /= "index.html"
            if not target.exists():
                lines.append(f"{where} leads to no file")
            elif link.fragment and target.suffix == ".html" and unquote(link.fragment) not in _places(target):
                lines.append(f"{where} leads to no anchor in that page")
    return lines


if __name__ == "__main__":
    lines = faults(Path(sys.argv[1]).resolve())
    print("\n".join(lines) or "all links within the pages are correct")
    sys.exit(bool(lines))

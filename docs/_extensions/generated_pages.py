"""Pages that are generated from the package before Sphinx reads them: commands, features, schemas and measurements."""

import re
from pathlib import Path

import command_pages
import feature_pages
import measurement_pages
import schema_pages
from sphinx.application import Sphinx

#: A link from a page to a document of the folder ``benchmarks``, in the form that works in the repository.
_BENCHMARK = re.compile(r"\]\((?:\.\./)+benchmarks/([\w-]+\.(?:md|png))")


def write(path: Path, content: str | bytes) -> None:
    """Write a file unless it already has this content, so that Sphinx reads only changed files again."""
    data = content.encode() if isinstance(content, str) else content
    if not path.exists() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _write_all(app: Sphinx, config: object) -> None:
    docs = Path(app.confdir)
    for module in (command_pages, feature_pages, schema_pages, measurement_pages):
        for name, content in module.pages(docs.parent).items():
            write(docs / "generated" / name, content)


def _link_benchmarks(app: Sphinx, docname: str, source: list[str]) -> None:
    source[0] = _BENCHMARK.sub(r"](/generated/benchmarks/\1", source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the functions that write the pages and adapt the links."""
    app.connect("config-inited", _write_all)
    app.connect("source-read", _link_benchmarks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

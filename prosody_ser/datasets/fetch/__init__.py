"""A corpus from where it is openly served to a folder: download, check, unpack."""

from importlib import import_module
from typing import Any

_EXPORTS = {
    "Connection": "download",
    "Fetched": "corpus",
    "Offer": "corpus",
    "fetch_corpus": "corpus",
}
__all__ = sorted(_EXPORTS)


def __getattr__(name: str) -> Any:
    # Where corpora are served (sources) is asked without loading what downloads.
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_EXPORTS[name]}", __name__), name)

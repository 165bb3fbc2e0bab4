"""Many recordings to a table, in parallel, resumable."""

from importlib import import_module

_EXPORTS = {
    "Extraction": "extract",
    "extract_file": "extract",
    "extract_table": "extract",
}
__all__ = sorted(_EXPORTS)


def __getattr__(name):
    # Workers must not load what only the process that writes the table needs.
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_EXPORTS[name]}", __name__), name)

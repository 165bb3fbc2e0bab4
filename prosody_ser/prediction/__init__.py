"""What a trained model says: of rows of features, of recordings, of a long recording over time."""

from importlib import import_module

_EXPORTS = {
    "default_model_path": "default",
    "predict_files": "recordings",
    "predict_table": "rows",
    "write_predictions": "writing",
    "write_timeline": "timeline",
}
__all__ = sorted(_EXPORTS)


def __getattr__(name):
    # What reads a table needs neither Praat nor numba.
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_EXPORTS[name]}", __name__), name)

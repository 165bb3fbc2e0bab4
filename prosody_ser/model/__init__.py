"""Trained models: made, kept in one safe file, and opened again."""

from importlib import import_module

_EXPORTS = {
    "TrainedModel": "trained_model",
    "load_model": "file",
    "read_card": "file",
    "save_model": "file",
    "train": "training",
}
__all__ = sorted(_EXPORTS)


def __getattr__(name):
    # To open a model must not load what is needed to train one.
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_EXPORTS[name]}", __name__), name)

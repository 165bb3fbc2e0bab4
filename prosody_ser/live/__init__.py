"""Rolling predictions of what is being heard: a microphone, or a file at its own pace."""

from importlib import import_module

_EXPORTS = {
    "FileSource": "sources",
    "Listener": "listener",
    "Microphone": "microphone",
    "Moment": "hop",
    "Source": "sources",
    "Summary": "listener",
}
__all__ = sorted(_EXPORTS)


def __getattr__(name):
    # A file is listened to where no microphone, and nothing that drives one, is installed.
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_EXPORTS[name]}", __name__), name)

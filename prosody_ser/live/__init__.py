"""Rolling predictions of what is being heard: a microphone, or a file at its own pace."""

import lazy_loader

# A file is listened to where no microphone, and nothing that drives one, is installed.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "hop": ["Moment"],
        "listener": ["Listener", "Summary"],
        "microphone": ["Microphone"],
        "sources": ["FileSource", "Source"],
    },
)

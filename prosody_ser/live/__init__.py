"""Rolling predictions on live sound: from a microphone, or from a file at its own pace."""

import lazy_loader

# Loaded lazily, as listening to a file needs neither a microphone nor its driver.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "hop": ["Hop"],
        "listener": ["Listener", "Summary"],
        "microphone": ["Microphone"],
        "sources": ["FileSource", "Source"],
    },
)

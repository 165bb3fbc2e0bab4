"""Download openly available corpora to a folder, check and unpack them."""

import lazy_loader

# Imported lazily, because the sources are also used without downloading.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"corpus": ["Fetched", "Offer", "fetch_corpus"], "download": ["Connection"]}
)

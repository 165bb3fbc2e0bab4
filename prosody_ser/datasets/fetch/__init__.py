"""A corpus from where it is openly served to a folder: download, check, unpack."""

import lazy_loader

# Where corpora are served (sources) is asked without loading what downloads.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"corpus": ["Fetched", "Offer", "fetch_corpus"], "download": ["Connection"]}
)

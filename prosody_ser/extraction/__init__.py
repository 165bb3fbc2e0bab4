"""Many recordings to a table, in parallel, resumable; one recording to its features."""

import lazy_loader

# Workers must not load what only the process that writes the table needs.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "extract": ["Extraction", "extract_table", "extract_to_file"],
        "measure": ["measure_file", "measure_signal"],
    },
)

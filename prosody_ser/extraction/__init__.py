"""Measure many recordings into a table, in parallel and resumable, or one recording into its features."""

import lazy_loader

# Imported lazily, because workers must not load modules that only the process which writes the table needs.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "extract": ["Extraction", "extract_table", "extract_to_file"],
        "measure": ["measure_file", "measure_signal"],
    },
)

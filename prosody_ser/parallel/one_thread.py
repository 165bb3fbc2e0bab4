"""Limit linear algebra to one thread."""

import sys
from contextlib import AbstractContextManager
from functools import lru_cache

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager:
    """Limit linear algebra to one thread, because it rounds differently on several, and processes share the cores."""
    return _libraries(len(sys.modules)).limit(limits=1)


@lru_cache(maxsize=1)
def _libraries(n_modules: int) -> ThreadpoolController:
    """Find the libraries that use threads. This takes milliseconds, so it is only repeated after an import."""
    return ThreadpoolController()

"""Linear algebra on one thread."""

import sys
from contextlib import AbstractContextManager
from functools import lru_cache

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager:
    """Hold linear algebra to one thread: on several it rounds differently, and the processes share the cores."""
    return _libraries(len(sys.modules)).limit(limits=1)


@lru_cache(maxsize=1)
def _libraries(n_modules: int) -> ThreadpoolController:
    """The libraries that have threads. To look for them takes milliseconds, and only an import brings another."""
    return ThreadpoolController()

"""``prosody-ser cache``: the rows that are kept between runs."""

import typer

from .examples import examples
from .printing import say

app = typer.Typer(
    help="The rows that 'extract' keeps between runs: 'info' says how many, 'clear' removes them.",
    epilog=examples("prosody-ser cache info"),
)


@app.command(epilog=examples("prosody-ser cache info"))
def info() -> None:
    """Say where the cache is and how much it holds."""
    import os

    from ..extraction.row_cache import RowCache, cache_path

    path = cache_path()
    if not os.path.exists(path):  # Path.exists raises where the name is too long
        say(f"{path}: empty")
        return
    with RowCache(path) as store:
        found = store.info()
    say(f"{found.path}: {found.n_rows} rows of {found.n_recordings} recordings, {found.n_bytes / 1e6:.1f} MB")


@app.command(epilog=examples("prosody-ser cache clear"))
def clear() -> None:
    """Remove all rows from the cache."""
    from ..extraction.row_cache import cache_path, clear_cache

    path = cache_path()
    say(f"{path}: {clear_cache(path) / 1e6:.1f} MB removed")

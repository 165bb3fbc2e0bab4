"""``prosody-ser cache``: the feature rows that are kept between runs."""

import typer

from ..errors import counted
from .examples import examples
from .group_help import help_without_command
from .printing import print_lines

app = typer.Typer(
    help="Show or clear the cache of feature rows.\n\n'extract' keeps the features of each recording in the cache, so "
    "that later runs need not measure it again.",
    epilog=examples("prosody-ser cache info"),
    invoke_without_command=True,
    callback=help_without_command,
)


@app.command(epilog=examples("prosody-ser cache info"))
def info() -> None:
    """Print where the cache is and how much it holds."""
    import os

    from ..extraction.row_cache import RowCache, cache_path

    path = cache_path()
    if not os.path.exists(path):  # Path.exists raises where the name is too long
        print_lines(f"{path}: empty")
        return
    with RowCache(path) as cache:
        content = cache.info()
    print_lines(
        f"{content.path}: {counted(content.n_rows, 'row')} of {counted(content.n_recordings, 'recording')}, "
        f"{content.n_bytes / 1e6:.1f} MB"
    )


@app.command(epilog=examples("prosody-ser cache clear"))
def clear() -> None:
    """Remove all rows from the cache."""
    from ..extraction.row_cache import cache_path, clear_cache

    path = cache_path()
    print_lines(f"{path}: {clear_cache(path) / 1e6:.1f} MB removed")

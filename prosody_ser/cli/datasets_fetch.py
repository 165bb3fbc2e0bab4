"""``prosody-ser datasets fetch``."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .printing import say

if TYPE_CHECKING:
    from ..datasets.corpus import Corpus
    from ..datasets.fetch.corpus import Offer

EXAMPLES = ("prosody-ser datasets fetch emodb emodb/", "prosody-ser datasets fetch ravdess ravdess/ --song")


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Corpus, see 'datasets'.")],
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to put it in; made if missing.")],
    song: Annotated[bool, typer.Option("--song", help="RAVDESS: the sung clips too.")] = False,
    mirror: Annotated[
        str | None, typer.Option(metavar="URL", help="Ask this server instead of the corpus's own, for the same paths.")
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=86_400, help="Longest silence of the server, in seconds.")
    ] = 30.0,
    retries: Annotated[int, typer.Option(min=0, help="How often a broken download is tried again at once.")] = 4,
) -> None:
    """Download a corpus, or say how to ask for it.

    Openly served are ravdess, emodb, cremad and tess. For savee, emovo and ser-en the way to get them is printed.
    Every file is checked against its published checksum. A download that was stopped goes on with the same command.
    Other files in DIR are left alone. Read the licence that is printed: fetching a corpus does not make it free.
    """
    from ..datasets.fetch import Connection, fetch_corpus
    from ..datasets.fetch.sources import SOURCES
    from .progress import download_bar

    corpus = _corpus(name)
    source = SOURCES[name]
    parts = ("song",) if song else ()
    if set(parts) - set(source.parts):
        raise typer.BadParameter(f"{name} has no song", param_hint="--song")

    def announce(offer: "Offer") -> None:
        say(f"{name}: {corpus.title}")
        say(f"  licence   {corpus.licence}")
        say(f"  cite      {corpus.citation}")
        if source.note:
            say(f"  note      {source.note}")
        if offer.files != offer.expected:
            say(f"  note      the server lists {offer.files} files; {offer.expected} are known")
        files = f"{offer.files:,} files" if offer.files > 1 else "1 file"
        say(f"  get it    {files}, {_megabytes(offer.n_bytes)}", flush=True)

    with download_bar() as progress:
        connection = Connection(mirror, timeout, retries)
        done = fetch_corpus(source, directory, parts=parts, connection=connection, announce=announce, progress=progress)
    if done.already:
        say(f"{directory} has all of {name} already: {done.files:,} files, {_megabytes(done.n_bytes)}")
    else:
        say(f"  done      {done.files:,} files, {_megabytes(done.n_bytes)} in {directory}; all checksums hold")
    say(f"go on with: prosody-ser extract {shlex.quote(str(directory))} out.csv")


def _corpus(name: str) -> "Corpus":
    """The corpus to fetch; for one that is not served, says how to get it and raises."""
    from ..datasets import CORPORA
    from ..datasets.fetch.sources import ASK, SOURCES
    from ..errors import FetchError, chosen

    if name in SOURCES and name in CORPORA:
        return CORPORA[name]
    if name in ASK:
        for line in ASK[name]:
            say(line)
        if name in CORPORA:
            say(f"  licence   {CORPORA[name].licence}")
            say(f"  cite      {CORPORA[name].citation}")
        raise FetchError(f"{name} is not openly served: nothing was fetched; see above how to get it")
    if name in CORPORA:
        raise FetchError(f"{name} is nothing to download; 'prosody-ser datasets' tells what it is")
    return chosen("corpus", name, [*SOURCES, *ASK], error=FetchError)


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.1f} MB"

"""``prosody-ser datasets fetch``."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import counted
from .printing import print_lines

if TYPE_CHECKING:
    from ..datasets.corpus import Corpus
    from ..datasets.fetch.corpus import Offer

EXAMPLES = ("prosody-ser datasets fetch emodb emodb/", "prosody-ser datasets fetch ravdess ravdess/ --song")


def command(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the corpus, as 'prosody-ser datasets' lists it.")
    ],
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder for the files; created if it does not exist.")
    ],
    song: Annotated[bool, typer.Option("--song", help="Download the sung clips as well (RAVDESS only).")] = False,
    mirror: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Server that has the same files under the same paths, in place of the corpus's own."
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=86_400, help="Seconds to wait for an answer of the server.")
    ] = 30.0,
    retries: Annotated[int, typer.Option(min=0, help="Number of further attempts after a download breaks off.")] = 4,
) -> None:
    """Download a corpus, or print how to request it.

    ravdess, emodb, cremad and tess can be downloaded. For savee, emovo and ser-en the command prints how to get them.
    Every file is checked against its published checksum. To continue a download that was stopped, run the same command
    again. Other files in DIR are not changed. The command prints the licence of the corpus: read it, because a corpus
    that can be downloaded is not free for every use.
    """
    from ..datasets.fetch import Connection, fetch_corpus
    from ..datasets.fetch.sources import SOURCES
    from .progress import download_bar

    corpus = _corpus(name)
    source = SOURCES[name]
    parts = ("song",) if song else ()
    if set(parts) - set(source.parts):
        raise typer.BadParameter(f"{name} has no sung clips", param_hint="--song")

    def announce(offer: "Offer") -> None:
        print_lines(f"{name}: {corpus.title}")
        print_lines(f"  licence   {corpus.licence}")
        print_lines(f"  cite      {corpus.citation}")
        if source.note:
            print_lines(f"  note      {source.note}")
        if offer.files != offer.expected:
            print_lines(f"  note      the server lists {counted(offer.files, 'file')}; {offer.expected} were expected")
        print_lines(f"  download  {counted(offer.files, 'file')}, {_megabytes(offer.n_bytes)}", flush=True)

    with download_bar() as progress:
        connection = Connection(mirror, timeout, retries)
        done = fetch_corpus(source, directory, parts=parts, connection=connection, announce=announce, progress=progress)
    if done.already:
        print_lines(
            f"{directory} already holds all files of {name}: {counted(done.files, 'file')}, {_megabytes(done.n_bytes)}"
        )
    else:
        print_lines(
            f"  done      {counted(done.files, 'file')}, {_megabytes(done.n_bytes)} in {directory}; all checksums match"
        )
    print_lines(f"next step: prosody-ser extract {shlex.quote(str(directory))} out.csv")


def _corpus(name: str) -> "Corpus":
    """Give the corpus to fetch; for one that cannot be downloaded, print how to get it and raise."""
    from ..datasets import CORPORA
    from ..datasets.fetch.sources import ASK, SOURCES
    from ..errors import FetchError, chosen

    if name in SOURCES and name in CORPORA:
        return CORPORA[name]
    if name in ASK:
        for line in ASK[name]:
            print_lines(line)
        if name in CORPORA:
            print_lines(f"  licence   {CORPORA[name].licence}")
            print_lines(f"  cite      {CORPORA[name].citation}")
        raise FetchError(f"{name} cannot be downloaded, and nothing was fetched; the lines above say how to get it")
    if name in CORPORA:
        raise FetchError(f"{name} cannot be downloaded; 'prosody-ser datasets' describes it")
    return chosen("corpus", name, [*SOURCES, *ASK], error=FetchError)


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.1f} MB"

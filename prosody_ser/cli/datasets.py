"""``prosody-ser datasets``: the list of corpora, and one sub-command a file."""

import typer

from . import datasets_fetch, datasets_show

group = typer.Typer(rich_markup_mode=None)
group.command("show")(datasets_show.command)
group.command("fetch")(datasets_fetch.command)


@group.callback(invoke_without_command=True)
def command(context: typer.Context):
    """List the corpora, show what a folder of one holds, or fetch one.

    Without a sub-command: labels, licence, citation and where to get it, for each corpus.
    """
    if context.invoked_subcommand is None:
        _list()


def _list():
    from ..datasets import CORPORA

    for corpus in CORPORA.values():
        print(f"{corpus.name}: {corpus.title}")
        if corpus.languages:
            print(f"  language  {', '.join(corpus.languages)}")
        if corpus.emotions:
            labels = (f"{own} = {common}" if own != common else own for own, common in corpus.emotions.items())
            print(f"  labels    {', '.join(labels)}")
        print(f"  licence   {corpus.licence}")
        print(f"  cite      {corpus.citation}")
        print(f"  get it    {corpus.url}")
        if corpus.note:
            print(f"  note      {corpus.note}")
        print()

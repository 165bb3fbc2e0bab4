"""``prosody-ser datasets``: the list of corpora, and one sub-command a file."""

import typer

from . import datasets_fetch, datasets_show
from .examples import examples
from .printing import say

group = typer.Typer(rich_markup_mode=None)
for _name, _module in (("show", datasets_show), ("fetch", datasets_fetch)):
    group.command(_name, epilog=examples(*_module.EXAMPLES))(_module.command)


@group.callback(
    invoke_without_command=True,
    epilog=examples(
        "prosody-ser datasets", "prosody-ser datasets fetch emodb emodb/", "prosody-ser datasets show emodb/"
    ),
)
def command(context: typer.Context) -> None:
    """List the corpora, show what a folder of one holds, or fetch one.

    Without a sub-command: labels, licence, citation and where to get it, for each corpus.
    """
    if context.invoked_subcommand is None:
        _list()


def _list() -> None:
    from ..datasets import CORPORA

    for corpus in CORPORA.values():
        say(f"{corpus.name}: {corpus.title}")
        if corpus.languages:
            say(f"  language  {', '.join(corpus.languages)}")
        if corpus.emotions:
            labels = (f"{own} = {common}" if own != common else own for own, common in corpus.emotions.items())
            say(f"  labels    {', '.join(labels)}")
        say(f"  licence   {corpus.licence}")
        say(f"  cite      {corpus.citation}")
        say(f"  get it    {corpus.url}")
        if corpus.note:
            say(f"  note      {corpus.note}")
        say("")

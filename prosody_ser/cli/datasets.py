"""``prosody-ser datasets``: the list of corpora. Each sub-command is in a file of its own."""

import typer

from . import datasets_fetch, datasets_show
from .examples import examples
from .printing import print_lines

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
    """List, survey or download corpora.

    Without a sub-command, the command prints the labels, licence, citation and source of each corpus.
    """
    if context.invoked_subcommand is None:
        _list()


def _list() -> None:
    from ..datasets import CORPORA

    for corpus in CORPORA.values():
        print_lines(f"{corpus.name}: {corpus.title}")
        if corpus.languages:
            print_lines(f"  language  {', '.join(corpus.languages)}")
        if corpus.emotions:
            labels = (f"{label} = {common}" if label != common else label for label, common in corpus.emotions.items())
            print_lines(f"  labels    {', '.join(labels)}")
        print_lines(f"  licence   {corpus.licence}")
        print_lines(f"  cite      {corpus.citation}")
        print_lines(f"  source    {corpus.url}")
        if corpus.note:
            print_lines(f"  note      {corpus.note}")
        print_lines("")

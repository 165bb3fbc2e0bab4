"""``prosody-ser datasets``."""


def command():
    """List the corpora: labels, licence, citation and where to get them."""
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

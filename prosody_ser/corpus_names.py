"""The names of corpora for people.

A table of a user's own recordings stores how these were listed as its corpus (``folder``, ``csv``, ``audiofolder``),
with the name of the folder or list after it if there are several (``folder:actors``).
"""

from collections import Counter
from collections.abc import Iterable

#: Corpora that stand for any recordings of a user.
OWN_RECORDINGS = ("csv", "audiofolder", "folder")
OWN_IN_WORDS = "own recordings"


def is_own(corpus: str) -> bool:
    """Return whether a stored name of a corpus stands for recordings of a user."""
    return corpus.partition(":")[0] in OWN_RECORDINGS


def has_name(corpus: str) -> bool:
    """Return whether a stored name of a corpus says more than that the recordings are a user's."""
    return corpus not in ("", *OWN_RECORDINGS)


def corpus_in_words(corpus: str) -> str:
    """Return the name of a corpus for people: of own recordings the folder or list, if it is known.

    >>> corpus_in_words("emodb"), corpus_in_words("folder"), corpus_in_words("folder:actors")
    ('emodb', 'own recordings', 'actors')
    """
    return corpus.partition(":")[2] or OWN_IN_WORDS if is_own(corpus) else corpus


def corpora_in_words(corpora: Iterable[str], otherwise: str = "corpus not named") -> str:
    """Return the names of corpora for people, each once, or other words if no corpus has a name."""
    return ", ".join(dict.fromkeys(corpus_in_words(corpus) for corpus in corpora if corpus)) or otherwise


def distinct_in_words(corpora: Iterable[str]) -> dict[str, str]:
    """Return the name of each corpus for people, by its stored name; where two would be the same, the stored names.

    >>> distinct_in_words(["emodb", "folder:lab", "folder:home", "csv:home"])
    {'emodb': 'emodb', 'folder:lab': 'lab', 'folder:home': 'folder:home', 'csv:home': 'csv:home'}
    """
    words = {corpus: corpus_in_words(corpus) if corpus else "(no name)" for corpus in corpora}
    counts = Counter(words.values())
    return {corpus: name if counts[name] == 1 else corpus for corpus, name in words.items()}

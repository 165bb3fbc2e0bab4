"""What of a complete corpus is missing, and what is there under another name."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from .. import Corpus, Utterance


def missing_clips(corpus: Corpus, utterances: Sequence[Utterance]) -> tuple[Utterance, ...] | None:
    """Clips that the complete corpus has and `utterances` lack.

    Returns
    -------
    tuple of Utterance, or None
        Sorted by name, which stands in `file`. None if the corpus is no grid.
    """
    if corpus.expected is None:
        return None
    absent = corpus.expected() - {name_in_corpus(corpus, utterance) for utterance in utterances}
    return tuple(_described(corpus, name) for name in sorted(absent))


def name_in_corpus(corpus: Corpus, utterance: Utterance) -> str:
    """What the complete corpus calls a clip, whatever its file is called here."""
    if corpus.clip_name is None or not utterance.speaker:
        return PurePosixPath(utterance.file).stem
    return corpus.clip_name(utterance)


def _described(corpus: Corpus, name: str) -> Utterance:
    utterance = corpus.parse(PurePosixPath(f"{name}.wav")) or Utterance(file=name)
    return replace(utterance, file=name, corpus=utterance.corpus or corpus.name)

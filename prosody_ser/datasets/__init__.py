"""Corpora: the recordings of a folder, with their speakers and emotions."""

from .corpora.registry import CORPORA
from .corpus import Corpus, Utterance
from .emotions import EMOTIONS
from .find import CorpusContents, find_all, find_utterances

__all__ = ["CORPORA", "EMOTIONS", "Corpus", "CorpusContents", "Utterance", "find_all", "find_utterances"]

"""Every corpus by name."""

from . import emodb, folder, ravdess, synthetic
from .corpus import Corpus

#: In the order in which they are listed; `folder` takes what no other knows.
CORPORA: dict[str, Corpus] = {module.CORPUS.name: module.CORPUS for module in (ravdess, emodb, synthetic, folder)}

"""The registry of corpora by name."""

from ..corpus import Corpus
from . import audiofolder, cremad, csv_file, emodb, emovo, folder, ravdess, savee, ser_en, synthetic, tess

_MODULES = (ravdess, emodb, tess, savee, cremad, emovo, ser_en, synthetic, csv_file, audiofolder, folder)
#: All corpora, in the order in which they are listed.
CORPORA: dict[str, Corpus] = {module.CORPUS.name: module.CORPUS for module in _MODULES}

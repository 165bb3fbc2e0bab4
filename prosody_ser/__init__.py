"""prosody-ser: emotion recognition from speech prosody, with scores that cannot leak.

Begin with the table of EMO-DB's features, which comes with the package: 535 clips, 10 speakers, 7 emotions.

>>> import prosody_ser as ser
>>> table = ser.load_emodb_features()
>>> result = ser.evaluate(table, ser.make_pipeline("lda"))  # each speaker in turn is held out
>>> round(result.uar, 2)
0.78
>>> result.confusion.loc["anger"].idxmax()  # what angry clips are taken for
'anger'

Then your own recordings: ``ser.extract_table("recordings/")`` measures a folder, ``ser.measure_file("clip.wav")`` a
clip, and ``ser.predict_files(ser.default_model_path(), "clip.wav")`` says what a clip sounds like. Each name has its
own ``help(ser.evaluate)``, with an example that runs after ``import numpy as np, pandas as pd, prosody_ser as ser``.
"""

import lazy_loader

__version__ = "0.1.0.dev0"
# What stands in __init__.pyi, imported when first used: the command line must answer --help without scikit-learn.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

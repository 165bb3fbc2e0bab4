"""prosody-ser: emotion recognition from speech prosody, with scores that cannot leak.

Start with the table of EMO-DB features that is included in the package: 535 clips, 10 speakers, 7 emotions.

>>> import prosody_ser as ser
>>> table = ser.load_emodb_features()
>>> result = ser.evaluate(table, ser.make_pipeline("lda"))  # each speaker in turn is held out
>>> round(result.uar, 2)
0.78
>>> result.confusion.loc["anger"].idxmax()  # the most frequent prediction for angry clips
'anger'

Then use your own recordings: ``ser.extract_table("recordings/")`` measures a folder, ``ser.measure_file("clip.wav")``
measures a clip, and ``ser.predict_files(ser.default_model_path(), "clip.wav")`` predicts its emotion. The help of each
name, such as ``help(ser.evaluate)``, has an example that runs after
``import numpy as np, pandas as pd, prosody_ser as ser``.
"""

import lazy_loader

__version__ = "0.1.0.dev0"
# The names in __init__.pyi are imported at first use, so that the command line answers --help without scikit-learn.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

"""prosody-ser: emotion recognition from speech prosody, with scores that cannot leak.

>>> import prosody_ser as ser
>>> table = ser.extract_table("emodb/wav")
>>> result = ser.evaluate(table, ser.make_pipeline("svm"))
>>> ranking = ser.importances(table, ser.make_pipeline("rf"))
"""

import lazy_loader

__version__ = "0.1.0.dev0"
# What stands in __init__.pyi, imported when first used: the command line must answer --help without scikit-learn.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

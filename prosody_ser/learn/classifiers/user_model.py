"""A user's own scikit-learn classifier as ``package.module:Class``, installed or in the working directory."""

import warnings

from sklearn.base import clone, is_classifier

from ...errors import ProtocolError
from ...user_module import user_module


def load_classifier(path: str) -> type:
    """Import a class, installed or in the working directory, and check that it can be used in a pipeline.

    Warns
    -----
    UserWarning
        If it has no `random_state`: if it uses random numbers, each run then gives another score.
    """
    module, _, name = path.partition(":")
    make = getattr(user_module(module, f"model {path!r}", ProtocolError), name, None)
    if not isinstance(make, type):
        raise ProtocolError(f"model {path!r}: the module {module} has no class {name!r}")
    try:
        made = make()
    except Exception as error:
        raise ProtocolError(f"model {path!r} cannot be created without arguments ({error})") from error
    try:
        fit = is_classifier(clone(made)) and callable(made.fit) and callable(made.predict)
    except Exception:
        fit = False
    if not fit:
        raise ProtocolError(
            f"model {path!r} is not a scikit-learn classifier: it must inherit ClassifierMixin and BaseEstimator, and "
            "have the methods fit and predict"
        )
    if "random_state" not in made.get_params():
        warnings.warn(
            f"model {path!r} has no random_state: if it uses random numbers, its scores differ between runs",
            stacklevel=2,
        )
    return make

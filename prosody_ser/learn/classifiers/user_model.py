"""A user's own classifier, by ``package.module:Class``: any scikit-learn classifier, from the working directory too."""

import warnings

from sklearn.base import clone, is_classifier

from ...errors import ProtocolError
from ...user_module import user_module


def load_classifier(path: str) -> type:
    """Import a class, installed or in the working directory, and see that it can stand in a pipeline.

    Warns
    -----
    UserWarning
        If it takes no `random_state`: a class that draws at random without one gives another score each time.
    """
    module, _, name = path.partition(":")
    make = getattr(user_module(module, f"model {path!r}", ProtocolError), name, None)
    if not isinstance(make, type):
        raise ProtocolError(f"model {path!r}: {module} has no class {name!r}")
    try:
        made = make()
    except Exception as error:
        raise ProtocolError(f"model {path!r} cannot be made without arguments ({error})") from error
    try:
        fit = is_classifier(clone(made)) and callable(made.fit) and callable(made.predict)
    except Exception:
        fit = False
    if not fit:
        raise ProtocolError(
            f"model {path!r} is no scikit-learn classifier (ClassifierMixin, BaseEstimator, fit, predict)"
        )
    if "random_state" not in made.get_params():
        warnings.warn(
            f"model {path!r} takes no random_state: if it draws at random, its scores do not repeat", stacklevel=2
        )
    return make

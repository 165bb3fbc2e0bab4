"""A user's own scikit-learn classifier: an instance, or ``package.module:Class`` (installed, or where one works)."""

import warnings
from typing import Any

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
    _refuse_unusable(made, repr(path))
    if "random_state" not in made.get_params():
        warnings.warn(
            f"model {path!r} has no random_state: if it uses random numbers, its scores differ between runs",
            stacklevel=2,
        )
    return make


def own_classifier(given: Any, seed: int | None) -> Any:
    """An unfitted copy of a user's classifier, after checking that it can be used; the seed is used if it has none."""
    _refuse_unusable(given, type(given).__name__)
    copy = clone(given)
    return copy.set_params(random_state=seed) if copy.get_params().get("random_state", seed) is None else copy


def _refuse_unusable(made: Any, name: str) -> None:
    try:
        fit = is_classifier(clone(made)) and callable(made.fit) and callable(made.predict)
    except Exception:
        fit = False
    if not fit:
        raise ProtocolError(
            f"model {name} is not a scikit-learn classifier: it must inherit ClassifierMixin and BaseEstimator, and "
            "have the methods fit and predict"
        )

"""Models and ways of balancing, as plain data: imported only when one is built."""

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from ..errors import ProtocolError


@dataclass(frozen=True)
class Model:
    """A classifier by name.

    Attributes
    ----------
    estimator : str
        ``module:Class``.
    parameters : dict
        What differs from the estimator's defaults.
    """

    estimator: str
    parameters: dict[str, Any] = field(default_factory=dict)


#: Parameters are scikit-learn's defaults or common choices, never searched for on a corpus whose score is reported.
MODELS = {
    # break_ties: the predicted emotion is always the one with the largest margin
    "svm": Model("sklearn.svm:SVC", {"kernel": "rbf", "break_ties": True}),
    "rf": Model("sklearn.ensemble:RandomForestClassifier", {"n_estimators": 300}),
    "mlp": Model(
        "prosody_ser.learn.mlp:WeightedMLPClassifier", {"hidden_layer_sizes": (64,), "alpha": 1.0, "max_iter": 2000}
    ),
}

#: Ways of balancing: a class weight for the model, or a sampler before it. Both act on the training fold only.
BALANCES: dict[str, dict[str, str]] = {
    "none": {},
    "class-weight": {"class_weight": "balanced"},
    "smote": {"sampler": "prosody_ser.learn.smote:FoldSMOTE"},
}

#: Speaker normalisation by name, and the track that a score with it belongs to.
SPEAKER_NORMS = {"none": "blind", "speaker": "speaker-normalised"}


def chosen(kind: str, name: str, choices):
    """`name` if it is among `choices`, else an error that lists them."""
    if name not in choices:
        raise ProtocolError(f"unknown {kind} {name!r}; choose from {', '.join(choices)}")
    return choices[name]


def build(path: str, **parameters):
    """Import ``module:Class`` and make one."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)(**parameters)

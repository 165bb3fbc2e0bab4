"""Storage of the ridge regression on kernels of families: the training clips and their coefficients."""

from typing import Any

import numpy as np

from .classifiers import classes
from .parts import FLOAT, SINGLE, WHOLE, Codec, Part, Taken, floats, stored, wholes

#: Largest stored value; with larger ones, distances overflow.
_LARGE = 1e30
_MOST_FAMILIES = 100


def _encode(model: Any) -> Part:
    return Part(
        "FamilyRidgeClassifier",
        {"families": ",".join(model.families_), "linear_share": float(model.linear_share), "C": float(model.C)},
        {
            "family_of": wholes(model.family_of_),
            "bandwidths": floats(model.bandwidths_),
            "rows": stored(model.rows_, SINGLE),
            "dual_coef": floats(model.dual_coef_),
            "coef": floats(model.coef_),
            "intercept": floats(model.intercept_),
        },
    )


def _decode(cls: type, taken: Taken, n_features: int, labels: tuple[str, ...]) -> Any:
    n_outputs = 1 if len(labels) == 2 else len(labels)
    families = taken.words("families", _MOST_FAMILIES)
    model = cls(C=taken.number("C", 1e-30, _LARGE), linear_share=taken.number("linear_share", 0.0, 1.0))
    model.families_ = families
    model.family_of_ = taken.array("family_of", WHOLE, (n_features,), 0, len(families) - 1)
    model.bandwidths_ = taken.array("bandwidths", FLOAT, (len(families),), 0.0, _LARGE)
    model.rows_ = taken.array("rows", SINGLE, (None, n_features), -_LARGE, _LARGE)
    model.dual_coef_ = taken.array("dual_coef", FLOAT, (len(model.rows_), n_outputs), -_LARGE, _LARGE)
    model.coef_ = taken.array("coef", FLOAT, (n_outputs, n_features), -_LARGE, _LARGE)
    model.intercept_ = taken.array("intercept", FLOAT, (n_outputs,), -_LARGE, _LARGE)
    taken.done()
    if not len(model.rows_) or (np.bincount(model.family_of_, minlength=len(families)) == 0).any():
        taken.refuse("it has no training clip, or a family without a feature")
    model.classes_, model.n_features_in_ = classes(labels), n_features
    return model


CODECS = (Codec("prosody_ser.learn.classifiers.family_ridge:FamilyRidgeClassifier", _encode, _decode),)

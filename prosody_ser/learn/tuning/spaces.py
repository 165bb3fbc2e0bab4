"""The search space of each model as plain data: names of pipeline parameters and the values to try.

``small`` is a grid of at most a dozen candidates; ``wide`` has some dozens, for a random or halving search. The values
are common ones for a few hundred to a few thousand standardised clips, and include those of the registry. They were not
chosen by the score on any corpus. The registry's values for `best` and for the networks, however, were
(``benchmarks/recognition.md``, ``benchmarks/networks.md``).
"""

from typing import Any

from ...errors import ProtocolError, chosen
from ..preprocessing.selection import selection_parts

SMALL, WIDE = "small", "wide"

SPACES: dict[str, dict[str, dict[str, tuple[Any, ...]]]] = {
    "best": {
        SMALL: {"model__C": (2.0, 5.0, 12.0), "model__linear_share": (0.0, 0.2, 0.5)},
        WIDE: {"model__C": (0.5, 1.0, 2.0, 5.0, 12.0, 30.0), "model__linear_share": (0.0, 0.1, 0.2, 0.35, 0.5, 0.8)},
    },
    "svm": {
        SMALL: {"model__C": (0.3, 1.0, 3.0, 10.0), "model__gamma": ("scale", 0.001)},
        WIDE: {
            "model__C": (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0),
            "model__gamma": ("scale", 0.0001, 0.0003, 0.001, 0.003, 0.01),
        },
    },
    "linear-svm": {
        SMALL: {"model__C": (0.001, 0.01, 0.1, 1.0)},
        WIDE: {
            "model__C": (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
            "model__loss": ("squared_hinge", "hinge"),
        },
    },
    "rf": {
        SMALL: {"model__max_features": ("sqrt", 0.2), "model__min_samples_leaf": (1, 2, 5)},
        WIDE: {
            "model__max_features": ("log2", "sqrt", 0.1, 0.2, 0.4),
            "model__min_samples_leaf": (1, 2, 3, 5, 10),
            "model__max_depth": (None, 8, 16),
        },
    },
    "mlp": {
        SMALL: {"model__hidden_layer_sizes": ((32,), (64,), (128,)), "model__alpha": (0.1, 1.0, 10.0)},
        WIDE: {
            "model__hidden_layer_sizes": ((32,), (64,), (128,), (256,), (64, 32), (128, 64)),
            "model__alpha": (0.01, 0.1, 0.3, 1.0, 3.0, 10.0),
        },
    },
    "lda": {
        SMALL: {"model__shrinkage": ("auto", 0.1, 0.3, 0.6, 0.9)},
        WIDE: {"model__shrinkage": ("auto", 0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97)},
    },
    "logreg": {
        SMALL: {"model__C": (0.001, 0.01, 0.1, 1.0)},
        WIDE: {"model__C": (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)},
    },
    "hgb": {
        SMALL: {"model__learning_rate": (0.05, 0.1), "model__max_leaf_nodes": (7, 15, 31)},
        WIDE: {
            "model__learning_rate": (0.03, 0.05, 0.1, 0.2),
            "model__max_leaf_nodes": (4, 7, 15, 31),
            "model__min_samples_leaf": (5, 10, 20),
            "model__l2_regularization": (0.0, 1.0),
        },
    },
    "knn": {
        SMALL: {"model__n_neighbors": (3, 5, 11, 21), "model__metric": ("minkowski", "cosine")},
        WIDE: {
            "model__n_neighbors": (1, 3, 5, 7, 11, 15, 21, 31),
            "model__metric": ("minkowski", "manhattan", "cosine"),
            "model__weights": ("uniform", "distance"),
        },
    },
    # A fit takes minutes, so there are few values.
    "cnn-features": {
        SMALL: {"model__dropout": (0.3, 0.5)},
        WIDE: {"model__dropout": (0.2, 0.3, 0.5), "model__learning_rate": (5e-4, 1e-3, 2e-3)},
    },
    "cnn": {
        SMALL: {"model__dropout": (0.3, 0.5)},
        WIDE: {
            "model__dropout": (0.2, 0.3, 0.5),
            "model__learning_rate": (1e-3, 2e-3),
            "average__frame_s": (0.02, 0.03),
        },
    },
    "lstm": {
        SMALL: {"model__dropout": (0.3, 0.5)},
        WIDE: {
            "model__dropout": (0.2, 0.3, 0.5),
            "model__learning_rate": (1e-3, 2e-3),
            "average__frame_s": (0.02, 0.03),
        },
    },
    # Weights of the voting members, in the order of the registry; None for all members.
    "ensemble": {
        SMALL: {"model__weights": ((1, 1, 0), (1, 0, 1), (0, 1, 1), None)},
        WIDE: {
            "model__weights": ((1, 1, 0), (1, 0, 1), (0, 1, 1), None),
            "model__logreg__C": (0.01, 0.1, 1.0),
            "model__mlp__alpha": (0.1, 1.0, 10.0),
        },
    },
}

_SHARES: dict[str, dict[str, tuple[Any, ...]]] = {
    SMALL: {"select__k": (0.1, 0.25, 0.5)},
    WIDE: {"select__k": (0.05, 0.1, 0.2, 0.25, 0.35, 0.5, 0.75)},
}
#: Searched in addition if features are selected and no number is given.
SELECTION_SPACES: dict[str, dict[str, dict[str, tuple[Any, ...]]]] = {
    "kbest": _SHARES,
    "mi": _SHARES,
    "rfe": _SHARES,
    "corr": {
        SMALL: {"select__threshold": (0.8, 0.9, 0.95)},
        WIDE: {"select__threshold": (0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99)},
    },
}


def space_of(model: Any, size: str, select: str = "none") -> dict[str, tuple[Any, ...]]:
    """Values to try for a model, and for a selection without a number (``"kbest"``, not ``"kbest:50"``).

    Raises
    ------
    ProtocolError
        If the model has no search space, or none of this size.
    """
    if not isinstance(model, str) or model not in SPACES:
        raise ProtocolError(
            f"there is no search space for the model {model!r}: choose from {', '.join(SPACES)}, or in Python pass "
            "your own space to make_tuned_pipeline"
        )
    searched = chosen("space", size, SPACES[model])
    name, number = selection_parts(select)
    tried = SELECTION_SPACES[name][size] if name in SELECTION_SPACES and number is None else {}
    return searched | tried

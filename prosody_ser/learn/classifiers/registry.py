"""Models and ways of balancing, as plain data: imported only when one is built."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from inspect import signature
from typing import Any

from ...errors import ProtocolError, chosen


@dataclass(frozen=True)
class Model:
    """A classifier by name."""

    title: str  #: what it is, in words
    estimator: str  #: ``module:Class``
    parameters: dict[str, Any] = field(default_factory=dict)  #: what differs from the estimator's defaults
    members: tuple[str, ...] = ()  #: models that vote, where the estimator takes such
    network: bool = False  #: whether it needs PyTorch, and speakers to stop by
    #: what the contours describe that it reads frame by frame; empty for a model of a row of features
    reads: tuple[str, ...] = ()
    #: whether it must be given a frame: its columns' names or its index tell it more than the values do
    needs_frame: bool = False
    #: with more clips to train on, one fit takes more than a few minutes; None where it does not
    most_clips: int | None = None

    def takes(self, parameter: str) -> bool:
        """Whether the estimator knows a parameter, or all its members do."""
        if self.network:
            return parameter in _OF_NETWORKS  # to look, PyTorch would have to be there
        estimators = [MODELS[member].estimator for member in self.members] or [self.estimator]
        return all(parameter in takes(estimator) for estimator in estimators)


_OF_NETWORKS = ("class_weight", "random_state", "device")
_NETWORKS = "prosody_ser.networks."
#: What the extra installs.
_OF_EXTRA = ("torch", "skorch", "safetensors")
_NEEDED = (
    "networks need PyTorch, which is an extra: pip install 'prosody-ser[networks]'. For a smaller build without GPU "
    "support, run first: pip install torch --index-url https://download.pytorch.org/whl/cpu"
)

#: What to take first where clips are many: their time grows with the clips, no faster.
_QUICK = ("lda", "linear-svm", "logreg")

#: Parameters are scikit-learn's defaults or common choices, never searched for on a corpus whose score is reported.
#: Those of the networks and of `best` were: ``benchmarks/networks.md`` and ``benchmarks/recognition.md`` say on which.
MODELS = {
    "best": Model(
        "ridge regression on a kernel for each family of features, classes weighted: the best score, on wide_v1",
        "prosody_ser.learn.classifiers.family_ridge:FamilyRidgeClassifier",
        {"class_weight": "balanced"},
        needs_frame=True,  # families are told by names
        most_clips=20_000,
    ),
    # break_ties: the predicted emotion is always the one with the largest margin
    "svm": Model(
        "support vector machine, RBF kernel",
        "prosody_ser.learn.classifiers.svm:SVC",
        {"kernel": "rbf", "break_ties": True},
        most_clips=20_000,
    ),
    # a small C, as features are many and clips few; liblinear stops early at its default of 1000 iterations
    "linear-svm": Model("linear support vector machine", "sklearn.svm:LinearSVC", {"C": 0.01, "max_iter": 20000}),
    "rf": Model("random forest", "sklearn.ensemble:RandomForestClassifier", {"n_estimators": 300}, most_clips=20_000),
    "mlp": Model(
        "multilayer perceptron, 64 units",
        "prosody_ser.learn.classifiers.mlp:WeightedMLPClassifier",
        {"hidden_layer_sizes": (64,), "alpha": 1.0, "max_iter": 2000},
        most_clips=20_000,
    ),
    "lda": Model(
        "linear discriminant analysis, Ledoit-Wolf shrinkage",
        "prosody_ser.learn.classifiers.lda:LinearDiscriminantAnalysis",
        {"solver": "lsqr", "shrinkage": "auto"},
    ),
    "logreg": Model("logistic regression", "sklearn.linear_model:LogisticRegression", {"C": 0.1, "max_iter": 2000}),
    # no early stopping: its validation part would be drawn at random and share speakers with the rest
    "hgb": Model(
        "gradient boosted trees", "sklearn.ensemble:HistGradientBoostingClassifier", {"early_stopping": False}
    ),
    "knn": Model(
        "nearest neighbours", "sklearn.neighbors:KNeighborsClassifier", {"n_neighbors": 5, "weights": "distance"}
    ),
    "ensemble": Model(
        "mean probability of logreg, rf and mlp",
        "sklearn.ensemble:VotingClassifier",
        {"voting": "soft"},
        members=("logreg", "rf", "mlp"),
        most_clips=20_000,
    ),
    "cnn-features": Model(
        "network: one-dimensional convolutions over the features",
        f"{_NETWORKS}feature_cnn:FeatureCNNClassifier",
        network=True,
        needs_frame=True,  # it stops by speakers
    ),
    "cnn": Model(
        "network: two-dimensional convolutions over the log-mel spectrogram, three networks averaged",
        f"{_NETWORKS}spectrogram_cnn:SpectrogramCNNClassifier",
        {"n_members": 3},  # three are steadier than one
        network=True,
        reads=("mel",),
    ),
    "lstm": Model(
        "network: bidirectional LSTM over contours and MFCC, with attention, three networks averaged",
        f"{_NETWORKS}contour_lstm:ContourLSTMClassifier",
        {"n_members": 3},
        network=True,
        reads=(*("f0", "intensity", "hnr", "f1", "f2", "f3", "zcr", "centroid", "flux", "alpha_ratio"), "mfcc"),
    ),
}

#: Ways of balancing: a class weight for the model, or a sampler before it. Both act on the training fold only.
BALANCES: dict[str, dict[str, str]] = {
    "none": {},
    "class-weight": {"class_weight": "balanced"},
    "over": {"sampler": "prosody_ser.learn.preprocessing.samplers:FoldOverSampler"},
    "under": {"sampler": "prosody_ser.learn.preprocessing.samplers:FoldUnderSampler"},
    "smote": {"sampler": "prosody_ser.learn.preprocessing.samplers:FoldSMOTE"},
    "borderline-smote": {"sampler": "prosody_ser.learn.preprocessing.samplers:FoldBorderlineSMOTE"},
    "adasyn": {"sampler": "prosody_ser.learn.preprocessing.samplers:FoldADASYN"},
    "smote-tomek": {"sampler": "prosody_ser.learn.preprocessing.samplers:FoldSMOTETomek"},
}


def build(path: str, **parameters: Any) -> Any:
    """Import ``module:Class`` and make one."""
    return imported(path)(**parameters)


def build_model(name: str, *, seed: int | None = None, **parameters: Any) -> Any:
    """Make a classifier: one of :data:`MODELS`, or a user's own by ``package.module:Class``.

    `parameters` come beyond those of the registry, the seed where the model draws at random. A model that knows no
    class weight and is given one is refused.
    """
    if isinstance(name, str) and ":" in name:
        from .user_model import load_classifier

        make, given = load_classifier(name), {}
    else:
        entry = chosen("model", name, MODELS, ", or package.module:Class of your own")
        if entry.members:
            voting = [(member, build_model(member, seed=seed, **parameters)) for member in entry.members]
            return build(entry.estimator, estimators=voting, **entry.parameters)
        make, given = imported(entry.estimator), entry.parameters
    known = takes(make)
    if "device" in parameters and "device" not in known:
        raise ProtocolError(f"{name} runs on the CPU: a device is for networks")
    if "class_weight" in parameters and "class_weight" not in known:
        able = [other for other, entry in MODELS.items() if entry.takes("class_weight")]
        raise ProtocolError(f"{name} knows no class weight; those that do: {', '.join(able)}; or take another balance")
    if "random_state" in known:
        parameters = parameters | {"random_state": seed}
    return make(**given | parameters)


def takes_long(name: str, n_clips: int) -> str | None:
    """A sentence on a model that so many training clips make wait for, and what to take; None if it is quick.

    A model of a user's own is not known.
    """
    most = MODELS[name].most_clips if name in MODELS else None
    if most is None or n_clips <= most:
        return None
    return (
        f"{name} will take long: it has about {n_clips:,} clips to train on, and beyond some {most:,} each fit takes "
        f"many minutes or hours; {', '.join(_QUICK)} are quick (--model)"
    )


def balances_of(model: str) -> list[str]:
    """Names of the ways of balancing that a model of the registry takes."""
    if MODELS[model].network:
        return [name for name, how in BALANCES.items() if "sampler" not in how]
    weighs = MODELS[model].takes("class_weight")
    return [name for name, how in BALANCES.items() if "class_weight" not in how or weighs]


def takes(estimator: str | Callable[..., Any]) -> frozenset[str]:
    """Names of the parameters that an estimator's class (or its import path) takes."""
    return frozenset(signature(imported(estimator) if isinstance(estimator, str) else estimator).parameters)


@cache
def imported(path: str) -> Any:
    """What stands under ``module:Class``; where that takes an extra that is not installed, an error that says how."""
    module, _, name = path.partition(":")
    try:
        return getattr(import_module(module), name)
    except ImportError as error:
        if module.startswith(_NETWORKS) and (error.name or "").partition(".")[0] in _OF_EXTRA:
            raise ProtocolError(_NEEDED) from error
        raise

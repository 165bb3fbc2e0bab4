"""Models and ways of balancing as plain data; their classes are imported only when they are built."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from inspect import signature
from typing import Any

from ...errors import ProtocolError, chosen


@dataclass(frozen=True)
class Model:
    """An entry of the registry: a classifier and how it is built."""

    title: str  #: description in words
    estimator: str  #: ``module:Class``
    parameters: dict[str, Any] = field(default_factory=dict)  #: parameters that differ from the estimator's defaults
    members: tuple[str, ...] = ()  #: names of the models that vote, for a voting estimator
    network: bool = False  #: whether it needs PyTorch, and training speakers for early stopping
    #: descriptors of the contours that it reads frame by frame; empty for a model that uses features
    reads: tuple[str, ...] = ()
    #: whether its input must be a DataFrame, because it uses the names of columns or the index
    needs_frame: bool = False
    #: number of training clips above which one fit takes more than a few minutes; None if there is no such number
    most_clips: int | None = None

    def takes(self, parameter: str) -> bool:
        """Whether the estimator, or each of its members, has a parameter."""
        if self.network:
            return parameter in _OF_NETWORKS  # inspecting the class would need PyTorch
        estimators = [MODELS[member].estimator for member in self.members] or [self.estimator]
        return all(parameter in takes(estimator) for estimator in estimators)


_OF_NETWORKS = ("class_weight", "random_state", "device")
_NETWORKS = "prosody_ser.networks."
#: Packages that the extra installs.
_OF_EXTRA = ("torch", "skorch", "safetensors")
_NEEDED = (
    "networks need PyTorch, which is an extra: pip install 'prosody-ser[networks]'. For a smaller build without GPU "
    "support, run first: pip install torch --index-url https://download.pytorch.org/whl/cpu"
)

#: Models recommended for many clips: their training time grows only in proportion to the number of clips.
_QUICK = ("lda", "linear-svm", "logreg")

#: Parameters are scikit-learn's defaults or common choices; they were not tuned on a corpus whose score is reported.
#: The exceptions are the networks and `best`: ``benchmarks/networks.md`` and ``benchmarks/recognition.md`` name the
#: corpora on which these were tuned.
MODELS = {
    "best": Model(
        "ridge regression on a kernel for each family of features, classes weighted: the best score, on wide_v1",
        "prosody_ser.learn.classifiers.family_ridge:FamilyRidgeClassifier",
        {"class_weight": "balanced"},
        needs_frame=True,  # families are identified by the names of features
        most_clips=20_000,
    ),
    # break_ties: the predicted emotion is always the one with the largest margin.
    "svm": Model(
        "support vector machine, RBF kernel",
        "prosody_ser.learn.classifiers.svm:SVC",
        {"kernel": "rbf", "break_ties": True},
        most_clips=20_000,
    ),
    # C is small because there are many features and few clips. liblinear's default of 1000 iterations is too small.
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
    # No early stopping: its validation part would be drawn at random and share speakers with the training part.
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
        needs_frame=True,  # early stopping needs the speakers in the index
    ),
    "cnn": Model(
        "network: two-dimensional convolutions over the log-mel spectrogram, three networks averaged",
        f"{_NETWORKS}spectrogram_cnn:SpectrogramCNNClassifier",
        {"n_members": 3},  # the mean of three varies less than one network
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

#: Ways of balancing: a class weight for the model, or a sampler before it. Both affect the training fold only.
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
    """Import ``module:Class`` and create an instance."""
    return imported(path)(**parameters)


def build_model(name: Any, *, seed: int | None = None, **parameters: Any) -> Any:
    """Make a classifier: one of :data:`MODELS`, or the user's own by ``package.module:Class`` or as an instance.

    `parameters` are added to those of the registry. The seed is used if the model has a `random_state`.

    Raises
    ------
    ProtocolError
        If the model is unknown, or has no parameter for the class weight or device that is given.
    """
    given: dict[str, Any] = {}
    own = hasattr(name, "fit") and not isinstance(name, type)
    if own:
        from .user_model import own_classifier

        classifier = own_classifier(name, seed)
        make, name = classifier.set_params, type(name).__name__
    elif isinstance(name, str) and ":" in name:
        from .user_model import load_classifier

        make = load_classifier(name)
    else:
        entry = chosen("model", name, MODELS, ", or your own as package.module:Class")
        if entry.members:
            voting = [(member, build_model(member, seed=seed, **parameters)) for member in entry.members]
            return build(entry.estimator, estimators=voting, **entry.parameters)
        make, given = imported(entry.estimator), entry.parameters
    known = frozenset(classifier.get_params()) if own else takes(make)
    if "device" in parameters and "device" not in known:
        raise ProtocolError(f"{name} runs on the CPU: a device can be chosen for networks only")
    if "class_weight" in parameters and "class_weight" not in known:
        able = [other for other, entry in MODELS.items() if entry.takes("class_weight")]
        raise ProtocolError(
            f"{name} has no class weight: use another balance, or one of these models: {', '.join(able)}"
        )
    if "random_state" in known and not own:
        parameters = parameters | {"random_state": seed}
    return make(**given | parameters)


def takes_long(name: str, n_clips: int) -> str | None:
    """A note that recommends faster models if this one is slow with so many training clips; None if it is fast.

    Nothing is known about the speed of a user's own model.
    """
    most = MODELS[name].most_clips if name in MODELS else None
    if most is None or n_clips <= most:
        return None
    return (
        f"{name} will take long: there are about {n_clips:,} clips to train on, and above {most:,} clips each fit "
        f"takes many minutes or hours; faster models are {', '.join(_QUICK)} (--model)"
    )


def balances_of(model: str) -> list[str]:
    """Names of the ways of balancing that a model of the registry supports."""
    if MODELS[model].network:
        return [name for name, how in BALANCES.items() if "sampler" not in how]
    weighs = MODELS[model].takes("class_weight")
    return [name for name, how in BALANCES.items() if "class_weight" not in how or weighs]


def takes(estimator: str | Callable[..., Any]) -> frozenset[str]:
    """Names of the parameters of an estimator's class, which may be given by its import path."""
    return frozenset(signature(imported(estimator) if isinstance(estimator, str) else estimator).parameters)


@cache
def imported(path: str) -> Any:
    """Import ``module:Class``; if this needs an extra that is not installed, the error explains how to install it."""
    module, _, name = path.partition(":")
    try:
        return getattr(import_module(module), name)
    except ImportError as error:
        if module.startswith(_NETWORKS) and (error.name or "").partition(".")[0] in _OF_EXTRA:
            raise ProtocolError(_NEEDED) from error
        raise

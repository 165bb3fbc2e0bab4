"""A fitted pipeline to its parts, and those parts to a pipeline: each type of model with the types that it may hold."""

from importlib import import_module
from typing import Any

import numpy as np

from ...errors import ModelError
from .linear_pipeline import CLASSES, LinearPipeline
from .parts import Codec, Part, Taken

#: scikit-learn's VotingClassifier, as files have called it from the first.
_VOTING = "SoftVotingClassifier"
#: Where the codec of each type is: imported only for the types that a file names.
_PLACES = {
    "SVC": "classifiers",
    "LinearSVC": "classifiers",
    "LogisticRegression": "classifiers",
    "LinearDiscriminantAnalysis": "classifiers",
    "WeightedMLPClassifier": "classifiers",
    "KNeighborsClassifier": "classifiers",
    "FamilyRidgeClassifier": "family_ridge",
    "RandomForestClassifier": "trees",
    "HistGradientBoostingClassifier": "trees",
    _VOTING: "pipeline",
    "FeatureCNNClassifier": "networks",
    "SpectrogramCNNClassifier": "networks",
    "ContourLSTMClassifier": "networks",
}
#: Those that read frames.
_OF_SEQUENCES = ("SpectrogramCNNClassifier", "ContourLSTMClassifier")
#: Each type of model, and the types that may be inside.
MODEL_TYPES: dict[str, tuple[str, ...]] = dict.fromkeys(_PLACES, ()) | {
    _VOTING: (
        "LogisticRegression",
        "RandomForestClassifier",
        "WeightedMLPClassifier",
        "LinearDiscriminantAnalysis",
        "HistGradientBoostingClassifier",
        "KNeighborsClassifier",
    )
}
#: Steps in their order, and those that must be there; of a pipeline that takes features, and of one that reads frames.
_STEPS = ("speaker_norm", "impute", "scale", "select"), {"impute", "scale"}
_SEQUENCE_STEPS = ("read", "speaker_norm", "scale", "average"), {"read", "scale", "average"}
_MOST_MEMBERS = 20
_SAMPLER = "balance"


def refuse_unstorable(pipeline: Any) -> None:
    """Raise a ModelError, before anything is fitted, if the fitted pipeline could not be stored: where, and why."""
    if not hasattr(pipeline, "named_steps"):
        raise ModelError(f"{type(pipeline).__name__} cannot be stored in a model file: it is no pipeline")
    steps = {name: step for name, step in pipeline.steps if name != _SAMPLER}
    (order, needed), codecs = _kind("read" in steps)
    names = [name for name in (*order, "model") if name in steps]
    if list(steps) != names or not {*needed, "model"} <= set(names):
        raise ModelError(f"a pipeline of {', '.join(steps)} cannot be stored in a model file; make_pipeline's can")
    for name, step in steps.items():
        if name == "model":
            _refuse_model(step)
        elif name == "select":
            if not hasattr(step, "get_support"):
                raise ModelError(f"{type(step).__name__} cannot be stored in a model file: it keeps no features")
        elif not codecs[name].takes(step):
            raise ModelError(f"{type(step).__name__} cannot be stored in a model file as {name}")
        elif why := codecs[name].check(step):
            raise ModelError(f"{type(step).__name__} cannot be stored in a model file: {why}")


def _kind(sequences: bool) -> tuple[tuple[tuple[str, ...], set[str]], dict[str, Codec]]:
    """Which steps a pipeline has, and their codecs."""
    from .steps import SEQUENCE_STEPS, STEPS

    return (_SEQUENCE_STEPS, SEQUENCE_STEPS) if sequences else (_STEPS, STEPS)


def _name_of(model: Any) -> str:
    name = type(model).__name__
    return _VOTING if name == "VotingClassifier" else name


def _refuse_model(model: Any, allowed: tuple[str, ...] = tuple(MODEL_TYPES)) -> None:
    codec = _codec(_name_of(model)) if _name_of(model) in allowed else None
    if codec is None or not codec.takes(model):
        raise ModelError(
            f"{type(model).__module__}.{type(model).__name__} cannot be stored in a model file: loading one runs no "
            f"code from it, so that only known types can be in it ({', '.join(allowed)})"
        )
    if why := codec.check(model):
        raise ModelError(f"{type(model).__name__} cannot be stored in a model file: {why}")


def encoded(pipeline: Any) -> list[Part]:
    """The parts of a fitted pipeline, in their order; its sampler, which only training needs, is left out."""
    (order, _), codecs = _kind("read" in dict(pipeline.steps))
    parts = [codecs[name].encode(step) for name, step in pipeline.steps if name in order]
    return [*parts, _encoded_model(pipeline.steps[-1][1])]


def _encoded_model(model: Any) -> Part:
    _refuse_model(model)
    return _codec(_name_of(model)).encode(model)


def decoded(parts: list[Part], features: tuple[str, ...], labels: tuple[str, ...]) -> Any:
    """The fitted pipeline of the parts of any file: types, order and every field are checked first.

    Raises
    ------
    ModelError
    """
    from sklearn.pipeline import Pipeline

    return Pipeline(_decoded_steps(parts, features, labels, {}))


def decoded_linear(parts: list[Part], features: tuple[str, ...], labels: tuple[str, ...]) -> LinearPipeline | None:
    """The same of a linear model, without importing scikit-learn; None for any other model.

    Raises
    ------
    ModelError
        As :func:`decoded` does.
    """
    if not all(part.type in CLASSES for part in parts):
        return None
    return LinearPipeline(_decoded_steps(parts, features, labels, CLASSES))


def _decoded_steps(
    parts: list[Part], features: tuple[str, ...], labels: tuple[str, ...], classes: dict[str, type]
) -> list[tuple[str, Any]]:
    """The steps by name; `classes` names the class that a type of part becomes, where that is not its codec's."""
    names = _checked_types(parts)
    _, codecs = _kind("read" in names)
    steps: list[tuple[str, Any]] = []
    n_features = len(features)
    columns: tuple[str, ...] | None = features
    for name, part in zip(names[:-1], parts, strict=False):
        step = codecs[name].decode(classes.get(part.type) or codecs[name].cls, Taken(part), n_features, columns)
        steps.append((name, step))
        if "read" not in names:
            columns = None  # scikit-learn's transformers hand on arrays
        elif name == "scale":
            n_features = len(step.names_)
        if name == "select":
            n_features = int(np.count_nonzero(step.support_))
    steps.append(("model", _decoded_model(parts[-1], n_features, labels, classes)))
    return steps


def _decoded_model(part: Part, n_features: int, labels: tuple[str, ...], classes: dict[str, type] | None = None) -> Any:
    codec = _codec(part.type)
    return codec.decode((classes or {}).get(part.type) or codec.cls, Taken(part), n_features, labels)


def _checked_types(parts: list[Part]) -> list[str]:
    """Names of the steps, if their types, and what is in them, are those of a model."""
    if not parts:
        raise ModelError("its model has no step")
    types = {"SpeakerNormalizer": "speaker_norm", "SimpleImputer": "impute", "StandardScaler": "scale"}
    types["KeptFeatures"] = "select"
    *steps, model = parts
    sequences = model.type in _OF_SEQUENCES
    if sequences:
        types = {"SequenceReader": "read", "SequenceNormalizer": "speaker_norm", "SequenceScaler": "scale"}
        types["FrameAverager"] = "average"
    for part in steps:
        if part.type not in types or part.parts:
            raise ModelError(f"it holds a {part.type!r} among its steps, which no model has there")
    names = [types[part.type] for part in steps]
    order, needed = _SEQUENCE_STEPS if sequences else _STEPS
    if names != [name for name in order if name in names] or not needed <= set(names):
        raise ModelError(f"its steps are {', '.join(names) or 'none'}, which no model's are")
    if model.type not in MODEL_TYPES:
        raise ModelError(f"it holds a {model.type!r}, which is no type of model ({', '.join(MODEL_TYPES)})")
    for member in model.parts:
        if member.type not in MODEL_TYPES[model.type] or member.parts:
            raise ModelError(f"it holds a {member.type!r} inside a {model.type}, which can have none")
    return [*names, "model"]


def _codec(name: str) -> Codec:
    codecs = import_module(f".{_PLACES[name]}", __package__).CODECS
    return next(codec for codec in codecs if codec.name == name)


def _encode_voting(model: Any) -> Part:
    weights = model.weights or [1] * len(model.estimators)
    voting = [weight for weight, (_, member) in zip(weights, model.estimators, strict=True) if member != "drop"]
    parts = [_encoded_model(member) for weight, member in zip(voting, model.estimators_, strict=True) if weight]
    return Part(_VOTING, {}, {}, parts)


def _decode_voting(cls: Any, taken: Taken, n_features: int, labels: tuple[str, ...]) -> Any:
    from sklearn.preprocessing import LabelEncoder

    taken.done()
    if not 1 <= len(taken.parts) <= _MOST_MEMBERS:
        taken.refuse(f"it has {len(taken.parts)} members")
    members = [_decoded_model(part, n_features, labels) for part in taken.parts]
    model = cls([(f"{type(member).__name__}_{i}", member) for i, member in enumerate(members)], voting="soft")
    model.estimators_ = members
    model.le_ = LabelEncoder().fit(np.array(labels, dtype=object))
    model.classes_ = model.le_.classes_
    return model


def _check_voting(model: Any) -> str | None:
    for _, member in model.estimators:
        if member != "drop":
            _refuse_model(member, MODEL_TYPES[_VOTING])
    if model.voting != "soft":
        return "its members must vote by probabilities (voting='soft')"
    return None if set(model.weights or ()) <= {0, 1} else "weights other than 0 and 1 cannot be stored"


CODECS = (Codec("sklearn.ensemble:VotingClassifier", _encode_voting, _decode_voting, _check_voting, _VOTING),)

"""Convert a fitted pipeline to its parts and back, with the types that each type of model may contain."""

from importlib import import_module
from typing import Any

import numpy as np

from ...errors import ModelError
from .linear_pipeline import CLASSES, LinearPipeline
from .parts import Codec, Part, Taken

#: Name of scikit-learn's VotingClassifier in files, unchanged since the first release.
_VOTING = "SoftVotingClassifier"
#: Module with the codec of each type; only the modules of the types in a file are imported.
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
#: Types that read frames.
_OF_SEQUENCES = ("SpectrogramCNNClassifier", "ContourLSTMClassifier")
#: Types of model, each with the types that it may contain.
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
#: Steps in their order, and the required ones: for a pipeline on features, and for one that reads frames.
_STEPS = ("speaker_norm", "impute", "scale", "select"), {"impute", "scale"}
_SEQUENCE_STEPS = ("read", "speaker_norm", "scale", "average"), {"read", "scale", "average"}
_MOST_MEMBERS = 20
_SAMPLER = "balance"


def refuse_unstorable(pipeline: Any) -> None:
    """Raise a ModelError, before anything is fitted, that names the step of a pipeline that could not be stored."""
    if not hasattr(pipeline, "named_steps"):
        raise ModelError(f"{type(pipeline).__name__} cannot be stored in a model file: it is not a pipeline")
    steps = {name: step for name, step in pipeline.steps if name != _SAMPLER}
    (order, needed), codecs = _kind("read" in steps)
    names = [name for name in (*order, "model") if name in steps]
    if list(steps) != names or not {*needed, "model"} <= set(names):
        raise ModelError(
            f"a pipeline with the steps {', '.join(steps)} cannot be stored in a model file: use one from make_pipeline"
        )
    for name, step in steps.items():
        if name == "model":
            _refuse_model(step)
        elif name == "select":
            if not hasattr(step, "get_support"):
                raise ModelError(
                    f"{type(step).__name__} cannot be stored in a model file: it has no method get_support"
                )
        elif not codecs[name].takes(step):
            raise ModelError(f"{type(step).__name__} cannot be stored in a model file as the step {name}")
        elif why := codecs[name].check(step):
            raise ModelError(f"{type(step).__name__} cannot be stored in a model file: {why}")


def _kind(sequences: bool) -> tuple[tuple[tuple[str, ...], set[str]], dict[str, Codec]]:
    """The steps of a kind of pipeline, and their codecs."""
    from .steps import SEQUENCE_STEPS, STEPS

    return (_SEQUENCE_STEPS, SEQUENCE_STEPS) if sequences else (_STEPS, STEPS)


def _name_of(model: Any) -> str:
    name = type(model).__name__
    return _VOTING if name == "VotingClassifier" else name


def _refuse_model(model: Any, allowed: tuple[str, ...] = tuple(MODEL_TYPES)) -> None:
    codec = _codec(_name_of(model)) if _name_of(model) in allowed else None
    if codec is None or not codec.takes(model):
        raise ModelError(
            f"{type(model).__module__}.{type(model).__name__} cannot be stored in a model file: loading runs no code "
            f"from the file, so only known types can be stored ({', '.join(allowed)})"
        )
    if why := codec.check(model):
        raise ModelError(f"{type(model).__name__} cannot be stored in a model file: {why}")


def encoded(pipeline: Any) -> list[Part]:
    """Convert a fitted pipeline to its parts, in order; the sampler is left out, because only training needs it."""
    (order, _), codecs = _kind("read" in dict(pipeline.steps))
    parts = [codecs[name].encode(step) for name, step in pipeline.steps if name in order]
    return [*parts, _encoded_model(pipeline.steps[-1][1])]


def _encoded_model(model: Any) -> Part:
    _refuse_model(model)
    return _codec(_name_of(model)).encode(model)


def decoded(parts: list[Part], features: tuple[str, ...], labels: tuple[str, ...]) -> Any:
    """Rebuild the fitted pipeline from the parts in a file, after checking types, order and every field.

    Raises
    ------
    ModelError
    """
    steps = _decoded_steps(parts, features, labels, {})
    from sklearn.pipeline import Pipeline

    return Pipeline(steps)


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
            columns = None  # scikit-learn's transformers return arrays without names
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
    """Names of the steps, after checking that their types, and the types inside them, are those of a model."""
    if not parts:
        raise ModelError("the stored model has no step")
    types = {"SpeakerNormalizer": "speaker_norm", "SimpleImputer": "impute", "StandardScaler": "scale"}
    types["KeptFeatures"] = "select"
    *steps, model = parts
    sequences = model.type in _OF_SEQUENCES
    if sequences:
        types = {"SequenceReader": "read", "SequenceNormalizer": "speaker_norm", "SequenceScaler": "scale"}
        types["FrameAverager"] = "average"
    for part in steps:
        if part.type not in types or part.parts:
            raise ModelError(f"the stored model has the step {part.type!r}, which is not allowed in a model file")
    names = [types[part.type] for part in steps]
    order, needed = _SEQUENCE_STEPS if sequences else _STEPS
    if names != [name for name in order if name in names] or not needed <= set(names):
        raise ModelError(
            f"the stored model has the steps {', '.join(names) or 'none'}, but needs {', '.join(sorted(needed))}, in "
            "the order of make_pipeline"
        )
    if model.type not in MODEL_TYPES:
        raise ModelError(f"{model.type!r} is not a known type of model ({', '.join(MODEL_TYPES)})")
    for member in model.parts:
        if member.type not in MODEL_TYPES[model.type] or member.parts:
            raise ModelError(f"the stored {model.type} contains a {member.type!r}, which is not allowed there")
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

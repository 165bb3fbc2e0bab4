"""Save a trained model to one file and load it again; loading runs no code from the file."""

import os
import re
from collections.abc import Sequence
from typing import Any

from ..atomic_write import check_suffix, whole_file
from ..catalogue import FEATURE_SETS, all_contours, feature_set
from ..errors import ModelError
from ..paths import OnePath
from .abstention.limits import as_plain as limits_plain
from .abstention.limits import from_plain as limits_from
from .abstention.novelty import as_part as novelty_part
from .abstention.novelty import from_part as novelty_from
from .abstention.threshold import ALWAYS
from .card import check_card
from .file_format.arrays import array_bytes, array_from
from .file_format.canonical_json import as_json, refuse_controls
from .file_format.parts import as_plain, part_from
from .file_format.pipeline import decoded, decoded_linear, encoded
from .file_format.skops_schema import SCHEMA, schema_of, texts_of
from .file_format.zip_members import LARGEST_TEXT, packed, unpacked
from .stored_model import StoredLinearModel
from .trained_model import TrainedModel

SUFFIX = ".skops"
_MOST_LABELS, _MOST_FEATURES = 1000, 100_000
#: Largest number that an extraction parameter may have; larger ones could not be displayed.
_LARGEST = 1e15
_PARAMETER = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)


def check_model_suffix(path: OnePath) -> None:
    """Raise a ModelError if the name does not end in the suffix of model files."""
    check_suffix(path, "a model file", SUFFIX, error=ModelError)


def save_model(model: TrainedModel, path: OnePath) -> None:
    """Save a model to a file; the same model always gives the same bytes.

    An existing file is replaced only once the new one is complete.

    Parameters
    ----------
    model : TrainedModel
    path : path_like
        The name must end in ``.skops``.

    Raises
    ------
    ModelError
        If the file has another suffix, or :func:`load_model` would refuse it. An existing file is left unchanged.
    ProsodySerError
        If the file cannot be written.

    Examples
    --------
    >>> ser.save_model(ser.load_model(ser.default_model_path()), "copy.skops")
    >>> ser.load_model("copy.skops")
    <TrainedModel lda (blind): 7 emotions, trained on emodb, uar=0.824 on unheard speakers>
    """
    check_model_suffix(path)
    content = model_bytes(model)
    with whole_file(path) as temporary:
        temporary.write_bytes(content)
        try:
            _built(*_read(temporary))
        except ModelError as error:
            raise ModelError(
                f"{path}: the model was not saved, because it could not be loaded again: {error}"
            ) from error


def model_bytes(model: TrainedModel) -> bytes:
    """The bytes of a model's file."""
    arrays: list = []
    plain = {
        "labels": list(model.labels),
        "features": list(model.features),
        "feature_set": model.feature_set,
        "parameters": model.parameters,
        "weights": list(model.weights),
        "threshold": model.threshold,
        "risk": model.risk,
        "limits": limits_plain(model.limits),
        "steps": [as_plain(part, arrays) for part in encoded(model.pipeline)],
        "novelty": as_plain(novelty_part(model.novelty), arrays),
    }
    names = [_array_name(i) for i in range(len(arrays))]
    schema = as_json(schema_of({"model": as_json(plain), "card": as_json(model.card)}, names)).encode()
    if len(schema) > LARGEST_TEXT:
        raise ModelError(
            f"the model cannot be saved: its description has {len(schema)} bytes, the limit is {LARGEST_TEXT}"
        )
    members = {SCHEMA: schema} | {name: array_bytes(array) for name, array in zip(names, arrays, strict=True)}
    return packed(members, model.card["made_by"]["prosody-ser"])


def load_model(path: OnePath) -> TrainedModel:
    """Load a model. No code from the file is run, and nothing is built before the whole content has been checked.

    The checks are, in this order: size and members of the file (stored uncompressed, so that no member can expand),
    format version, checksums, a schema that contains only text and arrays, types that this kind of model consists of,
    and every array before compiled code uses it: data type, shape, finite values, indices within their range, trees
    without cycles. Checksums detect damage, not forgery, because anyone who changes a file can write new checksums. A
    forged model can give wrong predictions, but it cannot run code or read memory outside its own.

    Parameters
    ----------
    path : path_like

    Returns
    -------
    TrainedModel

    Raises
    ------
    ModelError
        In one line that names the file and the cause.

    Examples
    --------
    >>> ser.load_model(ser.default_model_path()).labels[:3]
    ('anger', 'boredom', 'disgust')
    """
    try:
        plain, card, arrays = _read(path)
        return _built(plain, card, arrays)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def as_model(model: TrainedModel | OnePath) -> TrainedModel:
    """The model itself, or the model loaded from a path; a ModelError if it is neither, or cannot be loaded."""
    if isinstance(model, TrainedModel):
        return model
    if not isinstance(model, str | os.PathLike):
        raise ModelError(f"the model must be a TrainedModel or the path of a {SUFFIX} file, not {model!r:.60}")
    return load_model(model)


def read_card(path: OnePath) -> dict[str, Any]:
    """Read the card from a model file, with the checks of :func:`load_model` but without building the model.

    Returns
    -------
    dict
        See :mod:`prosody_ser.model.card`.

    Raises
    ------
    ModelError
    """
    try:
        return _read(path)[1]
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def check_texts(labels: Sequence[str], features: Sequence[str], feature_set: str, notes: Sequence[str]) -> None:
    """Raise a ModelError if a model with these texts could not be saved, so that this is known before training."""
    try:
        refuse_controls([*labels, *features, *notes])
        _names(labels, "label", 2, _MOST_LABELS)
        beyond = _features_beyond(feature_set, _names(features, "feature", 1, _MOST_FEATURES))
    except ModelError as error:
        raise ModelError(f"the trained model could not be saved: {error}") from error
    if beyond:
        raise ModelError(
            f"the feature {beyond[0]!r:.80} is not in {feature_set}, the feature set that the table names: remove it "
            "from `feature_names`, or make the table without about['feature_set']; such a model predicts from tables, "
            "not from recordings"
        )


def _array_name(place: int) -> str:
    return f"array_{place:03d}.npy"


def _read(path: OnePath) -> tuple[Any, dict[str, Any], list]:
    members = unpacked(path)
    if SCHEMA not in members:
        raise ModelError(f"the model file has no {SCHEMA}")
    names = [name for name in members if name != SCHEMA]
    texts = texts_of(members[SCHEMA], ("model", "card"), names)
    if names != [_array_name(i) for i in range(len(names))]:
        raise ModelError("the file does not have the members of a model file")
    refuse_controls(texts)
    check_card(texts["card"])
    return texts["model"], texts["card"], [array_from(members[name], name) for name in names]


def _built(plain: Any, card: dict[str, Any], arrays: list) -> TrainedModel:
    fields: dict[str, Any] = {
        "labels": list,
        "features": list,
        "feature_set": str,
        "parameters": dict,
        "weights": list,
        "threshold": float,
        "risk": (float, type(None)),
        "limits": (dict, type(None)),
        "steps": list,
        "novelty": dict,
    }
    if isinstance(plain, dict):
        plain.setdefault("limits", None)  # format version 1 has none
    if not isinstance(plain, dict) or set(plain) != set(fields):
        raise ModelError("the model's description does not have the expected fields")
    for name, types in fields.items():
        if not isinstance(plain[name], types):
            raise ModelError(f"the model's field {name} has the wrong type: {plain[name]!r:.40}")
    labels = _names(plain["labels"], "label", 2, _MOST_LABELS)
    if list(labels) != sorted(labels):
        raise ModelError("the model's labels are not sorted")
    features = _names(plain["features"], "feature", 1, _MOST_FEATURES)
    if beyond := _features_beyond(plain["feature_set"], features):
        raise ModelError(f"the model's feature {beyond[0]!r:.80} is not in the feature set {plain['feature_set']}")
    _check_parameters(plain["parameters"])
    for name, low, high in (("threshold", 0.0, ALWAYS), ("risk", 0.0, 1.0)):
        if plain[name] is not None and not low <= plain[name] <= high:
            raise ModelError(f"the model's {name} must be from {low:g} to {high:g}, but is {plain[name]}")
    parts = [part_from(step, arrays) for step in plain["steps"]]
    novelty = part_from(plain["novelty"], arrays)
    if any(array is not None for array in arrays):
        raise ModelError("the file contains an array that no part of the model uses")
    linear = decoded_linear(parts, features, labels)
    predictor = decoded(parts, features, labels) if linear is None else linear
    prepare = up_to_scaler(predictor)
    weights = _weights(plain["weights"], predictor, len(labels))
    of_model = {name: plain[name] for name in ("feature_set", "parameters", "threshold", "risk")}
    of_model |= {"labels": labels, "features": features, "weights": weights, "card": card}
    of_model["novelty"] = novelty_from(novelty, prepare, _width(prepare, len(features)))
    of_model["limits"] = limits_from(plain["limits"])
    if linear is None:
        return TrainedModel(pipeline=predictor, **of_model)
    return StoredLinearModel.of(parts, linear, of_model)


def up_to_scaler(pipeline: Any) -> Any:
    """The first steps of a pipeline, whose output is the input of novelty; for frames, followed by moments per clip."""
    first = pipeline[: [name for name, _ in pipeline.steps].index("scale") + 1]
    if "read" not in first.named_steps:
        return first
    from sklearn.pipeline import Pipeline

    from ..learn.preprocessing.sequences.moments import ClipMoments

    return Pipeline([*first.steps, ("moments", ClipMoments())])


def _width(prepare: Any, n_features: int) -> int:
    """Number of columns on which novelty is computed."""
    return 2 * len(prepare.named_steps["scale"].names_) if "read" in prepare.named_steps else n_features


def _names(names: Sequence[Any], kind: str, least: int, most: int) -> tuple[str, ...]:
    if not least <= len(names) <= most:
        raise ModelError(f"the model must have from {least} to {most} {kind}s, but has {len(names)}")
    if not all(isinstance(name, str) and 0 < len(name) <= 200 and "\n" not in name for name in names):
        raise ModelError(f"each {kind} must be a text of one line with up to 200 characters")
    if len(set(names)) < len(names):
        raise ModelError(f"the model has the same {kind} more than once")
    return tuple(names)


def _weights(weights: list, pipeline: Any, n_labels: int) -> tuple[float, ...]:
    from ..learn.classifiers.evidence import WEIGHTS, decides_by_votes

    low, high = WEIGHTS
    n_kinds = 2 if n_labels > 2 and decides_by_votes(pipeline) else 1
    if len(weights) != n_kinds or not all(type(weight) is float and low <= weight <= high for weight in weights):
        raise ModelError(f"the model's weights are invalid: {weights!r:.40}")
    return tuple(weights)


def _features_beyond(name: str, features: Sequence[str]) -> list[str]:
    """Which features are neither in the feature set of this name nor contours; none without a name.

    Raises
    ------
    ModelError
        If there is no such feature set.
    """
    if name == "":
        return []
    if name not in FEATURE_SETS:
        raise ModelError(
            f"the model's feature set {name!r:.60} is unknown to this release, which has {', '.join(FEATURE_SETS)}"
        )
    known = {feature.name for feature in feature_set(name)} | set(all_contours())
    return [feature for feature in features if feature not in known]


def _check_parameters(parameters: dict[str, Any]) -> None:
    for name, value in parameters.items():
        valid = value is None or isinstance(value, str) or (isinstance(value, int | float) and abs(value) < _LARGEST)
        if not _PARAMETER.fullmatch(name) or not valid:
            raise ModelError(f"the model's extraction parameter {name!r:.60} has an invalid name or value")

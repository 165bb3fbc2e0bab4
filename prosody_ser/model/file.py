"""A trained model to one file and back; opening a file runs nothing that is in it."""

import os
import re
from collections.abc import Sequence
from typing import Any

from ..atomic_write import whole_file
from ..catalogue import FEATURE_SETS, all_contours, feature_set
from ..errors import ModelError
from ..paths import OnePath
from .card import check_card
from .file_format.arrays import array_bytes, array_from
from .file_format.canonical_json import as_json, refuse_controls
from .file_format.parts import as_plain, part_from
from .file_format.pipeline import decoded, decoded_linear, encoded
from .file_format.skops_schema import SCHEMA, schema_of, texts_of
from .file_format.zip_members import LARGEST_TEXT, packed, unpacked
from .limits import as_plain as limits_plain
from .limits import from_plain as limits_from
from .novelty import as_part as novelty_part
from .novelty import from_part as novelty_from
from .stored_model import StoredModel
from .threshold import ALWAYS
from .trained_model import TrainedModel

SUFFIX = ".skops"
_MOST_LABELS, _MOST_FEATURES = 1000, 100_000
#: Of a parameter: what is larger cannot be shown.
_LARGEST = 1e15
_PARAMETER = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)


def check_model_suffix(path: OnePath) -> None:
    """Raise unless a model can be written to a file of this name."""
    if not os.fspath(path).lower().endswith(SUFFIX):
        raise ModelError(f"{path}: a model is written to {SUFFIX}")


def save_model(model: TrainedModel, path: OnePath) -> None:
    """Write a model, whole or not at all; the same model gives the same bytes.

    Parameters
    ----------
    model : TrainedModel
    path : path_like
        Ends in ``.skops``.

    Raises
    ------
    ModelError
        If the suffix is another, or :func:`load_model` would refuse the file: an earlier one is left as it was.
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
            raise ModelError(f"{path}: is not written, since it could not be opened again: {error}") from error


def model_bytes(model: TrainedModel) -> bytes:
    """A model as the bytes of its file."""
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
        raise ModelError(f"the model cannot be stored: its description has {len(schema)} bytes")
    members = {SCHEMA: schema} | {name: array_bytes(array) for name, array in zip(names, arrays, strict=True)}
    return packed(members, model.card["made_by"]["prosody-ser"])


def load_model(path: OnePath) -> TrainedModel:
    """Read a model. Nothing in the file is run, and nothing is built before all that is in it has been checked.

    Checked are, in this order: size and members (all of them stored, so that none can blow up), format version,
    checksums, that the schema asks for nothing but text and arrays, that the types are those that this type of model
    consists of, and every array before compiled code sees it: kinds, shapes, finite values, indices within their range,
    trees that are trees. Checksums tell damage, not forgery: who changes a file can write new ones. A forged model can
    give wrong answers, but run nothing and read no memory but its own.

    Parameters
    ----------
    path : path_like

    Returns
    -------
    TrainedModel

    Raises
    ------
    ModelError
        In one line, with the file and the cause.

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
    """A model that is given itself or by its path; a ModelError if it is neither, or the file cannot be opened."""
    if isinstance(model, TrainedModel):
        return model
    if not isinstance(model, str | os.PathLike):
        raise ModelError(f"{model!r:.60} is no model: give a TrainedModel or the path of a {SUFFIX} file")
    return load_model(model)


def read_card(path: OnePath) -> dict[str, Any]:
    """The card of a model, checked as :func:`load_model` does, but without building the model.

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
    """Raise a ModelError if no file could hold a model of these: known before hours of training."""
    try:
        refuse_controls([*labels, *features, *notes])
        _names(labels, "label", 2, _MOST_LABELS)
        _check_features(feature_set, _names(features, "feature", 1, _MOST_FEATURES))
    except ModelError as error:
        raise ModelError(f"a model of this could not be stored: {error}") from error


def _array_name(place: int) -> str:
    return f"array_{place:03d}.npy"


def _read(path: OnePath) -> tuple[Any, dict[str, Any], list]:
    members = unpacked(path)
    if SCHEMA not in members:
        raise ModelError(f"it has no {SCHEMA}")
    names = [name for name in members if name != SCHEMA]
    texts = texts_of(members[SCHEMA], ("model", "card"), names)
    if names != [_array_name(i) for i in range(len(names))]:
        raise ModelError("its members are not those of a model")
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
        raise ModelError("its description is not that of a model")
    for name, types in fields.items():
        if not isinstance(plain[name], types):
            raise ModelError(f"its {name} is {plain[name]!r:.40}")
    labels = _names(plain["labels"], "label", 2, _MOST_LABELS)
    if list(labels) != sorted(labels):
        raise ModelError("its labels are not sorted")
    features = _names(plain["features"], "feature", 1, _MOST_FEATURES)
    _check_features(plain["feature_set"], features)
    _check_parameters(plain["parameters"])
    for name, low, high in (("threshold", 0.0, ALWAYS), ("risk", 0.0, 1.0)):
        if plain[name] is not None and not low <= plain[name] <= high:
            raise ModelError(f"its {name} is {plain[name]}")
    parts = [part_from(step, arrays) for step in plain["steps"]]
    novelty = part_from(plain["novelty"], arrays)
    if any(array is not None for array in arrays):
        raise ModelError("it has an array that belongs to nothing")
    linear = decoded_linear(parts, features, labels)
    predictor = linear or decoded(parts, features, labels)
    prepare = up_to_scaler(predictor)
    weights = _weights(plain["weights"], predictor, len(labels))
    return StoredModel.of(
        parts,
        predictor,
        labels=labels,
        features=features,
        feature_set=plain["feature_set"],
        parameters=plain["parameters"],
        weights=weights,
        threshold=plain["threshold"],
        risk=plain["risk"],
        novelty=novelty_from(novelty, prepare, _width(prepare, len(features))),
        card=card,
        limits=limits_from(plain["limits"]),
    )


def up_to_scaler(pipeline: Any) -> Any:
    """The first steps of a pipeline: what novelty is measured after; of frames the moments of a clip's."""
    first = pipeline[: [name for name, _ in pipeline.steps].index("scale") + 1]
    if "read" not in first.named_steps:
        return first
    from sklearn.pipeline import Pipeline

    from ..learn.preprocessing.sequences.moments import ClipMoments

    return Pipeline([*first.steps, ("moments", ClipMoments())])


def _width(prepare: Any, n_features: int) -> int:
    """How many numbers novelty is measured in."""
    return 2 * len(prepare.named_steps["scale"].names_) if "read" in prepare.named_steps else n_features


def _names(found: Sequence[Any], what: str, least: int, most: int) -> tuple[str, ...]:
    if not least <= len(found) <= most:
        raise ModelError(f"it has {len(found)} {what}s")
    if not all(isinstance(name, str) and 0 < len(name) <= 200 and "\n" not in name for name in found):
        raise ModelError(f"its {what}s are not texts of one line, of up to 200 characters")
    if len(set(found)) < len(found):
        raise ModelError(f"its {what}s are not each there once")
    return tuple(found)


def _weights(found: list, pipeline: Any, n_labels: int) -> tuple[float, ...]:
    from ..learn.classifiers.evidence import WEIGHTS, decides_by_votes

    low, high = WEIGHTS
    n_kinds = 2 if n_labels > 2 and decides_by_votes(pipeline) else 1
    if len(found) != n_kinds or not all(type(weight) is float and low <= weight <= high for weight in found):
        raise ModelError(f"its weights are {found!r:.40}")
    return tuple(found)


def _check_features(name: str, features: Sequence[str]) -> None:
    if name == "":
        return
    if name not in FEATURE_SETS:
        raise ModelError(
            f"its feature set is {name!r:.60}, which this release does not know ({', '.join(FEATURE_SETS)})"
        )
    known = {feature.name for feature in feature_set(name)} | set(all_contours())
    unknown = [feature for feature in features if feature not in known]
    if unknown:
        raise ModelError(f"its feature {unknown[0]!r:.80} is not in {name}")


def _check_parameters(parameters: dict[str, Any]) -> None:
    for name, value in parameters.items():
        shown = value is None or isinstance(value, str) or (isinstance(value, int | float) and abs(value) < _LARGEST)
        if not _PARAMETER.fullmatch(name) or not shown:
            raise ModelError(f"its extraction parameter {name!r:.60} is none")

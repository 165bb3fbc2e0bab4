"""Storage of the steps before the classifier: speaker normalisation, imputer, scaler, selection."""

from typing import Any

import numpy as np
import pandas as pd

from ...tables.feature_table import LARGEST
from . import NOBODY
from .parts import BYTE, FLOAT, Codec, Part, Taken, stored

#: Largest variance.
_LARGEST_SQUARE = LARGEST**2
#: A standard deviation below this is a rounding error, because no feature has such small values in its unit.
LEAST_SCALE = 1e-9


def _row(names: tuple[str, ...] | None, n_features: int) -> Any:
    """Rows to fit an estimator on, so that it knows the number and names of features; its values are then replaced."""
    zeros = np.zeros((2, n_features))
    return zeros if names is None else pd.DataFrame(zeros, columns=list(names))


def _encode_norm(step: Any) -> Part:
    # Training speakers are not stored: a user's speaker 03 is not the corpus's speaker 03, and names are private.
    settings = {"without_speakers": step.without_speakers, "clips": step.clips}
    learned = {"level": step.level_, "between": step.between_, "within": step.within_} if step.clips == "enrol" else {}
    return Part("SpeakerNormalizer", settings, {name: stored(values) for name, values in learned.items()})


def _decode_norm(cls: type, taken: Taken, n_features: int, names: tuple[str, ...] | None) -> Any:
    without = taken.choice("without_speakers", ("error", "pool"))
    made = cls(clips=taken.choice("clips", ("all", "enrol")), without_speakers=without)
    if made.clips == "enrol":
        # A feature that is undefined in all training clips has no level and no variance within speakers.
        made.level_ = taken.array("level", FLOAT, (n_features,), -LARGEST, LARGEST, undefined=True)
        made.between_ = taken.array("between", FLOAT, (n_features,), 0.0, _LARGEST_SQUARE)
        made.within_ = taken.array("within", FLOAT, (n_features,), 0.0, _LARGEST_SQUARE, undefined=True)
    taken.done()
    made.n_features_in_ = n_features
    if names is not None:
        made.feature_names_in_ = np.asarray(names, dtype=object)
    made.speakers_ = np.array([NOBODY], dtype=object)
    made.mean_ = np.full((1, n_features), np.nan)
    made.scale_ = made.mean_.copy()
    return made


def _encode_impute(step: Any) -> Part:
    return Part("SimpleImputer", {}, {"statistics": stored(step.statistics_)})


def _decode_impute(cls: type, taken: Taken, n_features: int, names: tuple[str, ...] | None) -> Any:
    statistics = taken.array("statistics", FLOAT, (n_features,), -LARGEST, LARGEST)
    taken.done()
    made = cls(strategy="median", keep_empty_features=True).fit(_row(names, n_features))
    made.statistics_ = statistics
    return made


def _check_impute(step: Any) -> str | None:
    same = step.strategy == "median" and step.keep_empty_features and not step.add_indicator
    return None if same else "the imputer is not that of make_pipeline"


def _encode_scale(step: Any) -> Part:
    # Differences between training clips that are only rounding errors must not be magnified: treat them as constant.
    scale = np.where(step.scale_ < LEAST_SCALE, 1.0, step.scale_)
    return Part("StandardScaler", {}, {"mean": stored(step.mean_), "scale": stored(scale)})


def _decode_scale(cls: type, taken: Taken, n_features: int, names: tuple[str, ...] | None) -> Any:
    mean = taken.array("mean", FLOAT, (n_features,), -LARGEST, LARGEST)
    scale = taken.array("scale", FLOAT, (n_features,), 1e-30, LARGEST)
    taken.done()
    made = cls().fit(_row(names, n_features))
    made.mean_, made.scale_, made.var_ = mean, scale, scale**2
    return made


def _check_scale(step: Any) -> str | None:
    return None if step.with_mean and step.with_std else "the scaler is not that of make_pipeline"


def _encode_selection(step: Any) -> Part:
    return Part("KeptFeatures", {}, {"kept": stored(step.get_support(), BYTE)})


def _decode_selection(cls: type, taken: Taken, n_features: int, names: tuple[str, ...] | None) -> Any:
    kept = taken.array("kept", BYTE, (n_features,), 0, 1)
    taken.done()
    if not kept.any():
        taken.refuse("it keeps no feature")
    return cls(kept.astype(bool)).fit(_row(names, n_features))


def _encode_reader(step: Any) -> Part:
    return Part("SequenceReader")  # the contours that it reads are the model's features


def _decode_reader(cls: type, taken: Taken, n_features: int, names: tuple[str, ...] | None) -> Any:
    taken.done()
    made = cls()
    made.names_ = names
    return made


def _encode_sequence_norm(step: Any) -> Part:
    part = _encode_norm(step)
    part.type = "SequenceNormalizer"
    if step.clips == "enrol":
        part.arrays["spread"] = stored(step.spread_[0])
    return part


def _decode_sequence_norm(cls: type, taken: Taken, n_features: int, names: tuple[str, ...] | None) -> Any:
    spread = np.full(n_features, np.nan)
    if taken.has("spread"):
        spread = taken.array("spread", FLOAT, (n_features,), 0.0, _LARGEST_SQUARE)
    made = _decode_norm(cls, taken, n_features, names)
    made.spread_ = spread[None]
    return made


def _encode_sequence_scale(step: Any) -> Part:
    return Part("SequenceScaler", {}, {"mean": stored(step.mean_), "scale": stored(step.scale_)})


def _decode_sequence_scale(cls: type, taken: Taken, n_features: int, names: tuple[str, ...] | None) -> Any:
    from ...learn.preprocessing.sequences.scaler import names_scaled

    made = cls()
    made.mean_ = taken.array("mean", FLOAT, (n_features,), -LARGEST, LARGEST)
    made.scale_ = taken.array("scale", FLOAT, (n_features,), 0.0, LARGEST)
    taken.done()
    made.names_ = names_scaled(names or ())
    return made


def _encode_average(step: Any) -> Part:
    return Part("FrameAverager", {"n": step.n_})


def _decode_average(cls: Any, taken: Taken, n_features: int, names: tuple[str, ...] | None) -> Any:
    n = taken.whole("n", 1, 100)
    taken.done()
    return cls(frame_s=n / 100).fit(None)


_SEQUENCES = "prosody_ser.learn.preprocessing.sequences."
#: Codecs by step, for a pipeline that reads frames.
SEQUENCE_STEPS = {
    "read": Codec(f"{_SEQUENCES}reader:SequenceReader", _encode_reader, _decode_reader),
    "speaker_norm": Codec(f"{_SEQUENCES}speaker_norm:SequenceNormalizer", _encode_sequence_norm, _decode_sequence_norm),
    "scale": Codec(f"{_SEQUENCES}scaler:SequenceScaler", _encode_sequence_scale, _decode_sequence_scale),
    "average": Codec(f"{_SEQUENCES}averager:FrameAverager", _encode_average, _decode_average),
}
#: Codecs by step, in the order of the pipeline.
STEPS = {
    "speaker_norm": Codec("prosody_ser.learn.preprocessing.speaker_norm:SpeakerNormalizer", _encode_norm, _decode_norm),
    "impute": Codec(
        "prosody_ser.learn.preprocessing.imputer:SimpleImputer", _encode_impute, _decode_impute, _check_impute
    ),
    "scale": Codec("sklearn.preprocessing:StandardScaler", _encode_scale, _decode_scale, _check_scale),
    "select": Codec("prosody_ser.model.file_format.kept_features:KeptFeatures", _encode_selection, _decode_selection),
}

"""Predictions for rows of features: label, confidence, whether the model abstains and why, novelty, reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..errors import ModelError, ProtocolError
from ..learn.classifiers.evidence import evidence_in_result, probabilities
from ..learn.inspection.feature_groups import families
from ..learn.preprocessing.sequences.rows import Hidden, SequenceRows, taken
from ..learn.speakers.enrolment import enrolment_of
from ..parallel.one_thread import one_thread
from ..paths import OnePath
from ..tables.families import is_augmented
from ..tables.feature_table import SEQUENCES, FeatureTable
from .abstention.doubts import doubts_of
from .abstention.speech_check import faults_of_clips
from .engine import check_engine
from .file import as_model
from .predictions import Predictions
from .scaled_rows import rows_of_classifier
from .speakers import after_speakers
from .trained_model import TrainedModel

#: Columns before the probabilities, which are called ``p_<label>``.
COLUMNS = ("label", "confidence", "abstain", "abstain_reason", "novelty", "reasons")
#: Largest number of families named in the reasons, and the smallest contribution (nats) that is named.
MOST_REASONS, LEAST_REASON = 3, 0.05
#: Models whose result for a row does not depend on the other rows of the call. A call for each row would be slow.
_TREES = ("RandomForestClassifier", "HistGradientBoostingClassifier")
#: Number of rows, each with its ablations, that such a model gets in one call.
_BLOCK = 256


def predict_table(
    model: TrainedModel | OnePath,
    X: pd.DataFrame | FeatureTable,
    *,
    reasons: bool = True,
    engine: str | None = None,
    speech_s: ArrayLike | None = None,
) -> Predictions:
    """Predict the emotion of each row; see :meth:`TrainedModel.predict`.

    Parameters
    ----------
    model : TrainedModel or path_like
    X : DataFrame of shape (n_rows, n_features), or FeatureTable
    reasons : bool
        Whether to name the families of features that decided.
    engine : {"fast", "reference"}, optional
    speech_s : array_like of shape (n_rows,), optional
        As for :meth:`TrainedModel.predict`.

    Returns
    -------
    Predictions

    Raises
    ------
    ModelError, ProtocolError
        As for :meth:`TrainedModel.predict`.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> model = ser.train(table, ser.make_pipeline("lda"), folds=2)
    >>> predictions = ser.predict_table(model, table.X.head(2))
    >>> predictions.columns.tolist()[:6]
    ['label', 'confidence', 'abstain', 'abstain_reason', 'novelty', 'reasons']
    """
    return as_model(model).predict(X, reasons=reasons, engine=engine, speech_s=speech_s)


def answers_of(
    model: TrainedModel,
    X: pd.DataFrame | FeatureTable,
    reasons: bool,
    engine: str | None = None,
    speech_s: ArrayLike | None = None,
) -> Predictions:
    """Implementation of :meth:`TrainedModel.predict`."""
    if isinstance(X, FeatureTable):
        check_engine(model, X.engine, engine)
        check_level(model, X)
        rows = (X.frame["status"] == "ok") & ~is_augmented(X.frame)
        X, speech_s = X.inputs_of(rows), X.speech_s[rows]
    X = model.columns_of(X)
    with one_thread():
        judged = judge(model, X, speech_s)
        probability = judged.probabilities
        decided = probability.argmax(axis=1)
        doubts = judged.doubts(model, probability)
        columns = {
            "label": np.array(model.labels, dtype=object)[decided],
            "confidence": probability.max(axis=1),
            "abstain": doubts != "",
            "abstain_reason": doubts,
            "novelty": judged.novelty,
            "reasons": _reason_texts(model, judged.rest, judged.values, decided) if reasons else "",
        }
    columns |= {f"p_{label}": probability[:, i] for i, label in enumerate(model.labels)}
    return Predictions(columns, index=X.index[~enrolment_of(X)])


@dataclass(frozen=True, eq=False)
class Judged:
    """Probabilities, novelty and signs of missing speech of some clips, as computed by a model."""

    values: Any  #: input of `rest`, one row per clip
    rest: Any  #: the pipeline from the imputer onwards
    probabilities: np.ndarray  #: ndarray of float64, shape (n_clips, n_labels)
    novelty: np.ndarray  #: ndarray of float64, shape (n_clips,)
    speech_s: np.ndarray  #: ndarray of float64, shape (n_clips,): seconds of speech, NaN where unknown
    faults: np.ndarray  #: ndarray of str, shape (n_clips,): see :mod:`prosody_ser.model.abstention.speech_check`

    def doubts(self, model: TrainedModel, probabilities: np.ndarray) -> np.ndarray:
        """Reason why the model abstains for each clip, given these probabilities; empty where it does not abstain."""
        return doubts_of(probabilities, model.threshold, model.limits, self.novelty, self.speech_s, self.faults)


def judge(model: TrainedModel, X: pd.DataFrame, speech_s: ArrayLike | None = None) -> Judged:
    """Judge the rows of X that are not enrolment clips; `speech_s` is as in :func:`predict_table`."""
    lengths = np.full(len(X), np.nan) if speech_s is None else np.asarray(speech_s, dtype=float)
    if lengths.shape != (len(X),):
        raise ModelError(
            f"`speech_s` must have one value for each of the {len(X)} rows, but its shape is {lengths.shape}"
        )
    to_judge = ~enrolment_of(X)
    values, rest = after_speakers(model, X)
    novelty = replace(model.novelty, prepare=model.novelty.prepare[len(model.predictor) - len(rest) :])
    distances = novelty.distances(values) if len(values) else np.empty(0)
    return Judged(
        values,
        rest,
        _probabilities(model, rest, values, _temperature(model, distances)),
        novelty.of_distances(distances),
        lengths[to_judge],
        faults_of_clips(X[to_judge], model.features),
    )


def _temperature(model: TrainedModel, distances: np.ndarray) -> np.ndarray | None:
    return None if model.limits is None else model.limits.temperature(distances, model.novelty.usual)


def check_level(model: TrainedModel, table: FeatureTable) -> None:
    """Raise a ModelError if a model reads frames and the table holds features per clip, or the other way round."""
    if model.reads_frames != (table.level == SEQUENCES):
        needed, level = ("frames", "frames") if model.reads_frames else ("features per clip", "clips")
        raise ModelError(
            f"the model needs a table of {needed}, but this table has none: write one with 'extract --level {level}'"
        )


def pushes(
    model: TrainedModel, rest: Any, values: Any, decided: np.ndarray, groups: Mapping[str, list[str]] | None = None
) -> dict[str, np.ndarray]:
    """Contribution of each family of features to the evidence for the decided label, in nats.

    A family's contribution is how much the evidence for the label falls when the family's features are replaced by
    their medians over the training clips and all other features stay as they are. The evidence is the label's logit
    minus the mean of all labels' logits, so what raises all logits alike does not count. If the logits are linear in
    the features (lda, logreg, linear-svm), the contributions add up exactly to the evidence of the clip minus the
    evidence of a clip with all features at their medians. For other models they are one-at-a-time ablations, which need
    not add up.

    Parameters
    ----------
    model : TrainedModel
    rest : Pipeline
        The pipeline from the imputer onwards.
    values : ndarray or SequenceRows
        Input of `rest`, n_rows rows.
    decided : ndarray of int, shape (n_rows,)
        Position of each row's label.
    groups : mapping of str to list of str, optional
        Groups of features to use instead of the families.

    Returns
    -------
    dict of str to ndarray of shape (n_rows,)
        By family.
    """
    groups_of_columns = _columns_of_families(model.features)
    if groups is not None:
        columns = {name: i for i, name in enumerate(model.features)}
        groups_of_columns = {name: [columns[feature] for feature in names] for name, names in groups.items()}
    if isinstance(values, SequenceRows):
        return _pushes_of_frames(model, rest, values, decided, groups_of_columns)
    rows = np.asarray(values, dtype=float)
    contributions = np.empty((len(rows), len(groups_of_columns)))
    size = _BLOCK if _of_trees(rest) else 1
    for first in range(0, len(rows), size):
        block = rows[first : first + size]
        label = decided[first : first + size]
        versions = np.repeat(block[None], len(groups_of_columns) + 1, axis=0)
        for version, ablated in zip(versions[1:], groups_of_columns.values(), strict=True):
            version[:, ablated] = np.nan  # the imputer fills these with the medians of the training clips
        weighted = _evidence(rest, versions.reshape(-1, rows.shape[1]))
        logits = np.tensordot(np.array(model.weights), weighted, axes=1)
        logits = logits.reshape(len(groups_of_columns) + 1, len(block), -1)
        evidence = logits[:, np.arange(len(block)), label] - logits.mean(axis=2)
        contributions[first : first + size] = (evidence[0] - evidence[1:]).T
    return {name: contributions[:, i] for i, name in enumerate(groups_of_columns)}


@lru_cache(maxsize=8)
def _columns_of_families(features: tuple[str, ...]) -> dict[str, list[int]]:
    columns = {name: i for i, name in enumerate(features)}
    return {name: [columns[feature] for feature in members] for name, members in families(features).items()}


def _pushes_of_frames(
    model: TrainedModel, rest: Any, values: SequenceRows, decided: np.ndarray, groups: dict[str, list[int]]
) -> dict[str, np.ndarray]:
    """The same for clips that are read frame by frame: a family's contours are set to their mean in every frame."""
    versions = [values, *(values.changed(Hidden(np.array(columns))) for columns in groups.values())]
    evidence = np.empty((len(versions), len(values)))
    for number, version in enumerate(versions):
        for row in range(len(values)):
            weighted = _evidence(rest, version.take(np.array([row])))
            logits = np.tensordot(np.array(model.weights), weighted, axes=1)[0]
            evidence[number, row] = logits[decided[row]] - logits.mean()
    return dict(zip(groups, evidence[0] - evidence[1:], strict=True))


def _reason_texts(model: TrainedModel, rest: Any, values: Any, decided: np.ndarray) -> list[str]:
    contributions = pushes(model, rest, values, decided)
    names, strength = list(contributions), np.column_stack(list(contributions.values()))
    return [_reason_text(names, row) for row in strength]


def _reason_text(names: list[str], strength: np.ndarray) -> str:
    order = np.argsort(-np.abs(strength), kind="stable")[:MOST_REASONS]
    return ", ".join(f"{names[i]} {strength[i]:+.1f}" for i in order if abs(strength[i]) >= LEAST_REASON)


def probabilities_of(model: TrainedModel, X: pd.DataFrame) -> np.ndarray:
    """Implementation of :meth:`TrainedModel.probabilities`."""
    model.check_speakers(X)
    X = model.columns_of(X)
    temperature = None if model.limits is None else _temperature(model, model.novelty.distances(X))
    return _finite(probabilities(_asked(model.pipeline, X), np.array(model.weights), temperature))


def _probabilities(model: TrainedModel, rest: Any, values: Any, temperature: np.ndarray | None) -> np.ndarray:
    """Probabilities, computed row by row because BLAS rounds differently with other numbers of rows."""
    weights = np.array(model.weights)
    size = max(len(values), 1) if _of_trees(rest) else 1
    blocks = [np.arange(i, min(i + size, len(values))) for i in range(0, len(values), size)]
    of_blocks = [
        probabilities(_evidence(rest, taken(values, rows)), weights, None if temperature is None else temperature[rows])
        for rows in blocks
    ]
    return _finite(np.concatenate(of_blocks) if of_blocks else np.empty((0, len(model.labels))))


def _finite(probability: np.ndarray) -> np.ndarray:
    lost = np.flatnonzero(~np.isfinite(probability).all(axis=1))
    if lost.size:
        raise ModelError(f"the model has no finite result for row {lost[0]}: the values in this row are too large")
    return probability


def _of_trees(rest: Any) -> bool:
    return type(rest.steps[-1][1]).__name__ in _TREES


def _evidence(rest: Any, values: Any) -> np.ndarray:
    """Evidence for each label, as :func:`prosody_ser.learn.classifiers.evidence.evidence_of` computes it."""
    if isinstance(values, SequenceRows):
        return _asked(rest, values)
    return _asked(rest.steps[-1][1], rows_of_classifier(rest, np.asarray(values, dtype=float)))


def _asked(estimator: Any, values: Any) -> np.ndarray:
    try:
        return evidence_in_result(estimator, values)
    except ProtocolError:
        raise
    except ValueError as error:  # scikit-learn refuses values that are infinite or too large for a forest
        raise ModelError(f"the model cannot process these values ({str(error).splitlines()[0]})") from error

"""Rows of features to what a model says of them: label, confidence, whether it abstains, novelty, reasons."""

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
from .doubts import doubts_of
from .engine import check_engine
from .file import as_model
from .predictions import Predictions
from .scaled_rows import rows_of_classifier
from .speakers import after_speakers
from .speech_check import faults_of_clips
from .trained_model import TrainedModel

#: Columns before the probabilities, which are called ``p_<label>``.
COLUMNS = ("label", "confidence", "abstain", "abstain_reason", "novelty", "reasons")
#: Families named in the reasons, at the most, and the least that is worth naming.
MOST_REASONS, LEAST_REASON = 3, 0.05
#: What these say does not depend on the number of rows, and a call for each row would be slow.
_TREES = ("RandomForestClassifier", "HistGradientBoostingClassifier")
#: Of them, rows at a time, each with its ablations.
_BLOCK = 256


def predict_table(
    model: TrainedModel | OnePath,
    X: pd.DataFrame | FeatureTable,
    *,
    reasons: bool = True,
    engine: str | None = None,
    speech_s: ArrayLike | None = None,
) -> Predictions:
    """What a model says of each row; see :meth:`TrainedModel.predict`.

    Parameters
    ----------
    model : TrainedModel or path_like
    X : DataFrame of shape (n_rows, n_features), or FeatureTable
    reasons : bool
        Whether to say which families of features decided.
    engine : {"fast", "reference"}, optional
    speech_s : array_like of shape (n_rows,), optional
        As :meth:`TrainedModel.predict`.

    Returns
    -------
    Predictions

    Raises
    ------
    ModelError, ProtocolError
        As :meth:`TrainedModel.predict`.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> model = ser.train(table, ser.make_pipeline("lda"), folds=2)
    >>> said = ser.predict_table(model, table.X.head(2))
    >>> said.columns.tolist()[:6]
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
    """What :meth:`TrainedModel.predict` gives."""
    if isinstance(X, FeatureTable):
        check_engine(model, X.engine, engine)
        check_level(model, X)
        rows = (X.frame["status"] == "ok") & ~is_augmented(X.frame)
        X, speech_s = X.inputs_of(rows), X.speech_s[rows]
    X = model.columns_of(X)
    with one_thread():
        judged = judge(model, X, speech_s)
        said = judged.probabilities
        decided = said.argmax(axis=1)
        doubts = judged.doubts(model, said)
        found = {
            "label": np.array(model.labels, dtype=object)[decided],
            "confidence": said.max(axis=1),
            "abstain": doubts != "",
            "abstain_reason": doubts,
            "novelty": judged.novelty,
            "reasons": _told(model, judged.rest, judged.values, decided) if reasons else "",
        }
    found |= {f"p_{label}": said[:, i] for i, label in enumerate(model.labels)}
    return Predictions(found, index=X.index[~enrolment_of(X)])


@dataclass(frozen=True, eq=False)
class Judged:
    """What is known of some clips once a model has judged them."""

    values: Any  #: what `rest` takes, a row a clip
    rest: Any  #: the pipeline from the imputer on
    probabilities: np.ndarray  #: ndarray of float64, shape (n_clips, n_labels)
    novelty: np.ndarray  #: ndarray of float64, shape (n_clips,)
    speech_s: np.ndarray  #: ndarray of float64, shape (n_clips,): NaN where nobody knows
    faults: np.ndarray  #: ndarray of str, shape (n_clips,): see :mod:`prosody_ser.model.speech_check`

    def doubts(self, model: TrainedModel, probabilities: np.ndarray) -> np.ndarray:
        """Why the model does not claim what these probabilities say of the clips; empty where it does."""
        return doubts_of(probabilities, model.threshold, model.limits, self.novelty, self.speech_s, self.faults)


def judge(model: TrainedModel, X: pd.DataFrame, speech_s: ArrayLike | None = None) -> Judged:
    """Probabilities and novelty of the rows of X, enrolment clips left out; `speech_s` as in :func:`predict_table`."""
    lengths = np.full(len(X), np.nan) if speech_s is None else np.asarray(speech_s, dtype=float)
    if lengths.shape != (len(X),):
        raise ModelError(f"speech_s has the shape {lengths.shape}, and there are {len(X)} rows")
    own = ~enrolment_of(X)
    values, rest = after_speakers(model, X)
    novelty = replace(model.novelty, prepare=model.novelty.prepare[len(model.predictor) - len(rest) :])
    distances = novelty.distances(values) if len(values) else np.empty(0)
    return Judged(
        values,
        rest,
        _probabilities(model, rest, values, _temperature(model, distances)),
        novelty.of_distances(distances),
        lengths[own],
        faults_of_clips(X[own], model.features),
    )


def _temperature(model: TrainedModel, distances: np.ndarray) -> np.ndarray | None:
    return None if model.limits is None else model.limits.temperature(distances, model.novelty.usual)


def check_level(model: TrainedModel, table: FeatureTable) -> None:
    """Raise a ModelError if a model reads frames and the table holds features, or the other way round."""
    if model.reads_frames != (table.level == SEQUENCES):
        needed, way = ("frames", "--level frames") if model.reads_frames else ("features", "--level clips")
        raise ModelError(f"the model takes {needed}, and the table holds none: 'extract {way}' writes one that does")


def pushes(
    model: TrainedModel, rest: Any, values: Any, decided: np.ndarray, groups: Mapping[str, list[str]] | None = None
) -> dict[str, np.ndarray]:
    """How much each family of features speaks for the label that was decided on: by family, in nats, shape (n_rows,).

    A family's features are put to their medians of the training clips, all others stay: by how much does the evidence
    for the label fall? The evidence is the label's logit less the mean of all labels' logits, so that what makes every
    label likelier counts for none. Where the logits are linear in the features (lda, logreg, linear-svm) the families'
    values add up, exactly, to the evidence of the clip less that of a clip with all features at their medians; for
    other models they are one-at-a-time ablations, which need not.

    `rest` is the pipeline from the imputer on, `values` what it takes, `decided` the position of each row's label,
    `groups` other groups of features than the families.
    """
    places = _columns_of_families(model.features)
    if groups is not None:
        columns = {name: i for i, name in enumerate(model.features)}
        places = {name: [columns[feature] for feature in own] for name, own in groups.items()}
    if isinstance(values, SequenceRows):
        return _pushes_of_frames(model, rest, values, decided, places)
    plain = np.asarray(values, dtype=float)
    found = np.empty((len(plain), len(places)))
    size = _BLOCK if _of_trees(rest) else 1
    for first in range(0, len(plain), size):
        some = plain[first : first + size]
        label = decided[first : first + size]
        versions = np.repeat(some[None], len(places) + 1, axis=0)
        for version, own in zip(versions[1:], places.values(), strict=True):
            version[:, own] = np.nan  # the imputer's medians are those of the training clips
        weighted = _evidence(rest, versions.reshape(-1, plain.shape[1]))
        logits = np.tensordot(np.array(model.weights), weighted, axes=1).reshape(len(places) + 1, len(some), -1)
        evidence = logits[:, np.arange(len(some)), label] - logits.mean(axis=2)
        found[first : first + size] = (evidence[0] - evidence[1:]).T
    return {name: found[:, i] for i, name in enumerate(places)}


@lru_cache(maxsize=8)
def _columns_of_families(features: tuple[str, ...]) -> dict[str, list[int]]:
    columns = {name: i for i, name in enumerate(features)}
    return {name: [columns[feature] for feature in own] for name, own in families(features).items()}


def _pushes_of_frames(
    model: TrainedModel, rest: Any, values: SequenceRows, decided: np.ndarray, groups: dict[str, list[int]]
) -> dict[str, np.ndarray]:
    """The same of clips that are read frame by frame: a family's contours are put to their mean in every frame."""
    versions = [values, *(values.changed(Hidden(np.array(own))) for own in groups.values())]
    evidence = np.empty((len(versions), len(values)))
    for number, version in enumerate(versions):
        for row in range(len(values)):
            weighted = _evidence(rest, version.take(np.array([row])))
            logits = np.tensordot(np.array(model.weights), weighted, axes=1)[0]
            evidence[number, row] = logits[decided[row]] - logits.mean()
    return dict(zip(groups, evidence[0] - evidence[1:], strict=True))


def _told(model: TrainedModel, rest: Any, values: Any, decided: np.ndarray) -> list[str]:
    found = pushes(model, rest, values, decided)
    names, strength = list(found), np.column_stack(list(found.values()))
    return [_sentence(names, row) for row in strength]


def _sentence(names: list[str], strength: np.ndarray) -> str:
    order = np.argsort(-np.abs(strength), kind="stable")[:MOST_REASONS]
    return ", ".join(f"{names[i]} {strength[i]:+.1f}" for i in order if abs(strength[i]) >= LEAST_REASON)


def probabilities_of(model: TrainedModel, X: pd.DataFrame) -> np.ndarray:
    """What :meth:`TrainedModel.probabilities` gives."""
    model.check_speakers(X)
    X = model.columns_of(X)
    temperature = None if model.limits is None else _temperature(model, model.novelty.distances(X))
    return _finite(probabilities(_asked(model.pipeline, X), np.array(model.weights), temperature))


def _probabilities(model: TrainedModel, rest: Any, values: Any, temperature: np.ndarray | None) -> np.ndarray:
    """Row by row, as BLAS rounds otherwise with other numbers of rows."""
    weights = np.array(model.weights)
    size = max(len(values), 1) if _of_trees(rest) else 1
    places = [np.arange(i, min(i + size, len(values))) for i in range(0, len(values), size)]
    found = [
        probabilities(_evidence(rest, taken(values, own)), weights, None if temperature is None else temperature[own])
        for own in places
    ]
    return _finite(np.concatenate(found) if found else np.empty((0, len(model.labels))))


def _finite(said: np.ndarray) -> np.ndarray:
    lost = np.flatnonzero(~np.isfinite(said).all(axis=1))
    if lost.size:
        raise ModelError(f"the model has no finite answer for row {lost[0]}: its values are too large")
    return said


def _of_trees(rest: Any) -> bool:
    return type(rest.steps[-1][1]).__name__ in _TREES


def _evidence(rest: Any, values: Any) -> np.ndarray:
    """Evidence of rows, as :func:`prosody_ser.learn.classifiers.evidence.evidence_of` gives it."""
    if isinstance(values, SequenceRows):
        return _asked(rest, values)
    return _asked(rest.steps[-1][1], rows_of_classifier(rest, np.asarray(values, dtype=float)))


def _asked(estimator: Any, values: Any) -> np.ndarray:
    try:
        return evidence_in_result(estimator, values)
    except ProtocolError:
        raise
    except ValueError as error:  # scikit-learn's, of values that are infinite or beyond what a forest can hold
        raise ModelError(f"the model cannot take these values ({str(error).splitlines()[0]})") from error

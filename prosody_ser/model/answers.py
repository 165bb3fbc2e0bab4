"""Rows of features to what a model says of them: label, confidence, whether it abstains, novelty, reasons."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ModelError, ProtocolError
from ..learn.classifiers.evidence import evidence_in_result, probabilities
from ..learn.inspection.feature_groups import families
from ..learn.preprocessing.sequences.rows import Hidden, SequenceRows, taken
from ..learn.speakers.enrolment import enrolment_of
from ..parallel.one_thread import one_thread
from ..paths import OnePath
from ..tables.families import is_augmented
from ..tables.feature_table import SEQUENCES, FeatureTable
from .engine import check_engine
from .file import as_model
from .predictions import Predictions
from .speakers import after_speakers
from .trained_model import TrainedModel

#: Columns before the probabilities, which are called ``p_<label>``.
COLUMNS = ("label", "confidence", "abstain", "novelty", "reasons")
#: Families named in the reasons, at the most, and the least that is worth naming.
MOST_REASONS, LEAST_REASON = 3, 0.05
#: What these say does not depend on the number of rows, and a call for each row would be slow.
_TREES = ("RandomForestClassifier", "HistGradientBoostingClassifier")
#: Of them, rows at a time, each with its ablations.
_BLOCK = 256


def predict_table(
    model: TrainedModel | OnePath, X: pd.DataFrame | FeatureTable, *, reasons: bool = True, engine: str | None = None
) -> Predictions:
    """What a model says of each row; see :meth:`TrainedModel.predict`.

    Parameters
    ----------
    model : TrainedModel or path_like
    X : DataFrame of shape (n_rows, n_features), or FeatureTable
    reasons : bool
        Whether to say which families of features decided.
    engine : {"fast", "reference"}, optional
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
    >>> said = ser.predict_table(ser.default_model_path(), ser.load_emodb_features().X.head(2))
    >>> said.columns.tolist()[:5]
    ['label', 'confidence', 'abstain', 'novelty', 'reasons']
    """
    return as_model(model).predict(X, reasons=reasons, engine=engine)


def answers_of(
    model: TrainedModel, X: pd.DataFrame | FeatureTable, reasons: bool, engine: str | None = None
) -> Predictions:
    """What :meth:`TrainedModel.predict` gives."""
    if isinstance(X, FeatureTable):
        check_engine(model, X.engine, engine)
        check_level(model, X)
        X = X.inputs_of((X.frame["status"] == "ok") & ~is_augmented(X.frame))
    X = model.columns_of(X)
    with one_thread():
        values, rest = after_speakers(model, X)
        novelty = replace(model.novelty, prepare=model.novelty.prepare[len(model.pipeline) - len(rest) :])
        said = _probabilities(model, rest, values)
        decided = said.argmax(axis=1)
        found = {
            "label": np.array(model.labels, dtype=object)[decided],
            "confidence": said.max(axis=1),
            "abstain": said.max(axis=1) < model.threshold,
            "novelty": novelty.score(values) if len(values) else np.empty(0),
            "reasons": _told(model, rest, values, decided) if reasons else "",
        }
    found |= {f"p_{label}": said[:, i] for i, label in enumerate(model.labels)}
    return Predictions(found, index=X.index[~enrolment_of(X)])


def check_level(model: TrainedModel, table: FeatureTable) -> None:
    """Raise a ModelError if a model reads frames and the table holds features, or the other way round."""
    if model.reads_frames != (table.level == SEQUENCES):
        needed, way = ("frames", "--level frames") if model.reads_frames else ("features", "--level clips")
        raise ModelError(f"the model takes {needed}, and the table holds none: 'extract {way}' writes one that does")


def pushes(model: TrainedModel, rest: Any, values: Any, decided: np.ndarray) -> dict[str, np.ndarray]:
    """How much each family of features speaks for the label that was decided on: by family, in nats, shape (n_rows,).

    A family's features are put to their medians of the training clips, all others stay: by how much does the evidence
    for the label fall? The evidence is the label's logit less the mean of all labels' logits, so that what makes every
    label likelier counts for none. Where the logits are linear in the features (lda, logreg, linear-svm) the families'
    values add up, exactly, to the evidence of the clip less that of a clip with all features at their medians; for
    other models they are one-at-a-time ablations, which need not.

    `rest` is the pipeline from the imputer on, `values` what it takes, `decided` the position of each row's label.
    """
    columns = {name: i for i, name in enumerate(model.features)}
    groups = {name: [columns[feature] for feature in own] for name, own in families(model.features).items()}
    if isinstance(values, SequenceRows):
        return _pushes_of_frames(model, rest, values, decided, groups)
    plain = np.asarray(values, dtype=float)
    found = np.empty((len(plain), len(groups)))
    size = _BLOCK if _of_trees(rest) else 1
    for first in range(0, len(plain), size):
        some = plain[first : first + size]
        label = decided[first : first + size]
        versions = np.repeat(some[None], len(groups) + 1, axis=0)
        for version, own in zip(versions[1:], groups.values(), strict=True):
            version[:, own] = np.nan  # the imputer's medians are those of the training clips
        weighted = _evidence(rest, _like(values, versions.reshape(-1, plain.shape[1])))
        logits = np.tensordot(np.array(model.weights), weighted, axes=1).reshape(len(groups) + 1, len(some), -1)
        evidence = logits[:, np.arange(len(some)), label] - logits.mean(axis=2)
        found[first : first + size] = (evidence[0] - evidence[1:]).T
    return {name: found[:, i] for i, name in enumerate(groups)}


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
    return _finite(probabilities(_evidence(model.pipeline, model.columns_of(X)), np.array(model.weights)))


def _probabilities(model: TrainedModel, rest: Any, values: Any) -> np.ndarray:
    """Row by row, as BLAS rounds otherwise with other numbers of rows."""
    weights = np.array(model.weights)
    size = max(len(values), 1) if _of_trees(rest) else 1
    parts = [taken(values, np.arange(i, min(i + size, len(values)))) for i in range(0, len(values), size)]
    found = [probabilities(_evidence(rest, part), weights) for part in parts]
    return _finite(np.concatenate(found) if found else np.empty((0, len(model.labels))))


def _finite(said: np.ndarray) -> np.ndarray:
    lost = np.flatnonzero(~np.isfinite(said).all(axis=1))
    if lost.size:
        raise ModelError(f"the model has no finite answer for row {lost[0]}: its values are too large")
    return said


def _of_trees(rest: Any) -> bool:
    return type(rest.steps[-1][1]).__name__ in _TREES


def _evidence(rest: Any, values: Any) -> np.ndarray:
    try:
        return evidence_in_result(rest, values)
    except ProtocolError:
        raise
    except ValueError as error:  # scikit-learn's, of values that are infinite or beyond what a forest can hold
        raise ModelError(f"the model cannot take these values ({str(error).splitlines()[0]})") from error


def _like(values: Any, plain: np.ndarray) -> Any:
    """An array as the kind that the next step was fitted on."""
    return pd.DataFrame(plain, columns=values.columns) if hasattr(values, "columns") else plain

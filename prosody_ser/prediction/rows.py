"""Rows of features to what a model says of them: label, confidence, whether it abstains, novelty, reasons."""

from dataclasses import replace

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from ..errors import ModelError, ProtocolError
from ..learn.classifiers.evidence import evidence_in_result, probabilities
from ..learn.inspection.feature_groups import families
from ..learn.speakers.enrolment import enrolment_of
from ..model.trained_model import TrainedModel
from .speakers import after_speakers

#: Columns before the probabilities, which are called ``p_<label>``.
COLUMNS = ("label", "confidence", "abstain", "novelty", "reasons")
#: Families named in the reasons, at the most, and the least that is worth naming.
MOST_REASONS, LEAST_REASON = 3, 0.05
#: What these say does not depend on the number of rows, and a call for each row would be slow.
_TREES = ("RandomForestClassifier", "HistGradientBoostingClassifier")
#: Of them, rows at a time, each with its ablations.
_BLOCK = 256


def predict_table(model: TrainedModel, X: pd.DataFrame, *, reasons: bool = True) -> pd.DataFrame:
    """What a model says of each row.

    What is said of a row is the same, to the bit, whichever other rows are asked about (but where a model normalises
    speakers by all of their rows), and its probabilities are those of ``model.probabilities`` of that row alone.

    Parameters
    ----------
    model : TrainedModel
    X : DataFrame of shape (n_rows, n_features)
        As :attr:`prosody_ser.FeatureTable.X`. Rows marked as enrolment clips
        (:func:`prosody_ser.learn.speakers.enrolment.with_enrolment`) tell how their speaker sounds, and are not judged;
        see :mod:`prosody_ser.prediction.speakers`.
    reasons : bool
        Whether to say which families of features decided.

    Returns
    -------
    DataFrame
        On the index of the rows that are judged.

        - ``label``: the likeliest; also where it abstains.
        - ``confidence``: its probability.
        - ``abstain``: whether that is below the model's threshold.
        - ``novelty``: 0 to 1, see :class:`prosody_ser.model.novelty.Novelty`.
        - ``reasons``: at most three families with what each added to the evidence for the label, in nats, the
          strongest first: ``pitch +1.8, spectrum -0.4``. See :func:`pushes`.
        - ``p_<label>``: probabilities.

    Raises
    ------
    ModelError
        If a feature is missing, or there is no finite answer.
    ProtocolError
        If the model normalises speakers and too little is known of one.
    """
    X = model.columns_of(X)
    with threadpool_limits(1):
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
    return pd.DataFrame(found, index=X.index[~enrolment_of(X)])


def pushes(model: TrainedModel, rest, values, decided: np.ndarray) -> dict[str, np.ndarray]:
    """How much each family of features speaks for the label that was decided on.

    A family's features are put to their medians of the training clips, all others stay: by how much does the evidence
    for the label fall? The evidence is the label's logit less the mean of all labels' logits, so that what makes every
    label likelier counts for none. Where the logits are linear in the features (lda, logreg, linear-svm) the families'
    values add up, exactly, to the evidence of the clip less that of a clip with all features at their medians; for
    other models they are one-at-a-time ablations, which need not.

    Parameters
    ----------
    model : TrainedModel
    rest : Pipeline
        From the imputer on.
    values : DataFrame or ndarray of shape (n_rows, n_features)
    decided : ndarray of int, shape (n_rows,)
        Position of the label.

    Returns
    -------
    dict of str to ndarray of shape (n_rows,)
        By family, in nats.
    """
    columns = {name: i for i, name in enumerate(model.features)}
    groups = {name: [columns[feature] for feature in own] for name, own in families(model.features).items()}
    plain = np.asarray(values, dtype=float)
    found = np.empty((len(plain), len(groups)))
    size = _BLOCK if _of_trees(rest) else 1
    for first in range(0, len(plain), size):
        some = plain[first : first + size]
        label = decided[first : first + size]
        versions = np.repeat(some[None], len(groups) + 1, axis=0)
        for version, own in zip(versions[1:], groups.values(), strict=True):
            version[:, own] = np.nan  # the imputer's medians are those of the training clips
        logits = _logits(model, rest, _like(values, versions.reshape(-1, plain.shape[1])))
        logits = logits.reshape(len(groups) + 1, len(some), -1)
        evidence = logits[:, np.arange(len(some)), label] - logits.mean(axis=2)
        found[first : first + size] = (evidence[0] - evidence[1:]).T
    return {name: found[:, i] for i, name in enumerate(groups)}


def _told(model, rest, values, decided):
    found = pushes(model, rest, values, decided)
    names, strength = list(found), np.column_stack(list(found.values()))
    return [_sentence(names, row) for row in strength]


def _sentence(names, strength):
    order = np.argsort(-np.abs(strength), kind="stable")[:MOST_REASONS]
    return ", ".join(f"{names[i]} {strength[i]:+.1f}" for i in order if abs(strength[i]) >= LEAST_REASON)


def _probabilities(model, rest, values):
    """Row by row, as BLAS rounds otherwise with other numbers of rows."""
    weights = np.array(model.weights)
    size = max(len(values), 1) if _of_trees(rest) else 1
    parts = [values[i : i + size] for i in range(0, len(values), size)]
    found = [probabilities(_evidence(rest, part), weights) for part in parts]
    said = np.concatenate(found) if found else np.empty((0, len(model.labels)))
    lost = np.flatnonzero(~np.isfinite(said).all(axis=1))
    if lost.size:
        raise ModelError(f"the model has no finite answer for row {lost[0]}: its values are too large")
    return said


def _of_trees(rest):
    return type(rest.steps[-1][1]).__name__ in _TREES


def _logits(model, rest, values):
    return np.tensordot(np.array(model.weights), _evidence(rest, values), axes=1)


def _evidence(rest, values):
    try:
        return evidence_in_result(rest, values)
    except ProtocolError:
        raise
    except ValueError as error:  # as in TrainedModel.probabilities
        raise ModelError(f"the model cannot take these values ({str(error).splitlines()[0]})") from error


def _like(values, plain):
    """An array as the kind that the next step was fitted on."""
    return pd.DataFrame(plain, columns=values.columns) if hasattr(values, "columns") else plain

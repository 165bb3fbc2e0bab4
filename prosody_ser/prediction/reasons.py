"""Why a model gave a label: the families of features that contributed most, each with one value in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..catalogue.plain_words import PLAIN_WORDS
from ..datasets.emodb_features import load_emodb_features
from ..learn.inspection.feature_groups import families
from ..learn.inspection.usual_ranges import UsualRanges, usual_ranges
from ..learn.speakers.enrolment import enrolment_of
from ..model.answers import LEAST_REASON, pushes
from ..model.card import training_facts
from ..model.speakers import BLIND, after_speakers, norm_of
from ..model.trained_model import TrainedModel
from ..parallel.one_thread import one_thread
from ..tables.feature_table import FeatureTable

_EMODB = "emodb"


@dataclass(frozen=True)
class Reason:
    """The contribution of one family of features to a decision, and one of the family's values."""

    family: str
    push: float  #: the family's contribution to the evidence for the label, in nats; negative means against the label
    #: the feature of the family that contributed most, among those with a description in plain words; empty if none
    feature: str = ""
    #: the feature's value in its own unit; relative to the speaker's mean if the model normalises speakers
    value: float = np.nan
    usual: tuple[float, float] | None = None  #: range that contains 80 % of the label's training clips


def reasons_of(model: TrainedModel, X: pd.DataFrame, label: str, ranges: UsualRanges | None = None) -> list[Reason]:
    """Explain why a model gave a label to one clip, strongest contribution first.

    A family's contribution is computed by :func:`prosody_ser.model.answers.pushes`. Among the family's features that
    have a description in plain words (:data:`prosody_ser.catalogue.plain_words.PLAIN_WORDS`), the reason names the one
    whose own contribution is largest in the family's direction.

    Parameters
    ----------
    model : TrainedModel
    X : DataFrame
        The row to explain and, if the model uses them, rows marked as enrolment clips.
    label : str
        One of the model's labels.
    ranges : UsualRanges, optional
        Usual range of each feature for each emotion.

    Returns
    -------
    list of Reason
        Families that contribute at least 0.05 nats.
    """
    X = model.columns_of(X)
    with one_thread():
        values, rest = after_speakers(model, X)
        decided = np.array([model.labels.index(label)])
        by_family = pushes(model, rest, values, decided)
        plain = {family: [name for name in names if name in PLAIN_WORDS] for family, names in _families(model).items()}
        single_features = {name: [name] for names in plain.values() for name in names}
        alone = pushes(model, rest, values, decided, single_features) if single_features else {}
    shown_values = None if model.reads_frames else _shown_values(model, X)
    reasons = []
    for family, pushed in sorted(by_family.items(), key=lambda item: -abs(item[1][0])):
        push = float(pushed[0])
        if abs(push) < LEAST_REASON:
            continue
        known = [name for name in plain[family] if shown_values is not None and np.isfinite(shown_values[name])]
        if shown_values is None or not known:
            reasons.append(Reason(family, push))
            continue
        name = max(known, key=lambda name: alone[name][0] * np.sign(push))
        usual = ranges.of(label, name) if ranges else None
        reasons.append(Reason(family, push, name, float(shown_values[name]), usual))
    return reasons


def known_ranges(model: TrainedModel, table: FeatureTable | None = None) -> UsualRanges | None:
    """Usual range of each feature for each emotion in the clips that a model was trained on, if they are known.

    A model file does not contain its training clips. They are known if the table is given, or if the model's card
    states that it was trained on all clips of EMO-DB, whose table comes with the package.

    Parameters
    ----------
    model : TrainedModel
    table : FeatureTable, optional
        The table that the model was trained on.

    Returns
    -------
    UsualRanges or None
        None if the training clips are unknown, or if the model reads frames.
    """
    if model.reads_frames:
        return None
    source = "the clips that it was trained on"
    if table is None:
        if [corpus["name"] for corpus in model.card["training"]["corpora"]] != [_EMODB]:
            return None
        table, source = load_emodb_features(None), "EMO-DB's acted clips, which it was trained on"
    known, trained = training_facts(table), model.card["training"]
    if any(known[fact] != trained[fact] for fact in ("n_clips", "n_speakers", "clips")):
        return None
    return usual_ranges(table, within_speaker=norm_of(model) != BLIND, source=source)


def _families(model: TrainedModel) -> dict[str, Sequence[str]]:
    return dict(families(model.features))


def _shown_values(model: TrainedModel, X: pd.DataFrame) -> pd.Series:
    """Values of the judged row, relative to the mean of the speaker's known clips if the model normalises speakers."""
    enrolled = enrolment_of(X)
    row = X[~enrolled].iloc[0].astype(float)
    if norm_of(model) == BLIND:
        return row
    known = X[enrolled] if enrolled.any() else X
    return row - known.astype(float).mean()

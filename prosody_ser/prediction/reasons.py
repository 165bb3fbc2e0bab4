"""Why a model gave a label: families of features that pushed, and of each a value that can be said in words."""

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
    """A family of features that pushed a decision, and one of its values."""

    family: str
    push: float  #: what the family added to the evidence for the label, in nats; below 0 it speaks against it
    feature: str = ""  #: the one of the family's features with plain words that pushed most; empty if none has any
    value: float = np.nan  #: its value, in its own unit; of a model that normalises speakers, less the speaker's mean
    usual: tuple[float, float] | None = None  #: between these lie eight in ten training clips of the label


def reasons_of(model: TrainedModel, X: pd.DataFrame, label: str, ranges: UsualRanges | None = None) -> list[Reason]:
    """Why a model gave a label to one clip: the strongest push first.

    A family's push is that of :func:`prosody_ser.model.answers.pushes`. Of its features that can be said in plain words
    (:data:`prosody_ser.catalogue.plain_words.PLAIN_WORDS`) the one is named that alone pushes most in the direction in
    which the family does.

    Parameters
    ----------
    model : TrainedModel
    X : DataFrame
        One row to be judged; with rows marked as enrolment clips, where the model takes such.
    label : str
        One of the model's labels.
    ranges : UsualRanges, optional
        What is usual of each emotion.

    Returns
    -------
    list of Reason
        None that adds less than 0.05 nats.
    """
    X = model.columns_of(X)
    with one_thread():
        values, rest = after_speakers(model, X)
        decided = np.array([model.labels.index(label)])
        by_family = pushes(model, rest, values, decided)
        own = {family: [name for name in names if name in PLAIN_WORDS] for family, names in _families(model).items()}
        plain = [name for names in own.values() for name in names]
        alone = pushes(model, rest, values, decided, {name: [name] for name in plain}) if plain else {}
    said = None if model.reads_frames else _said_values(model, X)
    found = []
    for family, pushed in sorted(by_family.items(), key=lambda item: -abs(item[1][0])):
        push = float(pushed[0])
        if abs(push) < LEAST_REASON:
            continue
        known = [name for name in own[family] if said is not None and np.isfinite(said[name])]
        if said is None or not known:
            found.append(Reason(family, push))
            continue
        name = max(known, key=lambda name: alone[name][0] * np.sign(push))
        found.append(Reason(family, push, name, float(said[name]), ranges.of(label, name) if ranges else None))
    return found


def known_ranges(model: TrainedModel, table: FeatureTable | None = None) -> UsualRanges | None:
    """What was usual of each emotion in the clips that a model was trained on, if they are known.

    A model's file does not hold its training clips. They are known where the table is given, or where the model's card
    says that it was trained on all clips of EMO-DB, whose table comes with the package.

    Parameters
    ----------
    model : TrainedModel
    table : FeatureTable, optional
        That it was trained on.

    Returns
    -------
    UsualRanges or None
        None where nobody knows the clips, or the model reads frames.
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


def _said_values(model: TrainedModel, X: pd.DataFrame) -> pd.Series:
    """The values of the judged row; less the mean of all that is known of the speaker, where the model does so too."""
    enrolled = enrolment_of(X)
    row = X[~enrolled].iloc[0].astype(float)
    if norm_of(model) == BLIND:
        return row
    known = X[enrolled] if enrolled.any() else X
    return row - known.astype(float).mean()

"""Folds that are given as positions, masks or a splitter of scikit-learn: the same scores, and no shared speaker."""

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold, KFold, LeaveOneGroupOut, StratifiedGroupKFold

from prosody_ser import LeaveOneSpeakerOut, RepeatedSpeakerKFold, SpeakerKFold, audit, evaluate, make_pipeline
from prosody_ser.errors import ProtocolError
from tests.support.tables import acted_table

TABLE = acted_table(6, rows_each=15, n_features=4, signal=1.0)
LDA = make_pipeline("lda")
SPEAKERS = TABLE.X.index.get_level_values("speaker").to_numpy()
NAMES, NUMBER = np.unique(SPEAKERS, return_inverse=True)
MASKS = [(name != SPEAKERS, name == SPEAKERS) for name in NAMES]
PAIRS = [(np.flatnonzero(train), np.flatnonzero(test)) for train, test in MASKS]
#: The first and last speaker are in both parts.
SHARED = [(np.arange(len(SPEAKERS))[::2], np.arange(len(SPEAKERS))[1::2])]


@pytest.mark.parametrize(
    "folds",
    [LeaveOneGroupOut(), PAIRS, iter(PAIRS), MASKS, NUMBER, list(NUMBER)],
    ids=["splitter", "pairs", "iterator", "masks", "numbers", "list"],
)
def test_the_same_folds_in_any_form_give_the_same_result(folds):
    expected = evaluate(TABLE, LDA, folds="loso")
    result = evaluate(TABLE, LDA, folds=folds)
    assert result.data["uar"] == expected.data["uar"]
    for key in ("split", "split_hash", "split_file"):
        assert result.data["protocol"][key] == expected.data["protocol"][key]


@pytest.mark.parametrize("splitter", [GroupKFold(3), StratifiedGroupKFold(3)])
def test_grouped_splitters_of_scikit_learn_get_the_speakers(splitter):
    held_out = evaluate(TABLE, LDA, folds=splitter).predictions
    assert (held_out.groupby("speaker")["fold"].nunique() == 1).all()
    assert len(held_out) == len(SPEAKERS)


def test_folds_that_leave_clips_out_say_so():
    result = evaluate(TABLE, LDA, folds=PAIRS[:3])
    assert result.data["protocol"]["split"] == "leave one speaker out, some clips never held out"
    assert set(result.predictions["speaker"]) == set(NAMES[:3])


def test_folds_that_share_a_speaker_are_refused_and_reported_by_the_audit():
    masks = [tuple(np.isin(np.arange(len(SPEAKERS)), rows) for rows in SHARED[0])]
    for folds in (SHARED, masks, KFold(4)):
        with pytest.raises(ProtocolError, match="in both train and test"):
            evaluate(TABLE, LDA, folds=folds)
        assert "speakers" in [finding.check for finding in audit(TABLE, folds) if finding.severity == "error"]
    assert not [finding for finding in audit(TABLE, MASKS) if finding.severity == "error"]


@pytest.mark.parametrize(
    ("folds", "message"),
    [
        ([], "there are no folds"),
        ([([0, 1], [10**6])], "fold 1 must have positions from 0 to"),
        ([*PAIRS, ([0.5], [1])], "fold 7 must have positions from 0 to"),
        ([(MASKS[0][0][:-1], MASKS[0][1][:-1])], "fold 1 must have positions from 0 to"),
        ([[1, 2, 3]], "fold 1 must be a pair"),
        ([0, 1, 0], "a fold number for each"),
        ({"train": [0], "test": [1]}, "unknown folds"),
    ],
)
def test_folds_that_do_not_fit_the_table_are_one_line(folds, message):
    with pytest.raises(ProtocolError, match=message) as raised:
        evaluate(TABLE, LDA, folds=folds)
    assert "\n" not in str(raised.value)


def test_groups_that_the_folds_would_divide_are_refused():
    pair_of_speakers = NUMBER // 2  # a session with two speakers, for example
    for splitter in (LeaveOneSpeakerOut(), SpeakerKFold(6)):
        with pytest.raises(ProtocolError, match="keeps the speakers in X's index apart, and not `groups`"):
            list(splitter.split(TABLE.X, TABLE.y, groups=pair_of_speakers))
        assert len(list(splitter.split(TABLE.X, TABLE.y, groups=SPEAKERS))) == 6


@pytest.mark.parametrize(
    "splitter",
    [SpeakerKFold("5"), SpeakerKFold(2.5), SpeakerKFold(1), RepeatedSpeakerKFold("5"), RepeatedSpeakerKFold(2, 0)],
    ids=["text", "half", "one", "repeated", "no repeat"],
)
def test_numbers_of_folds_are_whole_numbers(splitter):
    with pytest.raises(ProtocolError, match="must be a whole number"):
        list(splitter.split(TABLE.X, TABLE.y))


def test_stratified_folds_need_the_labels():
    with pytest.raises(ProtocolError, match="y is missing"):
        list(SpeakerKFold(3).split(TABLE.X))

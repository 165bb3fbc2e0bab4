"""In every split no speaker (where promised, no sentence) is on both sides, and each clip is tested."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, cross_validate

from prosody_ser import FeatureTable, evaluate, importances, make_pipeline
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.speakers.names import speakers_of
from prosody_ser.learn.splits.named import make_splitter
from prosody_ser.learn.splits.plan import check_normalisable, plan_folds
from prosody_ser.learn.splits.sentences import sentences_of
from prosody_ser.learn.splits.splitters import (
    FixedSpeakerSplit,
    LeaveOneSpeakerOut,
    RepeatedSpeakerKFold,
    SpeakerKFold,
    SpeakerSentenceKFold,
    SpeakerSplitter,
)
from tests.support.pipelines import fit_folds
from tests.support.tables import acted_table

TABLE = acted_table(n_speakers=8)
X, Y = TABLE.X, TABLE.y
SPLITTERS = [
    LeaveOneSpeakerOut(),
    SpeakerKFold(3),
    RepeatedSpeakerKFold(3, 4, seed=5),
    FixedSpeakerSplit(),
    FixedSpeakerSplit(50, 0, 50),
    SpeakerSentenceKFold(),
    SpeakerSentenceKFold(2, 2, seed=1),
]


@pytest.mark.parametrize("splitter", SPLITTERS, ids=str)
def test_what_a_split_promises_holds(splitter):
    speakers, sentences = speakers_of(X), sentences_of(X)
    held_out = np.zeros(len(X), dtype=int)
    splits = list(splitter.split(X, Y))
    assert len(splits) == splitter.get_n_splits(X, Y)
    for (train, test), fold in zip(splits, splitter.folds(X, Y), strict=True):
        assert not set(speakers[train]) & set(speakers[test])
        assert not set(speakers[fold.validation]) & set(speakers[np.concatenate([train, test])])
        if splitter.sentence_disjoint:
            assert not set(sentences[train]) & set(sentences[test])
            either = np.isin(speakers, speakers[test]) | np.isin(sentences, sentences[test])
            assert set(train) == set(np.flatnonzero(~either))  # and nothing that might be used is left out
        held_out[test] += 1
    assert set(held_out) == ({0, 1} if splitter.partial else {splitter.n_repeats})
    again = list(splitter.split(X, Y))
    assert all(
        np.array_equal(a, b) for one, two in zip(splits, again, strict=True) for a, b in zip(one, two, strict=True)
    )


@pytest.mark.parametrize("uneven", [False, True])
def test_no_two_repeats_are_the_same(uneven):
    """scikit-learn's StratifiedGroupKFold gives the same folds for every seed where speakers are uneven."""
    keep = np.ones(len(X), dtype=bool)
    if uneven:
        rank = TABLE.frame.groupby("speaker").cumcount()
        keep = (rank < 10 + 3 * TABLE.frame["speaker"].str[1:].astype(int)).to_numpy()
    kept, labels = X[keep], Y[keep]
    folds = list(RepeatedSpeakerKFold(4, 6, seed=7).split(kept, labels))
    tested = [frozenset(frozenset(speakers_of(kept)[test]) for _, test in folds[i : i + 4]) for i in range(0, 24, 4)]
    assert len(set(tested)) == 6
    other = list(RepeatedSpeakerKFold(4, 6, seed=8).split(kept, labels))
    assert any(not np.array_equal(a[1], b[1]) for a, b in zip(folds, other, strict=True))
    whole = labels.value_counts(normalize=True)
    for _, test in folds:
        assert (labels.iloc[test].value_counts(normalize=True) - whole).abs().max() < 0.12


@pytest.mark.parametrize("shares", [(60, 20, 20), (0.5, 0.25, 0.25), (70, 0, 30)])
def test_a_fixed_split_has_the_shares_and_the_classes(shares):
    """Speakers differ in their shares of the classes; the parts should not."""
    table = acted_table(n_speakers=20, shares=(0.6, 0.3, 0.1))
    labels, speakers = table.y.to_numpy(), speakers_of(table.X)
    (fold,) = FixedSpeakerSplit(*shares).folds(table.X, table.y)
    whole = pd.Series(labels).value_counts(normalize=True)
    for rows, share in zip((fold.train, fold.validation, fold.test), np.divide(shares, sum(shares)), strict=True):
        assert len(set(speakers[rows])) == round(20 * share)
        if share:
            assert len(rows) == pytest.approx(share * len(labels), rel=0.1)
            shares_of_classes = pd.Series(labels[rows]).value_counts(normalize=True)
            assert (shares_of_classes - whole).abs().max() < 0.03


def test_a_fixed_split_keeps_a_rare_class_on_both_sides_if_it_can():
    """Two of ten speakers have the class: one must be trained on and the other tested."""
    frame = acted_table(n_speakers=10).frame
    rare = frame[(frame["emotion"] != "class2") | frame["speaker"].isin(["s03", "s07"])]
    for seed in range(5):
        plan_folds(*_X_y(rare), folds="fixed", seed=seed)  # refuses a class that is not on both sides


def _X_y(frame):
    table = FeatureTable(frame, TABLE.feature_names)
    return table.X, table.y


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("auto", LeaveOneSpeakerOut()),
        ("loso", LeaveOneSpeakerOut()),
        ("5", SpeakerKFold(5, 3)),
        (5, SpeakerKFold(5, 3)),
        ("5x1", SpeakerKFold(5, 3)),
        ("5x2", RepeatedSpeakerKFold(5, 2, 3)),
        ("fixed", FixedSpeakerSplit(60.0, 20.0, 20.0, 3)),
        ("fixed:70/0/30", FixedSpeakerSplit(70.0, 0.0, 30.0, 3)),
        ("speaker-sentence", SpeakerSentenceKFold(None, None, 3)),
        ("speaker-sentence:4x2", SpeakerSentenceKFold(4, 2, 3)),
    ],
)
def test_folds_by_name(name, expected):
    made = make_splitter(name, 8, 3)
    assert (type(made), vars(made)) == (type(expected), vars(expected))


@pytest.mark.parametrize(
    ("folds", "message"),
    [
        ("5x", "unknown folds '5x'"),
        ("5x2x2", "unknown folds"),
        ("fixed:60/40", "unknown folds"),
        ("speaker-sentence:3", "unknown folds"),
        ("5x0", r"repeats of the folds must be at least 1 \(got 0\)"),
        ("9x2", r"from 2 to 8, the number of speakers \(got 9\)"),
        ("8x2", r"8 folds of 8 speakers can be drawn only 1 time\(s\) without a repetition"),
        ("fixed:1/-1/1", "shares 1/-1/1"),
        ("fixed:0/1/1", "train and test must be above 0"),
        ("fixed:nan/1/1", "train and test must be above 0"),
        ("speaker-sentence:9x2", r"from 2 to 8, the number of speakers \(got 9\)"),
        ("speaker-sentence:2x9", r"from 2 to 4, the number of sentences \(got 9\)"),
    ],
)
def test_folds_that_cannot_be_are_one_line(folds, message):
    with pytest.raises(ProtocolError, match=message) as refused:
        plan_folds(X, Y, folds=folds)
    assert "\n" not in str(refused.value)


def test_an_unknown_sentence_is_refused():
    frame = TABLE.frame.copy()
    frame.loc[3, "sentence"] = ""
    for folds in ("speaker-sentence", SpeakerSentenceKFold()):
        with pytest.raises(ProtocolError, match=r"1 clip without a sentence \(e\.g\. clip0003\.wav\)"):
            plan_folds(*_X_y(frame), folds=folds)
    with pytest.raises(ProtocolError, match="one sentence only"):
        plan_folds(*_X_y(frame.assign(sentence="t1")), folds="speaker-sentence")
    written = np.tile(["Kids", "kids "], len(frame))[: len(frame)]
    with pytest.raises(ProtocolError, match="write each sentence in one way only"):
        plan_folds(*_X_y(frame.assign(sentence=written)), folds="speaker-sentence")
    with pytest.raises(ProtocolError, match="carries no sentences"):
        next(SpeakerSentenceKFold().split(X.droplevel("sentence"), Y))
    assert evaluate(FeatureTable(frame, TABLE.feature_names), make_pipeline("lda"), folds=2)  # needed only there


def test_sentences_of_two_corpora_are_two():
    frame = TABLE.frame.assign(corpus=np.where(TABLE.frame["speaker"] < "s04", "a", "b"))
    assert set(sentences_of(FeatureTable(frame, TABLE.feature_names).X)) == {
        f"{c}:t{i}" for c in "ab" for i in range(4)
    }


class Wrong(SpeakerSplitter):
    """A splitter that does not keep its promises."""

    def __init__(self, change, **promises):
        self.change = change
        vars(self).update(promises)

    def folds(self, X, y):
        yield from self.change(list(SpeakerSentenceKFold(2, 2).folds(X, y)))


def with_one_more(folds):
    folds[0].test[0] = folds[1].test[0]
    return folds


def sharing_sentences(folds):
    speakers = speakers_of(X)
    for fold in folds:
        train = np.flatnonzero(~np.isin(speakers, speakers[fold.test]))
        yield type(fold)(train, fold.test)


@pytest.mark.parametrize(
    ("splitter", "message"),
    [
        (Wrong(with_one_more), "exactly once"),
        (Wrong(lambda folds: folds[1:]), "exactly once"),
        (Wrong(lambda folds: folds * 2), "exactly once"),
        (Wrong(lambda folds: folds, n_repeats=2), "exactly 2 times"),
        (Wrong(lambda folds: folds * 2, partial=True), "exactly once"),
        (Wrong(sharing_sentences, sentence_disjoint=True), "fold 1 has sentences? t[0-3].* in both train and test"),
        (KFold(3), "fold 1 has speakers? s0[0-7].* in both train and test"),
    ],
)
def test_a_split_that_breaks_its_promise_is_refused(splitter, message):
    for run in (evaluate, importances):
        with pytest.raises(ProtocolError, match=message):
            run(TABLE, make_pipeline("lda"), folds=splitter)


def test_a_class_that_is_never_tested_is_refused():
    frame = acted_table(8).frame
    rare = frame[(frame["emotion"] != "class2") | frame["speaker"].isin(["s03", "s07"])]

    class Without(SpeakerSplitter):
        partial = True

        def folds(self, X, y):
            yield next(LeaveOneSpeakerOut().folds(X))

    with pytest.raises(ProtocolError, match="no clip of class2 is held out"):
        plan_folds(*_X_y(rare), folds=Without())


def test_a_single_clip_in_a_fold_cannot_be_normalised():
    frame = TABLE.frame
    few = frame[
        (frame["sentence"] != "t1")
        | (frame["speaker"] != "s02")
        | (frame.groupby(["speaker", "sentence"]).cumcount() == 0)
    ]
    X, y = _X_y(few)
    planned = plan_folds(X, y, folds="speaker-sentence:8x4")
    with pytest.raises(ProtocolError, match=r"single clip in the test part of fold \d+ \(e\.g\. s02\)"):
        check_normalisable(X, make_pipeline(speaker_norm="speaker"), planned)
    check_normalisable(X, make_pipeline(), planned)


@pytest.mark.parametrize("splitter", [RepeatedSpeakerKFold(2, 2), SpeakerSentenceKFold(2, 2), FixedSpeakerSplit()])
def test_scikit_learn_takes_the_splitters(splitter):
    pipeline = make_pipeline("svm", speaker_norm="speaker")
    scores = cross_validate(pipeline, X, Y, cv=splitter, scoring="balanced_accuracy")["test_score"]
    assert len(scores) == splitter.get_n_splits(X, Y)
    assert np.isfinite(GridSearchCV(pipeline, {"model__C": [0.5, 1]}, cv=splitter).fit(X, Y).best_score_)
    if splitter.n_repeats == 1 and not splitter.partial:
        assert len(cross_val_predict(pipeline, X, Y, cv=splitter)) == len(X)


def test_nested_in_a_search_the_sentence_is_still_there():
    """The inner splitter gets only a part of X, so what it needs must be stored with the rows."""
    search = GridSearchCV(make_pipeline("lda"), {"model__shrinkage": ["auto", 0.5]}, cv=SpeakerSentenceKFold(2, 2))
    assert evaluate(TABLE, search, folds="speaker-sentence:2x2").data["n_clips"] == len(TABLE)


def test_repeats_are_pooled_and_told_apart():
    table = acted_table(8, signal=1.5)
    result = evaluate(table, make_pipeline("lda"), folds="4x3").data
    clips = pd.DataFrame(result["clips"])
    assert (result["n_clips"], result["protocol"]["n_repeats"], len(clips)) == (len(table), 3, 3 * len(table))
    assert (clips.groupby("repeat")["file"].nunique() == len(table)).all()
    assert result["per_speaker"]["s00"]["n_clips"] == (table.frame["speaker"] == "s00").sum()
    by_repeat = [
        np.mean([(part["predicted"] == part["emotion"])[part["emotion"] == label].mean() for label in result["labels"]])
        for _, part in clips.groupby("repeat")
    ]
    assert result["uar"] == pytest.approx(np.mean(by_repeat))


def test_a_fixed_split_scores_its_test_speakers_only():
    result = evaluate(TABLE, make_pipeline("lda"), folds="fixed").data
    (fold,) = result["protocol"]["folds"]
    assert {clip["speaker"] for clip in result["clips"]} == set(fold["test_speakers"]) == set(result["per_speaker"])
    assert result["n_clips"] == fold["n_test"] < len(TABLE)
    assert fold["n_train"] + fold["n_test"] + fold["n_validation"] == len(TABLE)
    assert not set(fold["validation_speakers"]) & set(fold["test_speakers"])
    assert result["protocol"]["split"] == "one fixed split, speakers: 5 train, 1 validation, 2 test"
    for number in (0, 1):
        given = list(fit_folds(X, Y, make_pipeline("lda"), "fixed", seed=number))
        assert len(given) == 1
        assert len(given[0].validation) > 0


def test_importances_over_any_folds():
    table = acted_table(8, signal=1.5)
    for folds in ("2x2", "fixed", "speaker-sentence:2x2"):
        ranking = importances(table, make_pipeline("lda"), folds=folds, n_repeats=3)
        assert ranking["feature"].iloc[0] == "x0"
        assert ranking["importance"].iloc[0] > 0.15

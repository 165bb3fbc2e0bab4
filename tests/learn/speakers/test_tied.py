"""Normalising by speaker is refused where speaker and emotion are tied, and on no corpus where they are not."""

import json

import numpy as np
import pytest

from prosody_ser import (
    EvaluationPlan,
    evaluate,
    importances,
    load_emodb_features,
    make_pipeline,
    make_tuned_pipeline,
    result_html,
    result_markdown,
    result_text,
    train,
    tune,
    write_table,
)
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.comparison.cross import cross_corpus
from prosody_ser.learn.comparison.runs import evaluate_all
from prosody_ser.learn.speakers.tied import is_lost, of_one_emotion, share_between
from prosody_ser.learn.splits.splitters import Fold, SpeakerSplitter
from tests.support.tables import keep, random_table

RNG = np.random.default_rng(0)


def designed(cells):
    """Speaker and emotion of each clip, from the clips of each (speaker, emotion)."""
    cells = np.asarray(cells)
    speaker, emotion = np.indices(cells.shape).reshape(2, -1)
    return np.repeat(speaker, cells.ravel()), np.repeat(emotion, cells.ravel())


def some_of(n_speakers, n_emotions, n_own, n_clips=10):
    cells = np.zeros((n_speakers, n_emotions), dtype=int)
    for row in cells:
        row[RNG.choice(n_emotions, n_own, replace=False)] = n_clips
    return cells


#: As the corpora are built: speakers, emotions, clips of each.
RAVDESS = np.tile([4, *[8] * 7], (24, 1))
SAVEE = np.tile([30, *[15] * 6], (4, 1))
CREMAD = np.full((91, 6), 12) + np.pad(np.full((91, 1), 2), ((0, 0), (0, 5)))


@pytest.mark.parametrize(
    "cells",
    [
        RAVDESS,
        SAVEE,
        np.full((6, 7), 14),
        np.full((2, 7), 200),
        CREMAD,
        *(CREMAD * (RNG.random(CREMAD.shape) > missing) for missing in (0.1, 0.3, 0.5)),
        *(some_of(20, n, n_each) for n, n_each in ((4, 3), (7, 4), (7, 2), (4, 2), (3, 2))),
        RNG.multinomial(3, np.full(7, 1 / 7), size=200),  # many speakers of three clips each
        RNG.multinomial(40, [0.7, 0.2, 0.05, 0.05], size=50),  # mostly neutral
        np.repeat([[20, 0], [15, 5]], [12, 8], axis=0),  # most speakers neutral alone, the others mostly
    ],
)
def test_no_such_design_is_refused(cells):
    assert not is_lost(*designed(cells))


def test_emodb_is_not_refused():
    plan = EvaluationPlan.of(load_emodb_features("chroma"))
    for norm in ("speaker", "enrol"):
        assert plan.emotion_lost(make_pipeline("lda", speaker_norm=norm)) < 0.05


def test_the_share_is_cramers_v_squared_and_zero_by_chance():
    from scipy.stats.contingency import association

    cells = RNG.integers(50, 200, size=(9, 5))
    assert share_between(*designed(cells)) == pytest.approx(association(cells, "cramer") ** 2, abs=0.002)
    draws = [share_between(np.repeat(np.arange(50), 4), RNG.integers(5, size=200)) for _ in range(200)]
    assert np.mean(draws) < 0.02
    assert share_between(*designed(some_of(20, 7, 1))) == pytest.approx(1)
    assert share_between(np.arange(5), np.arange(5)) == 0  # a clip each


def test_what_normalising_removes_is_what_is_counted():
    """The variance of an emotion's indicator that is left after subtracting each speaker's mean."""
    speaker, emotion = designed(some_of(12, 4, 2, n_clips=200))
    codes = (emotion[:, None] == np.arange(4)).astype(float)
    centred = codes - np.array([codes[speaker == one].mean(axis=0) for one in range(12)])[speaker]
    removed = 1 - centred.var(axis=0) / codes.var(axis=0)
    assert share_between(speaker, emotion) == pytest.approx(removed.mean(), abs=0.02)


def tied(n_one=10, n_speakers=12):
    """A table with `n_one` speakers who have one emotion only, and features that depend on the emotion."""
    table = random_table(0, n_rows=n_speakers * 24, n_speakers=n_speakers, shares=(0.25,) * 4, n_features=4, signal=3)
    speaker = table.frame["speaker"].str[1:].astype(int)
    in_one_emotion = table.frame["emotion"] == [f"class{one % 4}" for one in speaker]
    return keep(table, in_one_emotion | (speaker >= n_one))


@pytest.mark.parametrize("norm", ["speaker", "enrol"])
def test_it_is_refused_wherever_it_could_be_asked_for(norm):
    table = tied()
    pipeline = make_pipeline("lda", speaker_norm=norm)
    searched = make_tuned_pipeline("lda", speaker_norm=norm)
    two = {name: tied(n_speakers=n) for name, n in (("a", 12), ("b", 13))}
    for name, one in two.items():
        one.frame["corpus"], one.frame["speaker"] = name, name + one.frame["speaker"]
    calls = {
        "evaluate": lambda: evaluate(table, pipeline, enrol_clips=1),
        "alongside": lambda: evaluate(table, make_pipeline("lda"), alongside=[pipeline], enrol_clips=1),
        "train": lambda: train(table, pipeline, enrol_clips=1),
        "tune": lambda: tune(table, searched, enrol_clips=1),
    }
    if norm == "speaker":
        calls["compare"] = lambda: evaluate_all({"t": table}, {"lda": pipeline})
        calls["importances"] = lambda: importances(table, pipeline)
        calls["cross"] = lambda: cross_corpus(two, pipeline)
    message = r"(10 of 12|20 of 25) speakers have clips of one emotion only.*--speaker-norm none"
    for call in calls.values():
        with pytest.raises(ProtocolError, match=message):
            call()
    assert evaluate(table, make_pipeline("lda")).uar > 0.5  # the blind track knows nothing of it


def test_a_few_such_speakers_are_let_pass():
    table = tied(n_one=3)
    assert of_one_emotion(table.frame["speaker"], table.frame["emotion"]) == 3
    evaluate(table, make_pipeline("lda", speaker_norm="speaker"))


def test_speakers_with_two_of_seven_emotions_are_warned_of_in_every_report():
    table = random_table(1, n_rows=700, n_speakers=10, shares=(1 / 7,) * 7, n_features=4, signal=1)
    speaker = table.frame["speaker"].str[1:].astype(int)
    emotion = table.frame["emotion"].str[-1:].astype(int)
    table = keep(table, (emotion - speaker).mod(7) < 2)
    blind, normed = (evaluate(table, make_pipeline("lda", speaker_norm=norm)) for norm in ("none", "speaker"))
    assert normed.uar < blind.uar
    for write in (result_text, result_html, result_markdown):
        assert "WARNING: these speakers differ in which emotions they have" in " ".join(write(normed).split())
        assert "WARNING: these speakers differ" not in " ".join(write(blind).split())


class OneEmotionAtATime(SpeakerSplitter):
    """Each tested speaker has clips of one emotion in the test part, and is normalised by those."""

    def folds(self, X, y):
        speakers = X.index.get_level_values("speaker")
        for speaker in np.unique(speakers):
            for emotion in np.unique(y):
                of_speaker = speakers == speaker
                yield Fold(np.flatnonzero(~of_speaker), np.flatnonzero(of_speaker & (np.asarray(y) == emotion)))


def test_test_parts_of_one_emotion_are_refused():
    table = random_table(0, n_rows=120, n_speakers=4)
    with pytest.raises(ProtocolError, match="12 of 12 speakers, each in the test part of a fold, have clips of one"):
        evaluate(table, make_pipeline("lda", speaker_norm="speaker"), folds=OneEmotionAtATime())


def test_the_command_line_refuses_in_one_line(cli):
    write_table(tied(), cli.folder / "t.csv")
    done = cli("cv", "t.csv", "--speaker-norm", "both")
    assert done.status == 2
    assert done.err.count("\n") == 1
    assert "10 of 12 speakers have clips of one emotion only" in done.err
    assert not (cli.folder / "result.json").exists()
    assert cli("cv", "t.csv", "--model", "lda").status == 0
    assert json.loads((cli.folder / "result.json").read_text())["uar"] > 0.5

"""Across corpora nothing is learned from the test corpus, and only what is comparable is compared."""

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.metrics import balanced_accuracy_score

from prosody_ser import FeatureTable, cross_corpus, cross_text, evaluate, make_pipeline, write_table
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.comparison.corpora import check_same_features, corpora_of
from prosody_ser.learn.comparison.cross import train_on_each
from prosody_ser.learn.speakers.names import speakers_of
from prosody_ser.plots.cross import cross_figure
from prosody_ser.report.grid import FORMATS
from tests.support.command_line import assert_refused
from tests.support.schemas import validator
from tests.support.tables import keep, random_table

SCHEMA = validator("cross")


def corpus(seed, cue=None, n_speakers=6, n_rows=180, **more):
    """A corpus of noise whose emotions move one feature."""
    table = random_table(seed, n_rows=n_rows, n_speakers=n_speakers, **more)
    if cue is not None:
        table.frame[cue] += 4.0 * table.frame["emotion"].factorize(sort=True)[0]
    return table


def named(table, name):
    return FeatureTable(table.frame.assign(corpus=name), table.feature_names, table.about)


@pytest.fixture(scope="module")
def three():
    return {"a": corpus(1, "x0"), "b": corpus(2, "x0"), "c": corpus(3, "x0", n_speakers=7, n_rows=200)}


@pytest.fixture(scope="module")
def crossed(three):
    return cross_corpus(three, make_pipeline("lda"))


def cell(result, train, test):
    (one,) = (c for c in result.data["cells"] if (c["train"], c["test"]) == (train, test))
    return one


class Spy(TransformerMixin, BaseEstimator):
    """A step that records the clips it gets, and whether it was fitted on them."""

    seen: list = []  # noqa: RUF012  shared by all clones

    def fit(self, X, y=None):
        self.seen.append(("fit", X))
        return self

    def transform(self, X):
        self.seen.append(("transform", X))
        return X


def test_no_clip_that_is_tested_was_ever_fitted(three):
    Spy.seen.clear()
    pipeline = make_pipeline("lda")
    pipeline.steps.insert(0, ("spy", Spy()))
    result = cross_corpus(three, pipeline)
    people = {name: {f"{name}:{s}" for s in speakers_of(table.X)} for name, table in three.items()}
    pairs = []
    trained = None
    for what, X in Spy.seen:
        if what == "fit":
            trained = X
        elif not X.index.equals(trained.index):  # what is held out
            pairs.append((trained, X))
    across = []
    for train, test in pairs:
        assert not set(train.index) & set(test.index)
        speakers = set(speakers_of(train)), set(speakers_of(test))
        assert not speakers[0] & speakers[1]
        if any(":" in speaker for speaker in speakers[0]):  # named with its corpus: off the diagonal
            sides = [{name for name in people if people[name] & side} for side in speakers]
            assert [len(side) for side in sides] == [1, 1]
            assert len(train) == len(three[sides[0].pop()])
            assert speakers[0] in people.values()
            across.append((frozenset(speakers[0]), frozenset(speakers[1])))
    assert len(set(across)) == len(across) == 6
    assert len(pairs) == 6 + sum(len(names) for names in people.values())
    assert cell(result, "a", "b")["n_train"] == len(three["a"])


@pytest.mark.parametrize("speaker_norm", ["none", "speaker"])
def test_garbage_in_one_corpus_changes_no_score_of_the_others(three, speaker_norm):
    pipeline = make_pipeline("lda", speaker_norm=speaker_norm)
    clean = cross_corpus(three, pipeline)
    rng = np.random.default_rng(0)
    frame = three["b"].frame.copy()
    frame[list(three["b"].feature_names)] = rng.normal(1e5, 1e5, size=(len(frame), 8))
    soiled = cross_corpus(three | {"b": FeatureTable(frame, three["b"].feature_names)}, pipeline)
    for train in "ac":
        for test in "ac":
            assert cell(soiled, train, test) == cell(clean, train, test)
    assert cell(soiled, "b", "a") != cell(clean, "b", "a")


def test_each_cell_is_what_one_gets_by_hand(three, crossed):
    SCHEMA.validate(crossed.data)
    for train, table in three.items():
        fitted = make_pipeline("lda").fit(table.X, table.y)
        for test, other in three.items():
            mine = cell(crossed, train, test)
            if train == test:
                result = evaluate(table, make_pipeline("lda"))
                assert mine["uar"] == pytest.approx(result.uar)
                assert mine["macro_f1"] == pytest.approx(result.macro_f1)
                assert mine["confusion"] == result.data["confusion"]
                assert mine["intervals"] == result.data["intervals"]
                assert mine["uar_lost"] is None
            else:
                assert mine["uar"] == pytest.approx(balanced_accuracy_score(other.y, fitted.predict(other.X)))
                assert mine["uar_lost"] == pytest.approx(cell(crossed, test, test)["uar"] - mine["uar"])
                low, high = mine["uar_lost_interval"]
                assert low <= mine["uar_lost"] <= high
            assert crossed.uar.loc[train, test] == mine["uar"]
            assert (mine["n_clips"], mine["n_speakers"]) == (len(other), other.frame["speaker"].nunique())


def test_a_shared_cue_travels_and_one_of_the_corpus_does_not(crossed):
    shared = [c["uar_lost"] for c in crossed.data["cells"] if not c["within"]]
    assert max(shared) < 0.1
    assert crossed.uar.to_numpy().min() > 0.8
    apart = cross_corpus({"a": corpus(1, "x0"), "b": corpus(2, "x1")}, make_pipeline("lda"))
    assert np.diag(apart.uar).min() > 0.8
    for train, test in ("ab", "ba"):
        assert apart.uar.loc[train, test] == pytest.approx(1 / 3, abs=0.12)
        assert cell(apart, train, test)["uar_lost_interval"][0] > 0.3


def test_the_result_is_the_same_with_any_number_of_processes(three, crossed):
    seen = []
    again = cross_corpus(three, make_pipeline("lda"), n_jobs=2, progress=lambda *at: seen.append(at))
    assert again.data == crossed.data
    assert seen[-1] == (3 + 19, 3 + 19)
    assert all(one[0] < other[0] or one == other for one, other in pairwise(seen))


def test_one_table_with_several_corpora_is_several(three, crossed):
    frame = pd.concat([named(table, name).frame for name, table in three.items()])
    together = cross_corpus({"all": FeatureTable(frame, three["a"].feature_names)}, make_pipeline("lda"))
    assert together.data["cells"] == crossed.data["cells"]
    alone = cross_corpus(FeatureTable(frame, three["a"].feature_names), make_pipeline("lda"))
    assert alone.data["cells"] == crossed.data["cells"]
    with pytest.raises(ProtocolError, match="the tables must have names"):
        cross_corpus(list(three.values()), make_pipeline("lda"))
    with pytest.raises(ProtocolError, match="a: all rows belong to one corpus"):
        cross_corpus({"a": three["a"]}, make_pipeline("lda"))


def test_folders_of_a_user_have_the_names_of_the_folders(three):
    stored = {"folder:actors": three["a"], "folder:home": three["b"], "csv:home": three["c"]}
    frame = pd.concat([named(table, name).frame for name, table in stored.items()])
    parts = corpora_of({"all": FeatureTable(frame, three["a"].feature_names)})
    assert {name: set(part.frame["corpus"]) for name, part in parts.items()} == {
        "actors": {"folder:actors"},
        "folder:home": {"folder:home"},  # "home" alone could be either
        "csv:home": {"csv:home"},
    }
    with pytest.raises(ProtocolError, match="all rows belong to one corpus, actors, but"):
        corpora_of({"all": named(three["a"], "folder:actors")})


def test_columns_may_stand_in_another_order(three, crossed):
    turned = FeatureTable(three["b"].frame, three["b"].feature_names[::-1])
    again = cross_corpus(three | {"b": turned}, make_pipeline("lda"))
    np.testing.assert_allclose(again.uar, crossed.uar)


def test_only_common_emotions_count(three):
    frame = three["b"].frame
    lacking = keep(three["b"], frame["emotion"] != "class1")
    result = cross_corpus(three | {"b": lacking}, make_pipeline("lda"))
    assert result.data["labels"] == ["class0", "class2"]
    assert result.data["chance"] == 0.5
    n = int((three["a"].frame["emotion"] == "class1").sum())
    assert result.data["corpora"]["a"]["left_out"] == {"class1, not in all corpora": n}
    assert f"The evaluation leaves out of a: {n} rows" in cross_text(result.data)
    two = keep(three["a"], three["a"].frame["emotion"] != "class1")
    assert cell(result, "a", "a")["uar"] == pytest.approx(evaluate(two, make_pipeline("lda")).uar)
    only = {"a": keep(three["a"], three["a"].frame["emotion"] != "class2"), "b": lacking}
    with pytest.raises(ProtocolError, match=r"1 emotion in common .a: class0, class1; b: class0, class2"):
        cross_corpus(only, make_pipeline("lda"))


def test_a_recording_in_two_corpora_is_refused(three):
    rows = three["a"].frame.iloc[:5].assign(file=[f"other/{i}.flac" for i in range(5)], speaker="guest", corpus="")
    mixed = FeatureTable(pd.concat([three["b"].frame, rows]), three["b"].feature_names)
    with pytest.raises(
        ProtocolError, match=r"a and b: both have the same recordings \(5, e\.g\. clip0000\.wav and other/0"
    ):
        cross_corpus({"a": three["a"], "b": mixed}, make_pipeline("lda"))


def test_what_looks_like_one_recording_is_reported():
    tables = {name: corpus(seed, n_features=60) for name, seed in (("a", 1), ("b", 2))}
    names = list(tables["a"].feature_names)
    rng = np.random.default_rng(0)
    copied = tables["a"].frame.loc[:9, names] + rng.normal(scale=1e-3, size=(10, 60))
    tables["b"].frame.loc[:9, names] = copied
    result = cross_corpus(tables, make_pipeline("lda"))
    SCHEMA.validate(result.data)
    (finding,) = result.data["findings"]
    assert finding["evidence"]["n_pairs"] == 10
    assert "10 pairs of clips look like the same recording" in cross_text(result.data)


def test_files_of_one_name_and_length_are_reported(three):
    one, other = (
        named(three[name], name).frame.iloc[:120].assign(file=three["a"].frame["file"]) for name in ("a", "b")
    )
    length = np.random.default_rng(0).uniform(1, 4, 120)
    names = three["a"].feature_names
    tables = {name: FeatureTable(frame.assign(end=length), names) for name, frame in (("a", one), ("b", other))}
    (finding,) = cross_corpus(tables, make_pipeline("lda")).data["findings"]
    assert finding["check"] == "file names"
    assert finding["evidence"]["n_pairs"] == 120


def test_one_person_in_two_corpora_is_reported(three):
    tables = {}
    for name, written in (("a", "Anna Lee"), ("b", "anna_lee")):
        frame = named(three[name], name).frame
        tables[name] = FeatureTable(
            frame.assign(speaker=frame["speaker"].replace("s00", written)), three[name].feature_names
        )
    result = cross_corpus(tables, make_pipeline("lda"))
    (finding,) = result.data["findings"]
    assert (finding["severity"], finding["evidence"]["n_names"]) == ("note", 1)
    assert "NOTE: Speaker names that occur in more than one corpus" in " ".join(cross_text(result.data).split())


def test_speakers_of_one_name_are_two_in_two_corpora_and_one_in_one(three):
    assert set(three["a"].frame["speaker"]) == set(three["b"].frame["speaker"])  # as in all tests above
    with pytest.raises(ProtocolError, match=r"a and b: the speaker s00 is in both \(and 5 more\)"):
        cross_corpus({name: named(three[name], "same") for name in "ab"}, make_pipeline("lda"))
    other = three["b"].frame.assign(speaker="t" + three["b"].frame["speaker"])
    halves = {"a": named(three["a"], "same"), "b": named(FeatureTable(other, three["b"].feature_names), "same")}
    assert cross_corpus(halves, make_pipeline("lda")).uar.loc["a", "b"] > 0.8


def test_a_corpus_of_several_keeps_its_speakers_apart(three):
    """Half of `mix` names its corpus and half does not: on the diagonal its speakers must be paired with themselves."""
    frame = three["b"].frame.copy()
    frame["corpus"] = np.where(frame["speaker"] < "s03", "", "later")
    mix = FeatureTable(frame, three["b"].feature_names)
    result = cross_corpus({"zebra": three["a"], "mix": mix}, make_pipeline("lda"))
    plain = cross_corpus({"zebra": three["a"], "mix": three["b"]}, make_pipeline("lda"))
    assert cell(result, "zebra", "mix")["uar"] == cell(plain, "zebra", "mix")["uar"]
    both = make_pipeline("lda").fit(three["a"].X, three["a"].y)
    right = both.predict(three["b"].X) == three["b"].y
    assert cell(result, "zebra", "mix")["accuracy"] == pytest.approx(right.mean())
    width = [np.ptp(cell(r, "zebra", "mix")["uar_lost_interval"]) for r in (result, plain)]
    assert width[0] == pytest.approx(width[1], abs=0.02)


def test_song_beside_speech_is_a_corpus_of_its_own(three):
    sung = FeatureTable(three["b"].frame.assign(vocal_channel="song"), three["b"].feature_names)
    result = cross_corpus({"speech": three["a"], "song": sung}, make_pipeline("lda"))
    assert result.data["corpora"]["song"]["n_clips"] == len(sung)


def test_few_speakers_have_wide_intervals():
    result = cross_corpus({"a": corpus(1, "x0", n_speakers=2), "b": corpus(2, "x0")}, make_pipeline("lda"))
    SCHEMA.validate(result.data)
    few, many = cell(result, "b", "a")["intervals"]["uar"], cell(result, "a", "b")["intervals"]["uar"]
    assert np.ptp(few) > 3 * np.ptp(many)
    assert "too few test speakers" not in cross_text(result.data)


def test_what_cannot_be_crossed_is_refused_by_name(three):
    lda = make_pipeline("lda")
    lacking = FeatureTable(three["b"].frame.drop(columns="x3"), tuple(n for n in three["b"].feature_names if n != "x3"))
    with pytest.raises(ProtocolError, match=r"a\.csv and b\.csv: different features \(b\.csv lacks x3"):
        check_same_features({"a.csv": three["a"], "b.csv": lacking})
    with pytest.raises(ProtocolError, match=r"different features \(b lacks x3"):
        cross_corpus({"b": lacking, "a": three["a"]}, lda)
    measured = [
        FeatureTable(three[n].frame, three[n].feature_names, {"parameters": {"f_hz": f}})
        for n, f in (("a", 75), ("b", 60))
    ]
    with pytest.raises(ProtocolError, match=r"a and b: measured with different parameters .f_hz is 75 and 60"):
        cross_corpus(dict(zip("ab", measured, strict=True)), lda)
    one = keep(three["b"], three["b"].frame["speaker"] == "s01")
    with pytest.raises(ProtocolError, match="b: the table has one speaker only"):
        cross_corpus({"a": three["a"], "b": one}, lda)
    with pytest.raises(ProtocolError, match="a: a fixed split tests only some"):
        cross_corpus(three, lda, folds="fixed")
    with pytest.raises(
        ProtocolError, match=r"a: the number of folds must be from 2 to 6, the number of speakers \(got 7\)"
    ):
        cross_corpus(three, lda, folds=7)
    with pytest.raises(ProtocolError, match="enrolment clips are not supported"):
        cross_corpus(three, make_pipeline("lda", speaker_norm="enrol"))
    with pytest.raises(ProtocolError, match="no table"):
        cross_corpus({}, lda)


def test_the_splitter_holds_out_all_but_one_corpus():
    of_row = np.array(["b", "b", "a", "c", "a"], dtype=object)
    X = pd.DataFrame(index=pd.MultiIndex.from_arrays([range(5)], names=["file"]))
    folds = [(fold.train.tolist(), fold.test.tolist()) for fold in train_on_each(X, of_row).folds(X)]
    assert folds == [([0, 1], [2, 3, 4]), ([2, 4], [0, 1, 3]), ([3], [0, 1, 2, 4])]


def test_text_and_picture_say_every_score(crossed):
    for form in FORMATS:
        text = cross_text(crossed.data, form)
        for one in crossed.data["cells"]:
            assert f"{one['uar']:.3f}" in text
            assert one["within"] or f"{one['uar_lost']:+.3f}" in text
    figure = cross_figure(crossed.data)
    figure.draw_without_rendering()
    shown = " ".join(text.get_text() for text in figure.findobj(Text))
    for one in crossed.data["cells"]:
        assert f"{one['uar']:.2f}" in shown
        assert "{:.2f} to {:.2f}".format(*one["intervals"]["uar"]) in shown
    assert "Cross-corpus UAR, LinearDiscriminantAnalysis, blind" in " ".join(shown.split())
    assert "trained on" in shown


# command line


def test_tables_are_crossed_into_text_json_and_picture(cli, three):
    for name, table in three.items():
        write_table(table, cli.folder / f"{name}.csv")
    done = cli("cross", "a.csv", "b.csv", "--model", "lda", "--folds", "3")
    assert done.status == 0
    data = json.loads((cli.folder / "cross.json").read_text())
    SCHEMA.validate(data)
    assert list(data["corpora"]) == ["a", "b"]
    assert f"{data['cells'][1]['uar']:.3f}" in done.out
    assert (cli.folder / "cross.png").read_bytes().startswith(b"\x89PNG")
    shown = cli("cross", "a.csv", "b.csv", "--model", "lda", "--format", "latex", "--plot", "p.svg", "--force")
    assert shown.out.count(r"\begin{tabular}") == 3
    assert (cli.folder / "p.svg").is_file()


def test_synthetic_speech_says_so(three):
    tables = {"a": three["a"], "b": named(three["b"], "synthetic")}
    result = cross_corpus(tables, make_pipeline("lda"))
    notice = result.data["notice"]
    assert notice in cross_text(result.data)
    shown = " ".join(" ".join(t.get_text().split()) for t in cross_figure(result.data).findobj(Text))
    assert notice in shown


REFUSED = {
    "no table": (("cross",), "see 'prosody-ser cross --help'"),
    "one corpus": (("cross", "a.csv"), "a.csv: all rows belong to one corpus"),
    "missing": (("cross", "a.csv", "none.csv"), "none.csv: no such table"),
    "named twice": (("cross", "a.csv", "./a.csv"), "a.csv: this file is named twice"),
    "same recordings": (("cross", "a.csv", "copy.csv"), "a and copy: both have the same recordings (180"),
    "other features": (("cross", "a.csv", "less.csv"), "a.csv and less.csv: different features (less.csv lacks x0"),
    "over an input": (("cross", "a.csv", "b.csv", "--out", "b.csv.json"), "would overwrite another file"),
    "odd picture": (("cross", "a.csv", "b.csv", "--plot", "p.docx"), "a picture must end in .png"),
    "result named as a picture": (("cross", "a.csv", "b.csv", "--out", "cross.png"), "a result must end in .json"),
    "unknown model": (("cross", "a.csv", "b.csv", "--model", "kn"), "unknown model 'kn'"),
    "unknown format": (("cross", "a.csv", "b.csv", "--format", "word"), "unknown format 'word'"),
    "too many folds": (
        ("cross", "a.csv", "b.csv", "--folds", "9"),
        "a: the number of folds must be from 2 to 6, the number of speakers (got 9)",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_crossed_is_one_line(cli, three, case):
    arguments, words = REFUSED[case]
    for name in "ab":
        write_table(three[name], cli.folder / f"{name}.csv")
    write_table(three["a"], cli.folder / "copy.csv")
    less = three["b"].frame.drop(columns="x0")
    write_table(FeatureTable(less, three["b"].feature_names[1:]), cli.folder / "less.csv")
    for name in ("cross.json", "cross.png"):
        (cli.folder / name).write_text("precious")
    assert_refused(cli(*arguments, "--force"), words)
    for name in ("cross.json", "cross.png"):
        assert (cli.folder / name).read_text() == "precious"

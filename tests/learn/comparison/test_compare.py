"""Comparisons use the same clips and folds, are paired and corrected, and report when the data show nothing."""

import copy
import json
import math

import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import make_moons
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, recall_score
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.svm import SVC

from prosody_ser import FeatureTable, Result, compare, comparison_text, evaluate, make_pipeline, write_table
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.comparison.runs import evaluate_all
from prosody_ser.learn.metrics.corrections import corrected
from prosody_ser.learn.metrics.intervals import difference_interval
from prosody_ser.learn.metrics.paired_statistics import (
    cohen_dz,
    corrected_t_test,
    rank_biserial,
    smallest_p,
    wilcoxon_test,
)
from prosody_ser.learn.metrics.scores import counts_by, scores_of
from prosody_ser.report.grid import FORMATS, Table, grid, laid_out
from tests.support.command_line import assert_refused
from tests.support.schemas import validator
from tests.support.tables import keep, random_table

SCHEMA = validator("comparison")


@pytest.fixture(scope="module")
def table():
    return random_table(seed=2, n_rows=320, n_speakers=8, signal=1.0)


@pytest.fixture(scope="module")
def good(table):
    return evaluate(table, make_pipeline("lda"))


@pytest.fixture(scope="module")
def deaf(table):
    """The same clips without the only feature that tells the emotions."""
    names = table.feature_names[1:]
    return evaluate(FeatureTable(table.frame.drop(columns="x0"), names), make_pipeline("lda"))


# tests and effect sizes


def test_wilcoxon_on_hollander_and_wolfe():
    """Depression scores of nine patients at two visits (Hollander & Wolfe 1973; the example of R's wilcox.test)."""
    first = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    outcome = wilcoxon_test(np.subtract(first, second))
    assert outcome.statistic == 40
    assert outcome.p == pytest.approx(2 * 0.01953125)
    assert outcome.exact


def test_wilcoxon_is_exact_with_ties():
    """Of four equal differences three are positive: P(3 or more of 4 heads) = 5/16, twice."""
    assert wilcoxon_test([0.1, 0.1, 0.1, -0.1]).p == pytest.approx(10 / 16)
    with_dust = [0.1 + 1e-16, 0.3 - 0.2, 0.1, -0.1, 1e-17]  # equal but for rounding, and one that is 0
    outcome = wilcoxon_test(with_dust)
    assert (outcome.p, outcome.n, outcome.n_nonzero) == (pytest.approx(10 / 16), 5, 4)


@pytest.mark.parametrize("n", [5, 6, 10, 14, 15, 30])
def test_the_smallest_p_is_that_of_differences_of_one_sign(n):
    outcome = wilcoxon_test(np.arange(1, n + 1))
    assert outcome.p == pytest.approx(smallest_p(n)) == pytest.approx(2 / 2**n)
    assert outcome.exact
    assert (outcome.p < 0.05) == (n >= 6)


@pytest.mark.parametrize("differences", [[0.2, 0.0], [0.0, -0.2, 0.0], [0.0, 0.0]])
def test_wilcoxon_of_one_difference_says_nothing(differences):
    outcome = wilcoxon_test(differences)
    assert (outcome.p, outcome.exact, outcome.n) == (1.0, True, len(differences))


def test_wilcoxon_of_many_is_scipys():
    differences = np.random.default_rng(0).normal(0.3, size=60)
    assert wilcoxon_test(differences).p == pytest.approx(stats.wilcoxon(differences).pvalue)
    assert not wilcoxon_test(differences).exact


def test_corrected_t_by_hand():
    """Mean 0.25, variance 1/60: t = 0.25 / sqrt((1/4 + 1/4) / 60) = sqrt(7.5)."""
    outcome = corrected_t_test([0.1, 0.2, 0.3, 0.4], 0.25)
    assert outcome.statistic == pytest.approx(np.sqrt(7.5))
    assert outcome.df == 3
    assert outcome.p == pytest.approx(2 * stats.t.sf(np.sqrt(7.5), 3))


def test_corrected_t_on_scikit_learns_example():
    """What its page 'Statistical comparison of models using grid search' prints: t = 0.750, one-sided p = 0.227."""
    X, y = make_moons(noise=0.352, random_state=1, n_samples=100)
    cv = RepeatedStratifiedKFold(n_splits=10, n_repeats=10, random_state=0)
    rbf, linear = (
        cross_val_score(SVC(random_state=0, kernel=kernel), X, y, scoring="roc_auc", cv=cv)
        for kernel in ("rbf", "linear")
    )
    outcome = corrected_t_test(rbf - linear, 10 / 90)
    assert outcome.statistic == pytest.approx(0.750, abs=5e-4)
    assert outcome.p / 2 == pytest.approx(0.227, abs=1e-3)


def test_without_a_correction_it_is_the_plain_t_test():
    differences = np.random.default_rng(1).normal(0.2, size=20)
    plain = stats.ttest_1samp(differences, 0)
    outcome = corrected_t_test(differences, 0.0)
    assert (outcome.statistic, outcome.p) == (pytest.approx(plain.statistic), pytest.approx(plain.pvalue))
    assert corrected_t_test(differences, 0.25).p > outcome.p


def test_what_has_no_spread_has_no_t():
    assert corrected_t_test([0.0, 0.0], 0.5).p == 1
    assert corrected_t_test([0.1, 0.1, 0.1], 0.5).p is None
    assert corrected_t_test([0.1], 0.5).p is None


def test_holm_on_textbook_values():
    assert corrected([0.01, 0.04, 0.03, 0.005], "holm") == pytest.approx([0.03, 0.06, 0.06, 0.02])  # rejects two
    # R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")
    assert corrected([0.01, 0.02, 0.03, 0.04, 0.05], "holm") == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])
    assert corrected([0.7, None, 0.6], "holm") == pytest.approx([1.0, np.nan, 1.0], nan_ok=True)
    assert corrected([], "holm").size == 0


def test_effect_sizes_turn_with_the_sign_and_have_their_limits():
    differences = np.random.default_rng(3).normal(0.1, size=11)
    for effect in (rank_biserial, cohen_dz):
        assert effect(-differences) == pytest.approx(-effect(differences))
        assert effect(7 * differences) == pytest.approx(effect(differences))
        assert effect(np.zeros(5)) is None
    assert rank_biserial([0.1, 0.3, 0.2]) == 1
    assert rank_biserial([1, 2, 3, -4]) == pytest.approx((6 - 4) / 10)
    assert cohen_dz([1.0, 2.0, 3.0]) == pytest.approx(2.0)


# counts


def test_counts_are_of_each_group():
    rng = np.random.default_rng(0)
    truth, predicted, group = rng.choice(["a", "b"], 90), rng.choice(["a", "b"], 90), rng.choice(["t", "s"], 90)
    counts = counts_by(group, truth, predicted, ["a", "b"])
    in_group = group == "s"  # the first in sorted order
    assert counts[0].tolist() == confusion_matrix(truth[in_group], predicted[in_group]).tolist()
    assert scores_of(counts[1])["uar"] == pytest.approx(balanced_accuracy_score(truth[~in_group], predicted[~in_group]))


# comparisons


def test_a_result_is_no_better_than_itself(good):
    comparison = compare([good, good], ["a", "b"])
    SCHEMA.validate(comparison.data)
    (pair,) = comparison.pairs
    for name in ("uar", "accuracy"):
        assert pair[name]["difference"] == 0
        assert pair[name]["interval"] == [0, 0]
        assert pair[name]["p"] == pair[name]["p_corrected"] == 1
        assert pair[name]["rank_biserial"] is None
    assert [result["rank"] for result in comparison.results] == [1, 1]


def test_a_planted_difference_is_detected(good, deaf):
    comparison = compare([deaf, good], ["deaf", "good"])
    SCHEMA.validate(comparison.data)
    uar = comparison.pairs[0]["uar"]
    assert uar["difference"] == pytest.approx(deaf.uar - good.uar)
    assert uar["interval"][1] < 0
    assert uar["p"] == pytest.approx(2 / 2**8)  # all eight speakers
    assert uar["rank_biserial"] == -1
    assert uar["cohen_dz"] < -1
    assert {result["name"]: result["rank"] for result in comparison.results} == {"deaf": 2, "good": 1}
    assert comparison.results[1]["intervals"] == good.data["intervals"]
    assert comparison.data["per_speaker"]["s03"]["good"]["uar"] == good.data["per_speaker"]["s03"]["uar"]
    for form in FORMATS:
        text = comparison_text(comparison.data, form)
        assert f"{good.uar:.3f}" in text
        assert f"{uar['difference']:+.3f}" in text


def test_pairs_are_those_of_the_speakers_own_scores(good, deaf):
    uar = compare([good, deaf], ["good", "deaf"]).pairs[0]["uar"]
    differences = [
        good.data["per_speaker"][s]["uar"] - deaf.data["per_speaker"][s]["uar"] for s in good.data["per_speaker"]
    ]
    assert uar["mean_over_speakers"] == pytest.approx(np.mean(differences))
    counts = [
        counts_by(predictions["speaker"], predictions["emotion"], predictions["predicted"], good.data["labels"])
        for predictions in (good.predictions, deaf.predictions)
    ]
    assert uar["interval"] == difference_interval(*counts)
    assert uar["p"] == pytest.approx(stats.wilcoxon(differences, method="exact").pvalue)


def test_swapped_results_give_swapped_signs(good, deaf):
    one, other = (compare(pair, names).pairs[0] for pair, names in (([good, deaf], "ab"), ([deaf, good], "ba")))
    for name in ("uar", "accuracy"):
        for key in ("difference", "mean_over_speakers", "rank_biserial", "cohen_dz"):
            assert one[name][key] == pytest.approx(-other[name][key])
        assert one[name]["interval"] == pytest.approx([-bound for bound in other[name]["interval"][::-1]])
        assert one[name]["p"] == other[name]["p"]


def test_repeated_folds_take_the_corrected_t(table, deaf):
    pipelines = {name: make_pipeline(name) for name in ("lda", "knn")}
    runs = evaluate_all({"t": table}, pipelines, folds="4x3")
    comparison = compare(list(runs.values()), list(pipelines))
    SCHEMA.validate(comparison.data)
    assert comparison.data["test"] == "t"
    uar = comparison.pairs[0]["uar"]
    assert (uar["n"], uar["df"]) == (12, 11)
    differences = []
    for fold in range(12):
        scores = []
        for result in runs.values():
            clips = [clip for clip in result.data["clips"] if clip["fold"] == fold]
            truth, predicted = ([clip[key] for clip in clips] for key in ("emotion", "predicted"))
            scores.append(recall_score(truth, predicted, average="macro"))
        differences.append(scores[0] - scores[1])
    folds = next(iter(runs.values())).data["protocol"]["folds"]
    ratio = sum(fold["n_test"] for fold in folds) / sum(fold["n_train"] for fold in folds)
    assert ratio == pytest.approx(1 / 3)
    assert uar["p"] == pytest.approx(corrected_t_test(differences, ratio).p)
    assert compare(list(runs.values()), test="wilcoxon").pairs[0]["uar"]["n"] == 8


def test_few_speakers_are_reported():
    small = random_table(n_rows=150, n_speakers=5, signal=1.0)
    comparison = compare([evaluate(small, make_pipeline(model)) for model in ("lda", "knn")])
    assert "cannot give a p below 0.0625" in comparison_text(comparison.data)
    assert comparison.pairs[0]["uar"]["p"] >= 0.0625
    small = random_table(n_rows=90, n_speakers=3, signal=1.0)
    comparison = compare([evaluate(small, make_pipeline(model), folds="fixed:1/1/1") for model in ("lda", "knn")])
    SCHEMA.validate(comparison.data)
    assert comparison.pairs[0]["uar"]["interval"] is None
    assert comparison.results[0]["intervals"] is None
    assert "1 speaker: too few speakers for an interval" in comparison_text(comparison.data)


def test_little_power_is_reported(table, good, deaf):
    assert "8 speakers the test detects only large" in " ".join(compare([good, deaf]).data["cautions"])
    nearly = copy.deepcopy(good.data)
    clip = nearly["clips"][0]
    clip["predicted"] = next(label for label in nearly["labels"] if label != clip["predicted"])
    text = comparison_text(compare([good, Result(nearly)], ["a", "b"]).data)
    assert "a - b: the UAR differs for only 1 of 8 speakers" in text


def test_comparisons_that_are_too_many_for_few_speakers_are_reported():
    six = random_table(n_rows=180, n_speakers=6, signal=1.0)
    comparison = compare([evaluate(six, make_pipeline(model)) for model in ("lda", "knn", "logreg")])
    assert "6 speakers and 3 comparisons no corrected p can be below 0.0938" in " ".join(comparison.data["cautions"])


def test_the_best_of_several_scores_is_called_too_high(table, good, deaf):
    assert "highest" not in " ".join(compare([good, deaf]).data["cautions"])
    assert "The highest of 3 scores on the same clips" in comparison_text(compare([good, deaf, good]).data)


def test_tracks_are_shown_but_neither_ranked_nor_tested_against_each_other(table, good):
    normalised = evaluate(table, make_pipeline("lda", speaker_norm="speaker"))
    comparison = compare([good, normalised, good], ["blind", "norm", "blind again"])
    SCHEMA.validate(comparison.data)
    assert {result["name"]: result["rank"] for result in comparison.results} == {
        "blind": 1,
        "norm": 1,
        "blind again": 1,
    }
    for pair in comparison.pairs:
        assert pair["same_track"] == ("norm" not in (pair["one"], pair["other"]))
        assert ("p" in pair["uar"]) == pair["same_track"]
        assert (pair["uar"]["p_corrected"] is None) == (not pair["same_track"])
    text = comparison_text(comparison.data)
    assert "are not comparable" in text
    assert f"{good.uar - normalised.uar:+.3f}" in text


def test_what_does_not_compare_is_refused_by_name(table, good):
    fewer = evaluate(keep(table, table.frame.index != 7), make_pipeline("lda"))
    frame = table.frame.copy()
    frame.loc[9, "emotion"] = "class0" if frame.loc[9, "emotion"] != "class0" else "class1"
    relabelled = evaluate(FeatureTable(frame, table.feature_names), make_pipeline("lda"))
    other_folds = evaluate(table, make_pipeline("lda"), folds=4)
    repeated = evaluate(table, make_pipeline("lda"), folds="4x2")
    fixed = evaluate(table, make_pipeline("lda"), folds="fixed")
    old = Result(copy.deepcopy(good.data))
    del old.data["protocol"]["split_hash"]
    half = Result({key: value for key, value in good.data.items() if key != "clips"})
    cases = [
        (fewer, "a.json and b.json: different clips .1 only in a.json, e.g. clip0007.wav"),
        (relabelled, "a.json and b.json: different labels .clip0009.wav is class"),
        (other_folds, "a.json and b.json: different folds .a.json: leave one speaker out; b.json: 4 speaker-disjoint"),
        (repeated, "different folds .a.json: leave one speaker out; b.json: 4 speaker-disjoint folds, 2 times.; use"),
        (fixed, "only in a.json, .*The folds differ, too .a.json: leave one speaker out; b.json: one fixed"),
        (old, "b.json: the result is from an older release"),
        (half, "b.json: the result is not complete, it lacks 'clips'"),
    ]
    for other, message in cases:
        with pytest.raises(ProtocolError, match=message):
            compare([good, other], ["a.json", "b.json"])
    for results, names, test, message in (
        ([good], None, "auto", r"at least two results \(got 1\)"),
        ([good, good], ["a", "a"], "auto", "each result must have a different name"),
        ([good, good], None, "anova", "unknown test 'anova'; choose from auto, wilcoxon, t"),
    ):
        with pytest.raises(ProtocolError, match=message):
            compare(results, names, test=test)
    with pytest.raises(ProtocolError, match="one fold only"):
        compare([fixed, fixed], test="t")


# many runs


def test_tables_in_another_order_are_evaluated_on_the_same_folds(table):
    shuffled = FeatureTable(table.frame.sample(frac=1, random_state=1), table.feature_names)
    runs = evaluate_all({"a": table, "b": shuffled}, {"lda": make_pipeline("lda")}, folds="3x2")
    one, other = runs.values()
    assert one.data["protocol"]["split_hash"] == other.data["protocol"]["split_hash"]
    assert compare([one, other]).data["test"] == "t"
    assert one.uar == pytest.approx(other.uar, abs=0.02)


def test_tables_of_other_clips_or_labels_are_refused(table):
    pipelines = {"lda": make_pipeline("lda")}
    with pytest.raises(ProtocolError, match=r"a\.csv and b\.csv: different clips \(1 only in a\.csv, e\.g\. clip0003"):
        evaluate_all({"a.csv": table, "b.csv": keep(table, table.frame.index != 3)}, pipelines)
    frame = table.frame.copy()
    frame.loc[3, "emotion"] = "class1" if frame.loc[3, "emotion"] != "class1" else "class2"
    with pytest.raises(ProtocolError, match=r"a\.csv and b\.csv: different labels \(clip0003"):
        evaluate_all({"a.csv": table, "b.csv": FeatureTable(frame, table.feature_names)}, pipelines)


def test_ends_that_two_programs_round_differently_are_the_same(table):
    """openSMILE rounds to microseconds, and a length at 48 kHz need not be a whole number of samples at 16 kHz."""
    frame = table.frame.assign(start=0.0, end=2.0)
    ours = FeatureTable(frame, table.feature_names)
    rounded = FeatureTable(frame.assign(end=2.00002), table.feature_names)
    unknown = FeatureTable(frame.assign(start=np.nan, end=np.nan), table.feature_names)
    runs = evaluate_all({"a": ours, "b": rounded, "c": unknown}, {"lda": make_pipeline("lda")})
    assert len({result.data["protocol"]["split_hash"] for result in runs.values()}) == 1
    assert len(compare(list(runs.values())).pairs) == 3
    other_part = FeatureTable(frame.assign(start=1.0), table.feature_names)
    with pytest.raises(ProtocolError, match=r"different clips .*\. The files are the same, but start or end differ"):
        evaluate_all({"a": ours, "b": other_part}, {"lda": make_pipeline("lda")})


def test_two_segments_of_one_recording_are_told_apart_by_their_times(table):
    frame = table.frame.assign(file="one.wav", start=np.arange(len(table.frame)) * 2.0)
    frame["end"] = frame["start"] + 1.5
    ours = FeatureTable(frame, table.feature_names)
    theirs = FeatureTable(frame.assign(start=frame["start"] + 1e-4)[::-1], table.feature_names)
    one, other = evaluate_all({"a": ours, "b": theirs}, {"lda": make_pipeline("lda")}).values()
    assert one.data["confusion"] == other.data["confusion"]
    untimed = FeatureTable(frame.assign(start=np.nan, end=np.nan), table.feature_names)
    with pytest.raises(ProtocolError, match="occurs more than once"):
        evaluate_all({"a": ours, "b": untimed}, {"lda": make_pipeline("lda")})


def test_enrolment_is_compared_with_itself_only(table):
    enrolled = {model: make_pipeline(model, speaker_norm="enrol") for model in ("lda", "knn")}
    runs = evaluate_all({"t": table}, enrolled)
    assert compare(list(runs.values())).pairs[0]["uar"]["p"] is not None
    with pytest.raises(ProtocolError, match="scored on different clips"):
        evaluate_all({"t": table}, {"blind": make_pipeline("lda"), **enrolled})


def test_progress_counts_the_folds_of_all_runs_and_results_come_as_they_are_done(table):
    seen, finished = [], []
    pipelines = {model: make_pipeline(model) for model in ("lda", "knn")}
    runs = evaluate_all(
        {"t": table},
        pipelines,
        folds=3,
        n_jobs=2,
        progress=lambda *at: seen.append(at),
        done=lambda run, result: finished.append((run, len(seen))),
    )
    assert seen == [(i, 6) for i in range(1, 7)]
    assert finished == [(("t", "lda"), 3), (("t", "knn"), 6)]
    assert runs["t", "knn"].data == evaluate(table, pipelines["knn"], folds=3).data


# command line


def test_results_are_compared_from_their_files(cli, table):
    write_table(table, cli.folder / "t.csv")
    for model in ("lda", "knn"):
        assert cli("cv", "t.csv", "--model", model, "--out", f"{model}.json").status == 0
    done = cli("compare", "lda.json", "knn.json")
    assert done.status == 0
    assert "lda.json - knn.json" in done.out
    data = json.loads((cli.folder / "comparison.json").read_text())
    SCHEMA.validate(data)
    evaluated = cli("compare", "t.csv", "--models", "lda,knn", "--out", "c.json", "--keep", "runs")
    assert evaluated.status == 0
    again = json.loads((cli.folder / "c.json").read_text())
    assert [pair["uar"] for pair in again["pairs"]] == [pair["uar"] for pair in data["pairs"]]
    for model in ("lda", "knn"):
        assert (cli.folder / "runs" / f"{model}.json").read_bytes() == (cli.folder / f"{model}.json").read_bytes()


def test_tables_of_two_sets_and_both_tracks_are_compared(cli, table):
    smaller = FeatureTable(table.frame.drop(columns="x0"), table.feature_names[1:], {"feature_set": "small"})
    write_table(FeatureTable(table.frame, table.feature_names, {"feature_set": "large"}), cli.folder / "a.csv")
    write_table(smaller, cli.folder / "b.csv")
    options = ("--models", "lda", "--sets", "small,large", "--speaker-norm", "both", "--format", "markdown")
    done = cli("compare", "a.csv", "b.csv", *options)
    assert done.status == 0
    assert "| large speaker |" in done.out
    names = [result["name"] for result in json.loads((cli.folder / "comparison.json").read_text())["results"]]
    assert names == ["small none", "small speaker", "large none", "large speaker"]


def test_some_features_of_a_table_are_compared(cli, table):
    write_table(table, cli.folder / "t.csv")
    options = ("--models", "lda,knn", "--folds", "2")
    assert cli("compare", "t.csv", *options, "--features", "x0,x2").status == 0
    compared = json.loads((cli.folder / "comparison.json").read_text())["results"]
    assert {result["n_features"] for result in compared} == {2}
    assert cli("cv", "t.csv", "--model", "lda", "--folds", "2", "--features", "x0,x2").status == 0
    assert compared[0]["uar"] == json.loads((cli.folder / "result.json").read_text())["uar"]
    assert cli("compare", *options, "--family", "pitch", "--out", "of-t.json").status == 2  # of x0 nothing is known


def test_the_sets_of_one_table_are_compared(cli):
    done = cli("compare", "--sets", "prosody_v1,full_v1", "--models", "lda")
    assert done.status == 2
    assert "no table holds the feature set full_v1: the built-in EMO-DB table" in done.err
    assert "holds part of full_v1" in done.err


REFUSED = {
    "no such result": (("compare", "a.json", "none.json"), "none.json: no such result"),
    "no result": (("compare", "a.json", "text.json"), "text.json: the file is not a result"),
    "no speaker's scores": (("compare", "a.json", "gap.json"), "gap.json: the file is not a complete result"),
    "a NaN": (("compare", "a.json", "nan.json"), "a complete result of this release (it contains NaN"),
    "named twice": (("compare", "a.json", "./a.json"), "a.json: this file is named twice"),
    "other clips": (("compare", "a.json", "b.json"), "a.json and b.json: different clips"),
    "result and table": (("compare", "a.json", "t.csv"), "a.json is a result, but t.csv is a table"),
    "models of results": (("compare", "a.json", "b.json", "--models", "svm"), "--models can be used with tables only"),
    "features of results": (("compare", "a.json", "b.json", "--features", "x0"), "can be used with tables only"),
    "unknown features": (
        ("compare", "t.csv", "--models", "lda,knn", "--features", "x9"),
        "t.csv: the table has no feature 'x9'",
    ),
    "one run": (("compare", "t.csv"), "one model on one table"),
    "no set": (("compare", "t.csv", "--sets", "prosody_v1,full_v1"), "set prosody_v1: t.csv holds features"),
    "empty list": (("compare", "t.csv", "--models", ","), "--models is empty"),
    "model twice": (("compare", "t.csv", "--models", "svm,svm"), "--models: svm is named twice"),
    "unknown model": (("compare", "t.csv", "--models", "svm,kn"), "unknown model 'kn'"),
    "over a result": (("compare", "a.json", "b.json", "--out", "a.json"), "would overwrite another file"),
    "kept over the comparison": (
        ("compare", "t.csv", "--models", "lda,knn", "--keep", ".", "--out", "lda.json"),
        "lda.json: this output would overwrite another file, which the same command writes",
    ),
    "unknown format": (("compare", "a.json", "b.json", "--format", "word"), "unknown format 'word'"),
    "unknown test": (("compare", "a.json", "b.json", "--test", "z"), "unknown test 'z'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_compared_is_one_line(cli, table, good, case):
    arguments, words = REFUSED[case]
    write_table(table, cli.folder / "t.csv")
    good.write(cli.folder / "a.json")
    fewer = copy.deepcopy(good.data)
    fewer["clips"].pop()
    Result(fewer).write(cli.folder / "b.json")
    (cli.folder / "text.json").write_text("{}")
    (cli.folder / "gap.json").write_text(json.dumps(good.data | {"per_speaker": {"s00": {}}}))
    (cli.folder / "nan.json").write_text(json.dumps(good.data | {"uar": math.nan}))
    (cli.folder / "comparison.json").write_text("precious")
    assert_refused(cli(*arguments, "--force"), words)
    assert (cli.folder / "comparison.json").read_text() == "precious"


def test_grids_keep_their_columns():
    rows = [["a_b & c", "1"], ["d|e", "22"]]
    plain = grid(["name", "n"], rows).splitlines()
    assert len({len(line) for line in plain}) == 1
    assert r"d\|e" in laid_out([Table("t", ["name", "n"], rows)], "markdown")
    assert r"a\_b \& c & 1 \\" in laid_out([Table("t", ["name", "n"], rows)], "latex")

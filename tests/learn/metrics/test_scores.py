"""Scores equal scikit-learn's, intervals are over speakers, and groups and probabilities are measured as documented."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import accuracy_score, brier_score_loss, f1_score, precision_recall_fscore_support, recall_score

from prosody_ser import FeatureTable, evaluate, make_pipeline, result_html, result_latex, result_markdown, result_text
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.evaluation.p_value import with_permutation_test
from prosody_ser.learn.metrics.fairness import age_group, by_group
from prosody_ser.learn.metrics.intervals import METHOD, difference_interval, gap_interval, intervals
from prosody_ser.learn.metrics.reliability import reliability
from prosody_ser.learn.metrics.scores import confusion, confusion_counts, per_class, scores_of
from tests.support.schemas import validator
from tests.support.tables import acted_table, random_table

SCHEMA = validator("result")
LABELS = ["anger", "fear", "joy"]


def drawn(n=200, n_speakers=8, seed=0, right=0.6):
    rng = np.random.default_rng(seed)
    truth = rng.integers(3, size=n)
    predicted = np.where(rng.random(n) < right, truth, rng.integers(3, size=n))
    return rng.integers(n_speakers, size=n), truth, predicted


def test_scores_are_those_of_scikit_learn():
    speaker, truth, predicted = drawn()
    counts = confusion_counts(speaker, truth, predicted, 8, 3)
    scores = scores_of(counts)
    for one in range(8):
        of_speaker = truth[speaker == one], predicted[speaker == one]
        present = sorted(set(of_speaker[0]))
        assert scores["uar"][one] == pytest.approx(recall_score(*of_speaker, average="macro", labels=present))
        assert scores["accuracy"][one] == pytest.approx(accuracy_score(*of_speaker))
        assert scores["macro_f1"][one] == pytest.approx(f1_score(*of_speaker, average="macro", labels=present))
        assert scores["weighted_f1"][one] == pytest.approx(f1_score(*of_speaker, average="weighted"))
    rows = per_class(counts.sum(axis=0), LABELS)
    expected = np.column_stack(precision_recall_fscore_support(truth, predicted))
    np.testing.assert_allclose([list(row.values()) for row in rows.values()], expected)


def test_what_a_set_lacks_is_left_out_and_never_zero():
    never_predicted = np.array([[3, 1, 0], [0, 0, 0], [2, 2, 0]])
    scores = scores_of(never_predicted)
    assert scores["uar"] == pytest.approx((0.75 + 0) / 2)  # the second emotion has no clips
    assert per_class(never_predicted, LABELS)["joy"]["precision"] is None
    assert confusion(never_predicted, LABELS)["row_shares"] == [[0.75, 0.25, 0], [None, None, None], [0.5, 0.5, 0]]
    assert np.isnan(scores_of(np.zeros((3, 3), dtype=int))["uar"])


def shares(hits, n=100):
    """Confusion counts of speakers with two emotions and n clips each, of which the given numbers are correct."""
    return np.array([[[h, n - h], [n - h, h]] for h in hits])


def test_a_difference_of_equal_speakers_is_the_paired_t_interval():
    """With equally many clips of each speaker, pooled accuracy is the mean over speakers, so the jackknife is exact."""
    one, other = np.array([10, 25, 30, 48, 50, 61, 72]), np.array([12, 20, 33, 39, 48, 62, 60])
    expected = stats.ttest_rel(one, other).confidence_interval(0.95)
    interval = difference_interval(shares(one), shares(other), "accuracy")
    assert interval == [pytest.approx(expected.low / 100), pytest.approx(expected.high / 100)]
    assert difference_interval(shares(other), shares(one), "accuracy") == pytest.approx(
        [-end for end in interval[::-1]]
    )


def test_the_ends_of_a_score_are_as_many_standard_errors_away_as_t_says():
    """Wilson's interval: the standard error at each end is that at the score, scaled according to s (1 - s)."""
    hits = np.array([35, 52, 58, 64, 70, 81])
    error = hits.std(ddof=1) / 100 / np.sqrt(hits.size)
    score = hits.mean() / 100
    low, high = intervals(shares(hits))["accuracy"]
    for end in (low, high):
        there = error * np.sqrt(end * (1 - end) / (score * (1 - score)))
        assert abs(end - score) / there == pytest.approx(stats.t.ppf(0.975, 5))
    assert low < score < high


def test_speakers_who_agree_by_chance_are_no_surer_than_as_many_clips():
    """If speakers do not differ, the interval is that of a proportion of independent clips."""
    n = 12 * 2 * 3
    low, high = intervals(np.tile(np.array([[8, 4], [4, 8]]), (3, 1, 1)))["uar"]
    squared = stats.t.ppf(0.975, 2) ** 2 / n
    middle, half = (2 / 3 + squared / 2) / (1 + squared), np.sqrt(squared * 2 / 9 + squared**2 / 4) / (1 + squared)
    assert (low, high) == (pytest.approx(middle - half), pytest.approx(middle + half))


def test_an_interval_is_of_speakers_not_of_clips():
    """If all clips of a speaker are right or all wrong, the interval is as wide as with one clip per speaker."""
    right, wrong = np.eye(3, dtype=int), np.roll(np.eye(3, dtype=int), 1, axis=1)
    wide = [intervals(np.stack([n * right, n * wrong] * 8))["uar"] for n in (1, 100)]
    assert wide[0] == pytest.approx(wide[1], abs=0.02)
    assert wide[1] == [pytest.approx(0.25, abs=0.03), pytest.approx(0.75, abs=0.03)]


@pytest.mark.parametrize("n_speakers", [2, 3, 8])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.98, 1.0])
def test_no_interval_leaves_its_range_or_has_no_width(n_speakers, share):
    rng = np.random.default_rng(n_speakers)
    counts = shares(rng.binomial(10, share, size=n_speakers), 10)
    all_intervals = intervals(counts)
    assert all_intervals["method"] == METHOD
    score = scores_of(counts.sum(axis=0))
    for name in score:
        low, high = all_intervals[name]
        assert 0 <= low <= score[name] + 1e-12
        assert score[name] - 1e-12 <= high <= 1
        assert high > low
    best, worst = shares([10] * n_speakers, 10), shares([0] * (n_speakers - 1) + [10], 10)
    low, high = difference_interval(best, worst)
    assert -1 <= low < high <= 1


@pytest.mark.parametrize("n_speakers", [4, 8, 20])
@pytest.mark.parametrize("skill", [0.3, 0.6, 0.95])
def test_intervals_hold_the_truth_about_as_often_as_they_say(n_speakers, skill):
    """Speakers with unequal recognition rates whose mean is known."""
    rng, held, n = np.random.default_rng(0), 0, 400
    for _ in range(n):
        skills = rng.beta(30 * skill, 30 * (1 - skill), size=n_speakers)
        hits = rng.binomial(30, np.repeat(skills[:, None], 2, axis=1))
        low, high = intervals(np.array([[[a, 30 - a], [30 - b, b]] for a, b in hits]))["uar"]
        held += low <= skill <= high
    assert held / n >= 0.92


def test_of_one_speaker_there_is_no_interval_and_the_result_says_so():
    table = random_table(n_speakers=3, signal=1)
    few, enough = (evaluate(table, make_pipeline("lda"), folds=folds) for folds in ("fixed:1/1/1", "loso"))
    assert few.data["intervals"] is None
    note = "too few speakers for an interval; this score holds for one speaker only"
    assert few.data["interval_note"].startswith(note)
    assert "no intervals: too few speakers for an interval" in result_text(few)
    SCHEMA.validate(enough.data)
    assert evaluate(random_table(n_speakers=6, signal=1), make_pipeline("lda")).data["interval_note"] is None
    of_six = evaluate(random_table(n_speakers=6, signal=1), make_pipeline("lda"), folds="fixed:60/20/20")
    assert "although the table has 6; use '--folds loso'" in of_six.data["interval_note"]
    two = evaluate(random_table(n_speakers=2, signal=1), make_pipeline("lda"))
    for write in (result_text, result_html, result_markdown, result_latex):  # what is to be done
        report = " ".join(write(two).split()).replace("&#39;", "'")
        assert "this score holds for 2 speakers only; record more speakers" in report
        assert "test the model on another corpus with" in report
    low, high = enough.data["intervals"]["uar"]
    assert low <= enough.uar <= high
    assert f"[{low:.3f}, {high:.3f}]" in result_text(enough)
    assert METHOD in result_text(enough)
    counts = np.tile(np.eye(3, dtype=int), (1, 1, 1))
    assert difference_interval(counts, counts) is None


def test_a_difference_is_paired_over_speakers():
    """Speakers differ, but each speaker gains the same."""
    hits = np.array([10, 20, 30, 40, 50, 60, 70, 80])
    assert difference_interval(shares(hits + 7), shares(hits)) == [pytest.approx(0.07), pytest.approx(0.07)]
    low, high = intervals(shares(hits + 7))["uar"]
    assert high - low > 0.2


def test_brier_is_scikit_learns_and_errors_of_calibration_are_known():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet([1, 1, 1], size=5000)
    truth = np.array([rng.choice(3, p=p) for p in probabilities])  # as the probabilities say: calibrated
    measures = reliability(truth, probabilities)
    assert measures["brier"] == pytest.approx(
        brier_score_loss(truth, probabilities, labels=[0, 1, 2], scale_by_half=False)
    )
    assert measures["ece"] < 0.03
    assert sum(one["n"] for one in measures["bins"]) == 5000
    for one in measures["bins"]:
        if one["n"] > 200:
            assert one["low"] <= one["mean_confidence"] <= one["high"]
            assert one["accuracy"] == pytest.approx(one["mean_confidence"], abs=0.1)
    sure = np.eye(3)[rng.integers(3, size=3000)]  # sure, and right once in three
    measures = reliability(rng.integers(3, size=3000), sure)
    assert measures["ece"] == pytest.approx(2 / 3, abs=0.03)
    assert measures["bins"][-1]["n"] == 3000
    assert measures["bins"][0] == {"low": 0.0, "high": 0.1, "n": 0, "mean_confidence": None, "accuracy": None}


def test_only_probabilities_are_called_calibrated_or_not():
    table = random_table(n_speakers=6, signal=1)
    margins, with_probabilities = (evaluate(table, make_pipeline(m), folds=3) for m in ("svm", "lda"))
    assert margins.data["calibration"] is None
    assert "it gives margins; '--calibrate' turns them into probabilities" in result_text(margins)
    assert f"Brier score {with_probabilities.data['calibration']['brier']:.3f}" in result_text(with_probabilities)


def test_ages_go_to_decades_and_unknown_ones_nowhere():
    years = pd.Series([5, 19.9, 20, 29, 30, 59, 60, 99, np.nan])
    assert list(age_group(years)) == [
        *("under 20", "under 20", "20 to 29", "20 to 29", "30 to 39", "50 to 59", "60 and over", "60 and over", "")
    ]


def grouped(n_speakers, right, sex):
    """100 clips of each speaker, with a given rate of correct predictions for each sex."""
    speaker = np.repeat(np.arange(n_speakers), 100)
    truth = np.tile(np.arange(2), n_speakers * 50)
    sexes = np.array(sex)[speaker]
    wrong = np.tile(np.arange(100) // 2, n_speakers) >= 50 * np.array([right[s] for s in sexes])
    metadata = pd.DataFrame({"sex": sexes, "age": np.nan, "language": "de"})
    return metadata, speaker, truth, np.where(wrong, 1 - truth, truth)


def test_a_gap_is_the_best_group_less_the_worst():
    groups = by_group(*grouped(12, {"female": 0.8, "male": 0.5}, ["female", "male"] * 6), ["a", "b"])
    assert set(groups) == {"sex"}  # no age is known, and there is one language
    sex = groups["sex"]
    assert sex["groups"]["female"] == {
        "n_clips": 600,
        "n_speakers": 6,
        "uar": pytest.approx(0.8),
        "accuracy": pytest.approx(0.8),
        "macro_f1": pytest.approx(0.8),
    }
    assert (sex["gap"], sex["gap_between"], sex["note"]) == (pytest.approx(0.3), ["female", "male"], None)
    assert sex["gap_interval"] == [pytest.approx(0.3), pytest.approx(0.3)]  # speakers of a group are all alike


def test_the_interval_of_a_gap_is_welchs():
    female, male = np.array([42, 60, 55, 71, 66]), np.array([30, 52, 41])
    one, other = (
        np.concatenate(parts) for parts in ((shares(female), shares([0] * 3, 0)), (shares([0] * 5, 0), shares(male)))
    )
    expected = stats.ttest_ind(female, male, equal_var=False).confidence_interval(0.95)
    interval = gap_interval(one, other, np.array([True, True]))
    assert interval == [pytest.approx(expected.low / 100), pytest.approx(expected.high / 100)]


def test_limits_of_a_gap_are_noted():
    metadata, speaker, truth, predicted = grouped(6, {"f": 0.8, "m": 0.5, "": 0.1}, ["f"] + ["m"] * 4 + [""])
    sex = by_group(metadata, speaker, truth, predicted, ["a", "b"])["sex"]
    assert sex["gap_interval"] is None
    assert sex["note"] == (
        "no interval of the gap can be computed, because there are too few speakers: f has 1 speaker and m has 4 "
        "speakers; predictions left out because the sex is unknown: 100"
    )
    truth3 = np.where((metadata["sex"] == "m") & (truth == 1) & (np.arange(len(truth)) % 2 == 0), 2, truth)
    sex = by_group(metadata, speaker, truth3, predicted, ["a", "b", "c"])["sex"]
    shared = [
        recall_score(truth3[rows], predicted[rows], labels=[0, 1], average="macro")
        for rows in ((metadata["sex"] == "f").to_numpy(), (metadata["sex"] == "m").to_numpy())
    ]
    assert sex["gap"] == pytest.approx(shared[0] - shared[1])
    said = (
        f"the gap is over the emotions that all groups have (a, b): UAR {shared[0]:.3f} for f and {shared[1]:.3f} for m"
    )
    assert f"{said}; it leaves out c" in sex["note"]
    kept = (metadata["sex"] != "m") | (truth == 0)  # of one group, one emotion only
    sex = by_group(metadata[kept], speaker[kept], truth[kept], predicted[kept], ["a", "b"])["sex"]
    assert (sex["gap"], sex["gap_between"]) == (None, [])
    assert "fewer than two emotions in common" in sex["note"]


def test_a_gap_of_which_nothing_is_known_has_no_interval_but_a_reason():
    metadata, speaker, truth, predicted = grouped(4, {"f": 0.8, "m": 0.5}, ["f", "f", "m", "m"])
    predicted = np.where(np.isin(speaker, [0, 2]), truth, 1 - truth)  # the two of each group are opposites
    sex = by_group(metadata, speaker, truth, predicted, ["a", "b"])["sex"]
    assert sex["gap_interval"] is None
    assert sex["note"].startswith("no interval of the gap can be computed, because there are too few speakers: f has 2")


def test_groups_reach_the_result_from_the_table():
    table = random_table(n_rows=400, n_speakers=12, signal=1)
    number = table.frame["speaker"].str[1:].astype(int)
    table.frame["sex"] = np.where(number % 2, "female", "male")
    table.frame["age"] = 18.0 + number
    table.frame["language"] = np.where(number < 3, "de", "en")
    data = evaluate(table, make_pipeline("lda")).data
    SCHEMA.validate(data)
    assert {name: list(groups["groups"]) for name, groups in data["groups"].items()} == {
        "sex": ["female", "male"],
        "age_group": ["under 20", "20 to 29"],
        "language": ["de", "en"],
    }
    clips = pd.DataFrame(data["clips"])
    women = clips[clips["speaker"].isin(sorted(set(clips["speaker"]))[1::2])]
    assert data["groups"]["sex"]["groups"]["female"]["uar"] == pytest.approx(
        recall_score(women["emotion"], women["predicted"], average="macro")
    )
    assert data["groups"]["sex"]["gap_interval"] is not None
    assert "gap in UAR" in result_text(evaluate(table, make_pipeline("lda")))


def test_a_p_value_is_small_where_there_is_signal_and_not_where_there_is_none():
    lda = make_pipeline("lda")
    for signal, low, high in ((1.5, 1 / 20, 1 / 20), (0.0, 2 / 20, 1.0)):
        table = acted_table(6, rows_each=30, signal=signal, seed=4)
        result = evaluate(table, lda)
        one = with_permutation_test(result, table, lda, n_permutations=19)
        SCHEMA.validate(one.data)
        test = one.data["permutation"]
        assert low <= test["p_value"] <= high
        assert test["null_mean"] == pytest.approx(1 / 3, abs=0.05)
        assert one.uar == result.uar
        assert f"p = {test['p_value']:.4g}: 19 runs" in result_text(one)
    assert with_permutation_test(result, table, lda, n_permutations=19, n_jobs=2).data == one.data
    with pytest.raises(ProtocolError, match=r"number of permutations must be a whole number, 1 or more \(got 0"):
        with_permutation_test(result, table, lda, n_permutations=0)


def test_permutations_stay_within_a_speaker():
    """Each speaker has one emotion, identified by level: shuffling within speakers changes nothing, so p is 1."""
    table = random_table(n_rows=240, n_speakers=6, shares=(0.5, 0.5))
    number = table.frame["speaker"].str[1:].astype(int)
    table = FeatureTable(
        table.frame.assign(emotion=np.where(number % 2, "a", "b"), x0=number % 2 + 0.01 * table.frame["x1"]),
        table.feature_names,
    )
    result = evaluate(table, make_pipeline("lda"))
    assert result.uar > 0.9
    assert with_permutation_test(result, table, make_pipeline("lda"), n_permutations=5).data["permutation"] == {
        "p_value": 1.0,
        "n_permutations": 5,
        "null_mean": pytest.approx(result.uar),
        "null_sd": pytest.approx(0.0),
        "statistic": "uar",
        "method": "labels permuted within speaker",
    }

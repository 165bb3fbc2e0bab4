"""The naive protocol does what its description says, scores the same clips, and is never mistaken for the score."""

import json

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from prosody_ser import FeatureTable, evaluate, make_pipeline, make_tuned_pipeline, result_text, write_table
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.classifiers.registry import BALANCES
from prosody_ser.learn.evaluation.leaking_order import N_PARTS, parts_at_random, prepared
from prosody_ser.learn.evaluation.naive import with_naive
from prosody_ser.learn.splits.evaluation_plan import EvaluationPlan
from tests.support.pipelines import quick_pipeline
from tests.support.schemas import validator
from tests.support.tables import acted_table, random_table

SCHEMA = validator("result")


@pytest.fixture(scope="module")
def table():
    return random_table(seed=2, n_rows=120, n_speakers=6, signal=0.5)


def both(table, pipeline, *, folds=2, **options):
    plan = EvaluationPlan.of(table, folds, **options)
    return with_naive(evaluate(plan, pipeline), plan, pipeline)


def steps_of(result):
    return {step["step"]: step for step in result.data["naive"]["steps"]}


def test_it_is_what_a_student_would_write(table):
    """Both steps again in plain scikit-learn and imbalanced-learn, from the docstring, on the same random parts."""
    frame = table.frame.copy()
    frame.loc[::7, "x2"] = np.nan
    holes = FeatureTable(frame, table.feature_names)
    labels, rng = holes.y.to_numpy(dtype=object), np.random.default_rng(4)
    parts = parts_at_random(labels, rng)
    result = both(holes, make_pipeline("svm", seed=4), seed=4)
    steps = steps_of(result)
    inside = make_pipeline("svm", seed=4)
    predicted = cross_val_predict(inside, holes.X, labels, cv=PredefinedSplit(parts))
    assert steps["speakers"]["claimed_uar"] == pytest.approx(balanced_accuracy_score(labels, predicted))
    X = StandardScaler().fit_transform(SimpleImputer(strategy="median").fit_transform(holes.X))
    X, y = SMOTE(random_state=4).fit_resample(X, labels)
    everywhere = PredefinedSplit(np.concatenate([parts, parts_at_random(y[120:], rng)]))
    predicted = cross_val_predict(inside[-1], X, y, cv=everywhere)[:120]
    naive = result.data["naive"]
    assert steps["preparation"]["claimed_uar"] == pytest.approx(balanced_accuracy_score(labels, predicted))
    assert naive["inflated_accuracy"] == pytest.approx(accuracy_score(labels, predicted))
    assert isinstance(inside[-1], SVC)
    assert (naive["n_rows"], naive["n_synthetic"]) == (len(y), len(y) - 120)
    assert naive["steps_fitted_on_everything"] == ["SimpleImputer", "StandardScaler", "FoldSMOTE"]


def test_parts_are_stratified():
    labels = np.array(["a"] * 50 + ["b"] * 13 + ["c"] * 6, dtype=object)
    parts = parts_at_random(labels, np.random.default_rng(0))
    for label in "abc":
        counts = np.bincount(parts[labels == label], minlength=N_PARTS)
        assert np.ptp(counts) <= 1
    assert np.ptp(np.bincount(parts)) <= 1


def test_every_step_counts_the_clips_of_the_score_and_differs_from_the_last(table):
    result = both(table, make_pipeline("svm"))
    steps = list(steps_of(result).values())
    assert [step["n_scored"] for step in steps] == [result.data["n_clips"]] * 2
    uars = [result.uar, *(step["claimed_uar"] for step in steps)]
    assert [step["difference_of_uar"] for step in steps] == pytest.approx(np.diff(uars).tolist())
    for step in steps:
        low, high = step["interval_of_uar"]
        assert low < step["claimed_uar"] < high
        low, high = step["difference_interval"]
        assert low < step["difference_of_uar"] < high


def test_speakers_on_both_sides_tell_where_nothing_but_speakers_does():
    """The features tell the speaker only, and most clips of a speaker have one emotion: on unseen speakers, chance."""
    rng = np.random.default_rng(0)
    voices = random_table(0, n_rows=360, n_speakers=9, shares=(1 / 3,) * 3, n_features=12)
    speaker = voices.frame["speaker"].str[1:].astype(int).to_numpy()
    tied = rng.random(360) < 0.7
    voices.frame.loc[tied, "emotion"] = [f"class{one % 3}" for one in speaker[tied]]
    voices.frame[list(voices.feature_names)] += 3 * rng.normal(size=(9, 12))[speaker]
    result = both(voices, make_pipeline("lda"), folds="loso")
    steps = steps_of(result)
    assert result.uar < 0.4
    assert steps["speakers"]["claimed_uar"] > 0.6
    assert steps["speakers"]["difference_interval"][0] > 0


def test_noise_that_scores_chance_looks_learned():
    """DESIGN.md: on noise, SMOTE before the split scores far above chance, and inside the fold it scores chance."""
    noise = random_table(0, n_rows=600, n_speakers=10, shares=(0.55, 0.25, 0.12, 0.08), n_features=20)
    result = both(noise, make_pipeline("svm"))
    assert result.uar == pytest.approx(0.25, abs=0.05)
    assert steps_of(result)["speakers"]["claimed_uar"] == pytest.approx(0.25, abs=0.05)
    assert steps_of(result)["preparation"]["difference_interval"][0] > 0.2


@pytest.mark.parametrize("balance", [name for name, how in BALANCES.items() if "sampler" in how])
def test_recordings_are_traced_whatever_a_sampler_does(balance):
    table = random_table(1, n_rows=150, shares=(0.6, 0.3, 0.1), n_features=4, signal=0.5)
    labels = table.y.to_numpy(dtype=object)
    pipeline = make_pipeline("lda", balance=balance)
    plain = StandardScaler().fit_transform(table.X.to_numpy())
    ready = prepared(pipeline, table.X, labels, 0)
    recorded = ready.origin >= 0
    assert np.allclose(ready.rows[recorded], plain[ready.origin[recorded]])
    assert (ready.labels[recorded] == labels[ready.origin[recorded]]).all()
    assert len(set(ready.origin[recorded])) == recorded.sum()
    assert (recorded.sum() < 150) == (balance in ("under", "smote-tomek"))


def test_recordings_that_a_sampler_removes_are_reported(table):
    result = both(table, make_pipeline("lda", balance="smote-tomek"))
    removed = 120 - steps_of(result)["preparation"]["n_scored"]
    assert f"sampler removes {removed} recordings before" in " ".join(result_text(result).split())


@pytest.mark.parametrize(
    ("model", "balance", "speaker_norm"),
    [("svm", "none", "none"), ("rf", "smote", "speaker"), ("mlp", "class-weight", "none"), ("lda", "none", "enrol")],
)
def test_the_score_stays_and_the_naive_number_is_marked(table, model, balance, speaker_norm):
    pipeline = quick_pipeline(model, balance=balance, speaker_norm=speaker_norm)
    plan = EvaluationPlan.of(table, 2)
    right = evaluate(plan, pipeline)
    result = with_naive(right, plan, pipeline)
    SCHEMA.validate(result.data)
    naive = result.data["naive"]
    assert {k: v for k, v in result.data.items() if k != "naive"} == right.data
    assert "naive" not in right.data
    assert naive["not_the_score"].startswith("NOT THE SCORE")
    assert not {"uar", "accuracy", "macro_f1"} & {key for step in (naive, *naive["steps"]) for key in step}
    assert all(f"({step['claimed_uar']:.3f})" in result_text(result) for step in naive["steps"])
    assert "NOT THE SCORE" in result_text(result)
    assert {step["n_scored"] for step in naive["steps"]} == {right.data["n_clips"]}


def test_enrolment_clips_are_not_scored_in_any_track(table):
    plan = EvaluationPlan.of(table, 2, enrol_clips=4)
    main, other = (make_pipeline("lda", speaker_norm=norm) for norm in ("none", "enrol"))
    result = with_naive(evaluate(plan, main, alongside=[other]), plan, main)
    assert {step["n_scored"] for step in steps_of(result).values()} == {120 - 6 * 4}


def test_a_fixed_split_scores_its_test_part(table):
    result = both(table, make_pipeline("lda"), folds="fixed")
    assert {step["n_scored"] for step in steps_of(result).values()} == {result.data["n_clips"]}
    assert result.data["n_clips"] < 120


def test_one_seed_one_result(table):
    pipeline = make_pipeline("lda")
    result, plan = evaluate(table, pipeline, folds=2), EvaluationPlan.of(table, 2)
    first, again = (with_naive(result, plan, pipeline).data["naive"] for _ in range(2))
    assert first == again
    assert first != both(table, pipeline, seed=4).data["naive"]


def test_what_it_cannot_do_is_refused(table):
    result = evaluate(table, make_pipeline("lda"), folds=2)
    with pytest.raises(ProtocolError, match="a pipeline of steps, not SVC"):
        with_naive(result, table, SVC())
    few = random_table(n_rows=8, n_speakers=4, shares=(0.5, 0.5))
    with pytest.raises(ProtocolError, match="needs at least 5 clips of each emotion, but one has 4"):
        both(few, make_pipeline("lda"))
    with pytest.raises(ProtocolError, match="has other clips than the table"):
        with_naive(result, random_table(n_rows=121, n_speakers=6), make_pipeline("lda"))


def test_what_calibrates_is_left_out_and_a_search_has_a_step_of_its_own(table):
    plain = both(table, make_pipeline("lda")).data["naive"]
    calibrated = both(table, make_pipeline("lda", calibrate=True)).data["naive"]
    assert calibrated["steps"] == plain["steps"]
    tuned = both(table, make_tuned_pipeline("lda", space={"model__shrinkage": [0.1, 0.9]}, inner_folds=2))
    assert list(steps_of(tuned)) == ["speakers", "search", "preparation"]
    assert steps_of(tuned)["search"]["claimed_uar"] == plain["steps"][0]["claimed_uar"]


def test_on_the_command_line(cli):
    write_table(acted_table(6, rows_each=20, n_features=5, signal=1.0), cli.folder / "t.csv")
    done = cli("cv", "t.csv", "--model", "lda", "--folds", 3, "--naive", "--speaker-norm", "enrol")
    assert done.status == 0, done.err
    assert "NOT THE SCORE" in done.out
    naive = json.loads((cli.folder / "result.json").read_text())["naive"]
    for step in naive["steps"]:
        assert f"{step['title']}  " in done.out
        assert f"{step['difference_of_uar']:+.3f}" in done.out
    assert cli("cv", "t.csv", "--model", "lda", "--folds", 3, "--force").status == 0
    assert "naive" not in json.loads((cli.folder / "result.json").read_text())

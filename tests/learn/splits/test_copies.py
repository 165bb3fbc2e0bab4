"""Augmented copies are used for training, together with their originals, and for nothing else."""

import joblib
import numpy as np
import pandas as pd
import pytest

from prosody_ser import (
    EvaluationPlan,
    cross_corpus,
    evaluate,
    importances,
    make_pipeline,
    make_tuned_pipeline,
    train,
    tune,
)
from prosody_ser.errors import ModelError, ProtocolError
from prosody_ser.learn.audit import permuted_labels
from prosody_ser.learn.evaluation.fitting import work_folds
from prosody_ser.learn.evaluation.naive import with_naive
from prosody_ser.learn.preprocessing.speaker_norm import SPEAKER_NORMS, SpeakerNormalizer
from prosody_ser.learn.splits.copies import copies_of
from prosody_ser.learn.splits.inner import inner_folds
from prosody_ser.learn.splits.split_file import read_split
from prosody_ser.plots.distributions import _rows as distribution_rows
from prosody_ser.report.text.result import result_text
from prosody_ser.tables.feature_table import FeatureTable
from tests.support.crossed import crossed
from tests.support.pipelines import Spy, quick_pipeline
from tests.support.sequences import FEATURE_MODELS
from tests.support.tables import acted_table

LEFT_OUT = "augmented (column 'variant' or 'parent') without a usable original"


def with_copies(table, n_each=2, by=0.05, own_files=False, **changes):
    """The table with copies after each clip, whose values are moved a little."""
    rng = np.random.default_rng(1)
    features = list(table.feature_names)
    parts = [table.frame]
    for number in range(n_each):
        copies = table.frame.assign(variant=f"noise:{number}", parent=table.frame["file"], **changes)
        if own_files:
            copies["file"] = f"aug{number}/" + copies["file"]
        copies[features] += rng.normal(scale=by, size=(len(copies), len(features)))
        parts.append(copies)
    frame = pd.concat(parts, ignore_index=True)
    return FeatureTable(frame.sample(frac=1, random_state=0).reset_index(drop=True), table.feature_names)


@pytest.fixture(scope="module")
def table():
    return acted_table(rows_each=24, seed=3, n_sentences=2, signal=0.8)


@pytest.fixture(scope="module")
def both(table):
    return with_copies(table)


def fits(plan, pipeline):
    """For each fold, a digest of the fitted pipeline and the rows that it was fitted on."""
    return list(work_folds(plan.rows_for(pipeline), plan.y, pipeline, plan.folds, _digest, copies=plan.copies))


def _digest(fold, held_out):
    return joblib.hash(fold.pipeline)


@pytest.mark.parametrize("own_files", [False, True])
def test_a_fold_trains_on_the_copies_of_its_training_clips_alone(table, own_files):
    both = with_copies(table, own_files=own_files)
    plan = EvaluationPlan.of(both)
    assert len(plan.X) == len(table)
    assert len(plan.copies) == 2 * len(table)
    for fold in plan.folds:
        X, labels = plan.copies.training(plan.X, plan.y.to_numpy(), fold.train)
        assert len(X) == len(labels) == 3 * len(fold.train)
        tested = set(plan.speakers[fold.test])
        assert not tested & set(X.index.get_level_values("speaker"))
        # values and labels are those of the table's rows
        rows = both.frame.set_index(["file", "variant"]).loc[
            list(zip(X.index.get_level_values("file"), X.index.get_level_values("variant"), strict=True))
        ]
        assert (rows["emotion"].to_numpy() == labels).all()
        assert np.array_equal(rows[list(both.feature_names)].to_numpy(), X.to_numpy())


def test_nothing_is_scored_but_recordings(table, both):
    plain, result = evaluate(table, make_pipeline("lda")), evaluate(both, make_pipeline("lda"))
    assert {clip["variant"] for clip in result.data["clips"]} == {"original"}
    assert result.data["n_clips"] == plain.data["n_clips"] == len(table)
    assert (
        result.data["protocol"]["split_hash"]
        == evaluate(FeatureTable(both.frame[both.usable], both.feature_names), make_pipeline("lda")).data["protocol"][
            "split_hash"
        ]
    )
    augmentation = result.data["protocol"]["augmentation"]
    assert (augmentation["n_copies"], augmentation["copies"]) == (2 * len(table), {"noise": 2 * len(table)})
    assert [fold["n_copies"] for fold in result.data["protocol"]["folds"]] == [
        2 * fold["n_train"] for fold in result.data["protocol"]["folds"]
    ]
    assert "288 augmented copies (288 noise), used for training with their originals" in result_text(result)
    assert "augmentation" not in plain.data["protocol"]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("model", "norm"), crossed(FEATURE_MODELS, SPEAKER_NORMS))
def test_garbage_in_held_out_rows_and_in_their_copies_changes_no_fit(both, model, norm):
    rng = np.random.default_rng(0)
    features = list(both.feature_names)
    pipeline = quick_pipeline(model, speaker_norm=norm, calibrate=norm == "none")
    plan = EvaluationPlan.of(both, 2, enrol_clips=3)
    clean = fits(plan, pipeline)
    for number, fold in enumerate(plan.folds):
        names = set(plan.speakers[fold.test])
        held_out = both.frame["speaker"].isin(names)
        frame = both.frame.copy()
        frame.loc[held_out, features] = rng.choice([np.nan, 1e6, 0.0], size=(held_out.sum(), len(features)))
        soiled = EvaluationPlan.of(FeatureTable(frame, both.feature_names), plan.splitter, enrol_clips=3)
        assert fits(soiled, pipeline)[number] == clean[number]
    # and the proof would notice: a copy of a training clip
    frame = both.frame.copy()
    spoilt = np.flatnonzero(both.copies & ~both.frame["speaker"].isin(set(plan.speakers[plan.folds[0].test])))
    frame.loc[spoilt, features] += 1.0
    changed = EvaluationPlan.of(FeatureTable(frame, both.feature_names), plan.splitter, enrol_clips=3)
    assert fits(changed, pipeline)[0] != clean[0]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("model", "norm"), crossed(FEATURE_MODELS, SPEAKER_NORMS))
def test_noise_with_copies_scores_chance(model, norm):
    """Copies are almost identical to their originals, so any model would recognise a single pair across a fold."""
    noise = with_copies(acted_table(10, rows_each=60, shares=(0.4, 0.3, 0.2, 0.1), n_features=10), n_each=1, by=0.01)
    result = evaluate(noise, quick_pipeline(model, speaker_norm=norm), folds="3", enrol_clips=15)
    assert result.uar == pytest.approx(0.25, abs=0.12)


def test_permuted_labels_of_clips_are_their_copies_too():
    """If a copy kept its label, a model would find the original's true one."""
    noise = with_copies(acted_table(6, rows_each=40, shares=(0.4, 0.3, 0.3), n_features=10, signal=3.0), by=0.01)
    finding = permuted_labels(noise, make_pipeline("lda"), n_permutations=5)
    assert finding.severity == "note", finding.sentence


def test_the_naive_order_puts_copies_on_both_sides():
    """The labels are random, so only copies of test clips in training can tell them."""
    noise = acted_table(6, rows_each=40, shares=(0.4, 0.3, 0.3), n_features=10)
    both = with_copies(noise, n_each=2, by=0.01)
    pipeline = make_pipeline("knn").set_params(model__n_neighbors=1)
    plain, copied = (with_naive(evaluate(one, pipeline), one, pipeline).data["naive"] for one in (noise, both))
    assert copied["n_copies"] == 2 * len(noise)
    assert copied["inflated_uar"] > 0.9 > plain["inflated_uar"] + 0.2
    assert evaluate(both, pipeline).uar == pytest.approx(1 / 3, abs=0.1)


def test_steps_see_copies_and_statistics_of_speakers_do_not(both):
    """Balancing and scaling learn from copies too; a speaker's statistics come from the recordings alone."""
    plan = EvaluationPlan.of(both)
    X, _ = plan.copies.training(plan.X, plan.y.to_numpy())
    normed = SpeakerNormalizer().fit(X)
    alone = SpeakerNormalizer().fit(plan.X)
    assert np.array_equal(normed.mean_, alone.mean_)
    assert np.array_equal(normed.scale_, alone.scale_)
    nobody = SpeakerNormalizer().fit_transform(plan.copies.X)  # of whom there are copies alone
    assert np.isfinite(nobody).all()
    pipeline = make_pipeline("lda", balance="over")
    pipeline.steps.insert(0, ("spy", Spy("first")))
    Spy.seen.clear()
    evaluate(plan, pipeline)
    fitted = [n for _, what, n, _ in Spy.seen if what == "fit"]
    assert fitted == [3 * len(fold.train) for fold in plan.folds]


def test_inner_folds_hold_out_recordings_and_train_on_copies(both):
    plan = EvaluationPlan.of(both)
    X, labels = plan.copies.training(plan.X, plan.y.to_numpy())
    variant, speaker = (X.index.get_level_values(name) for name in ("variant", "speaker"))
    folds, _ = inner_folds(X, labels, 3, 0, without_speakers="error", what="")
    assert sorted(np.concatenate([test for _, test in folds])) == list(np.flatnonzero(variant == "original"))
    for train_rows, test in folds:
        assert not set(speaker[train_rows]) & set(speaker[test])
        assert (variant[train_rows] != "original").sum() == 2 * (variant[train_rows] == "original").sum()


def test_all_that_fits_takes_copies(table, both):
    """Tuning, calibration, importances and training all change if the copies carry ten times the signal."""
    marked = with_copies(table, by=1.0)
    pipeline = make_pipeline("lda", calibrate=True)
    plain, copied = evaluate(table, pipeline), evaluate(marked, pipeline)
    assert copied.data["clips"] != plain.data["clips"]
    ranking, with_them = (importances(one, make_pipeline("lda"), n_repeats=2) for one in (table, marked))
    assert not ranking["importance"].equals(with_them["importance"])
    tuned = make_tuned_pipeline("lda", inner_folds=2)
    assert tune(marked, tuned)[1].best_score_ != tune(table, tuned)[1].best_score_
    model = train(marked, make_pipeline("lda"), folds=2)
    assert model.card["training"]["copies"] == {"noise": 2 * len(table)}
    assert model.card["training"]["n_clips"] == len(table)
    plain_model = train(table, make_pipeline("lda"), folds=2)
    assert "copies" not in plain_model.card["training"]
    with pytest.raises(ModelError, match="on a table with other augmented copies, or without any"):
        train(marked, make_pipeline("lda"), result=evaluate(table, make_pipeline("lda"), folds=2))
    assert not np.allclose(model.pipeline[-1].coef_, plain_model.pipeline[-1].coef_)


def test_across_corpora_copies_of_the_training_corpus_alone_are_used(table):
    one = table.frame.assign(corpus="one")
    other = acted_table(rows_each=24, seed=4, n_sentences=2, signal=0.8).frame.assign(corpus="two")
    tables = {name: FeatureTable(frame, table.feature_names) for name, frame in (("one", one), ("two", other))}
    copied = {"one": with_copies(tables["one"], by=1.0), "two": tables["two"]}
    plain, augmented = cross_corpus(tables, make_pipeline("lda")), cross_corpus(copied, make_pipeline("lda"))
    cells = {(cell["train"], cell["test"]): cell for cell in augmented.data["cells"]}
    before = {(cell["train"], cell["test"]): cell for cell in plain.data["cells"]}
    assert {key: cell["n_clips"] for key, cell in cells.items()} == {
        key: cell["n_clips"] for key, cell in before.items()
    }
    assert cells["two", "one"]["confusion"] == before["two", "one"]["confusion"]
    assert cells["one", "two"]["confusion"] != before["one", "two"]["confusion"]


def test_copies_without_a_clip_that_is_used_are_left_out_and_counted(table, both):
    frame = both.frame
    dropped = frame["file"].isin(table.frame["file"][:5]) & (frame["variant"] == "original")
    orphans = FeatureTable(frame[~dropped], both.feature_names)
    assert orphans.left_out == {LEFT_OUT: 10}
    assert len(copies_of(orphans, orphans.X)) == 2 * len(table) - 10
    nobody = FeatureTable(frame[frame["variant"] != "original"], both.feature_names)
    with pytest.raises(
        ProtocolError,
        match=r"left out are 288 rows because the clip is augmented \(column .* without a usable original",
    ):
        evaluate(nobody, make_pipeline("lda"))
    unlabelled = FeatureTable(frame.assign(emotion=frame["emotion"].where(~dropped, "")), both.feature_names)
    assert unlabelled.left_out == {LEFT_OUT: 10, "no emotion label": 5}


def corpus(seed, name="csv", prefix="s"):
    """Equal file names in corpora of equal name, as from two tables of labels, but with different speakers."""
    table = acted_table(rows_each=24, seed=seed, n_sentences=2, signal=0.8)
    frame = table.frame.assign(corpus=name, speaker=prefix + table.frame["speaker"])
    return FeatureTable(frame, table.feature_names)


@pytest.mark.parametrize("told", [True, False])
def test_files_of_one_name_in_two_corpora_of_one_name_keep_their_copies_apart(told):
    """Otherwise copies of the test corpus would train the other corpus's model, under the other corpus's labels."""
    blank = {} if told else {"speaker": "", "emotion": ""}
    one, two = with_copies(corpus(3), by=1.0, **blank), with_copies(corpus(4, prefix="t"), by=1.0, **blank)
    far = two.frame.copy()
    far.loc[(far["variant"] != "original").to_numpy(), list(two.feature_names)] += 100.0
    results = [
        cross_corpus({"one": one, "two": FeatureTable(frame, two.feature_names)}, make_pipeline("lda")).data["cells"]
        for frame in (two.frame, far)
    ]
    cells = [{(cell["train"], cell["test"]): cell["confusion"] for cell in part} for part in results]
    assert cells[0]["one", "two"] == cells[1]["one", "two"]
    assert cells[0]["two", "one"] != cells[1]["two", "one"]  # where they belong they are used
    both = FeatureTable(pd.concat([one.frame, two.frame], ignore_index=True), one.feature_names)
    copies = copies_of(both, both.X)
    named = both.X.index.get_level_values("speaker")[copies.parent]
    assert (copies.X.index.get_level_values("speaker") == named).all()
    if not told:  # which of two it was made from, only the sentence can tell, and where both say the same nobody
        same = (one.frame["sentence"][one.usable].to_numpy() == two.frame["sentence"][two.usable].to_numpy()).sum()
        assert both.left_out == {"augmented copy of which several clips could be the original": 4 * same}


def test_stretches_that_begin_together_are_told_apart_by_what_they_are(table):
    frame = table.frame.assign(file="talk.wav", start=0.0, end=np.arange(1, len(table) + 1) / 10)
    frame["take"] = np.arange(len(table)).astype(str)
    both = with_copies(FeatureTable(frame, table.feature_names))
    copies = copies_of(both, both.X)
    assert len(copies) == 2 * len(table)
    ends = both.X.index.get_level_values("end").to_numpy()[copies.parent]
    assert (ends == copies.X.index.get_level_values("end")).all()  # these copies kept their length


def test_across_corpora_a_copy_stays_its_original_s_though_that_is_not_scored():
    """One of two stretches of a file has an emotion that the other corpus lacks."""
    frame = corpus(3, "one").frame
    frame = frame.assign(
        file=[f"{i // 2}.wav" for i in range(len(frame))], start=[5.0 * (i % 2) for i in range(len(frame))]
    )
    frame.loc[frame["start"] == 5.0, "emotion"] = "neutral"
    tables = {"one": with_copies(FeatureTable(frame, ("x0", "x1")), own_files=True), "two": corpus(4, "two", "t")}
    tables["two"] = FeatureTable(tables["two"].frame, ("x0", "x1"))
    result = cross_corpus(tables, make_pipeline("lda"), folds=2)
    assert result.data["corpora"]["one"]["n_clips"] == len(frame) // 2


def test_a_variant_in_capitals_and_a_parent_that_is_the_file_itself_are_no_copies(table):
    frame = table.frame.assign(variant="Original", parent=table.frame["file"])
    assert FeatureTable(frame, table.feature_names).usable.all()
    dialects = FeatureTable(table.frame.assign(variant="de-AT"), table.feature_names)
    assert list(dialects.left_out) == ["augmented (column 'variant' or 'parent') without a usable original"]
    assert "0 clips and 144 augmented copies (144 left out)" in repr(dialects)


def test_another_x_without_copies_trains_on_none_and_says_so(both):
    plan = EvaluationPlan.of(both)
    assert "augmentation" not in evaluate(plan.giving(plan.X * 2), make_pipeline("lda")).data["protocol"]
    given = evaluate(plan.giving(plan.X, plan.copies.X), make_pipeline("lda"))
    assert given.data["clips"] == evaluate(plan, make_pipeline("lda")).data["clips"]


def test_what_answers_draws_and_splits_leaves_copies_out(table, both, tmp_path):
    model = train(table, make_pipeline("lda"), folds=2)
    assert len(model.predict(both)) == len(table)
    assert len(distribution_rows(both, "x0", "emotion")) == len(table)
    rows = both.frame.assign(fold=both.frame["speaker"])[["file", "variant", "fold"]]
    rows.to_csv(tmp_path / "folds.csv", index=False)
    assert read_split(tmp_path / "folds.csv", both).n_absent == 0


@pytest.mark.parametrize(("column", "value"), [("speaker", "s00"), ("emotion", "class0")])
def test_a_copy_that_says_otherwise_than_its_original_is_refused(table, column, value):
    with pytest.raises(ProtocolError, match=f"this noise:0 copy has the {column} '{value}', but its original"):
        evaluate(with_copies(table, **{column: value}), make_pipeline("lda"))
    # one that says nothing has its original's
    silent = with_copies(table, **{column: ""})
    assert len(copies_of(silent, silent.X)) == 2 * len(table)


def test_a_parent_makes_a_copy_whatever_the_variant_is_called(table):
    copies = with_copies(table, own_files=True).frame
    copies["variant"] = "original"
    assert set(FeatureTable(copies, table.feature_names).frame["variant"]) == {"original", "copy"}

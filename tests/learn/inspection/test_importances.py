"""Why a model scores as it does: importances by feature, cluster and family, ablation, in-sample weights, SHAP."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest
from sklearn.svm import SVC

from prosody_ser import FeatureTable, evaluate, importances, importances_by, make_pipeline, result_text, write_table
from prosody_ser.errors import ProsodySerError, ProtocolError
from prosody_ser.learn.inspection import shuffled_predictions as shuffled
from prosody_ser.learn.inspection.ablation import drop_family, drop_family_block
from prosody_ser.learn.inspection.feature_groups import clusters, families
from prosody_ser.learn.inspection.importances import importances_block, with_importances
from prosody_ser.learn.inspection.in_sample import in_sample, in_sample_block
from prosody_ser.learn.inspection.shapley import explain
from prosody_ser.learn.speakers.names import speakers_of
from prosody_ser.learn.splits.plan import plan_folds
from prosody_ser.plots.explain import plot_explanations, plot_waterfall
from prosody_ser.plots.importances import importances_figure
from prosody_ser.report import importances_text
from tests.support.command_line import assert_refused
from tests.support.crossed import crossed
from tests.support.pipelines import Spy, quick_pipeline
from tests.support.schemas import validator
from tests.support.tables import random_table

SCHEMA = validator("result")

#: Features of the catalogue, so that the planted table has families: the first carries the label, the second is its
#: all but exact copy, the others are noise.
CUE, COPY = "f0_mean_st", "f0_p50_st"
PITCH = (CUE, COPY, "f0_slope_st_per_s")
NOISE = {"intensity": ("intensity_mean_db", "intensity_sd_db"), "timing": ("pause_mean_s", "speech_rate_per_s")}


def planted(seed=0, n_rows=320, n_speakers=8, signal=1.5):
    """A cue and its copy among noise; every speaker has a different level."""
    table = random_table(seed, n_rows=n_rows, n_speakers=n_speakers, n_features=7, signal=signal)
    names = [*PITCH, *NOISE["intensity"], *NOISE["timing"]]
    frame = table.frame.rename(columns=dict(zip(table.feature_names, names, strict=True)))
    rng = np.random.default_rng(seed + 1)
    frame[COPY] = frame[CUE] + 1e-3 * rng.normal(size=len(frame))
    frame[names] += 3 * pd.factorize(frame["speaker"])[0][:, None]
    return FeatureTable(frame, tuple(names))


@pytest.fixture(scope="module")
def table():
    return planted()


PIPELINE = make_pipeline("logreg", speaker_norm="speaker")


@pytest.fixture(scope="module")
def rankings(table):
    return importances_by(table, PIPELINE, n_repeats=20)


def of(frame, what, name, column="importance"):
    return frame.set_index(what)[column][name]


def test_a_copy_shares_the_importance_of_a_feature_but_not_of_a_cluster(table, rankings):
    alone = FeatureTable(table.frame.drop(columns=COPY), tuple(f for f in table.feature_names if f != COPY))
    all_of_it = of(importances(alone, PIPELINE, n_repeats=20), "feature", CUE)
    assert all_of_it > 0.2
    assert of(rankings["feature"], "feature", CUE) < 0.6 * all_of_it
    assert rankings["cluster"]["features"][0] in ([CUE, COPY], [COPY, CUE])
    assert rankings["cluster"]["importance"][0] == pytest.approx(all_of_it, abs=0.05)
    assert rankings["family"]["family"][0] == "pitch"
    assert rankings["family"]["importance"][0] == pytest.approx(all_of_it, abs=0.05)


def test_what_is_noise_has_no_importance(rankings):
    for family in NOISE:
        assert of(rankings["family"], "family", family) == pytest.approx(0, abs=0.03)
    assert rankings["cluster"]["importance"][1:].abs().max() < 0.03


def test_what_changes_no_prediction_has_no_rank_and_no_bar():
    ranking = pd.DataFrame({"rank": range(1, 7), "feature": list("abcdef"), "family": ""})
    ranking = ranking.assign(importance=[0.2, 0.1, 0, 0, 0, -0.1], sd=[0.1, 0.1, 0, 0, 0, 0.1], sd_folds=0.01)
    text = importances_text(ranking, None)
    assert [line.split()[-1] for line in text.splitlines()[1:4]] == ["a", "b", "f"]
    assert "no difference to the UAR when shuffled: 3 features" in text
    assert len(importances_figure(ranking, "t").axes[0].patches) == 3


def test_a_cluster_of_one_is_its_feature(rankings):
    """To the bit: everything is shuffled in the same orders."""
    for row in rankings["cluster"].itertuples():
        if len(row.features) == 1:
            of_feature = rankings["feature"].set_index("feature").loc[row.cluster]
            assert tuple(of_feature[["importance", "sd", "sd_folds"]]) == (row.importance, row.sd, row.sd_folds)


def test_all_features_shuffled_together_leave_chance(table):
    """One family that is all there is: what is lost is all that was above chance."""
    frame = table.frame.rename(columns={name: f"x{i}" for i, name in enumerate(table.feature_names)})
    unknown = FeatureTable(frame, tuple(f"x{i}" for i in range(len(table.feature_names))))
    (row,) = importances_by(unknown, PIPELINE, "family", n_repeats=20)["family"].itertuples()
    assert (row.family, row.n_features) == ("other", 7)
    assert evaluate(unknown, PIPELINE).uar - row.importance == pytest.approx(1 / 3, abs=0.03)


def test_spread_over_folds_is_that_of_the_folds(table):
    """With one shuffle and one feature, from the folds' own recalls."""
    lost = importances(table, PIPELINE, n_repeats=1, folds="loso").set_index("feature")
    assert (lost["sd"] == 0).all()
    assert lost.loc[CUE, "sd_folds"] > 0
    fixed = importances(table, PIPELINE, n_repeats=2, folds="fixed:60/0/40")
    assert fixed["sd_folds"].isna().all()


def test_clusters_are_of_features_that_move_together_within_speakers(table):
    """Levels of speakers that all features share make no cluster, and an opposite sign does not break one."""
    assert sorted(map(len, clusters(table.X).values())) == [1, 1, 1, 1, 1, 2]
    turned = table.X.assign(**{COPY: -np.exp(table.X[COPY] / 10)})
    assert clusters(turned) == clusters(table.X)
    assert len(clusters(table.X, threshold=0.0)) == 1
    assert len(clusters(table.X, threshold=1.0)) == 7


def test_clusters_know_no_labels_no_order_of_rows_and_no_constant(table):
    X = table.X.assign(constant=3.0, empty=np.nan)
    by_name = clusters(X)
    assert {"constant", "empty"} <= set(by_name)
    shuffled_rows = X.sample(frac=1, random_state=0)
    assert clusters(shuffled_rows) == by_name
    holes = X.mask(np.random.default_rng(0).random(X.shape) < 0.05)
    assert {len(members) for members in clusters(holes).values()} == {1, 2}


def test_families_come_from_the_catalogue():
    assert families(["mine", CUE, "f1_mean_hz", COPY]) == {
        "pitch": [CUE, COPY],
        "formants": ["f1_mean_hz"],
        "other": ["mine"],
    }


@pytest.mark.parametrize(
    ("model", "n_classes", "speaker_norm"),
    crossed(["best", "svm", "linear-svm", "logreg", "lda", "rf", "knn"], [2, 3], ["none", "speaker"]),
)
def test_the_quick_way_says_what_the_slow_way_says(monkeypatch, model, n_classes, speaker_norm):
    shares = (0.5, 0.3, 0.2) if n_classes == 3 else (0.5, 0.5)
    table = random_table(4, n_rows=150, n_features=12, shares=shares, signal=1.0)
    table.frame.loc[::9, "x3"] = np.nan
    pipeline = quick_pipeline(model, speaker_norm=speaker_norm)
    quick = importances(table, pipeline, n_repeats=3)
    monkeypatch.setattr(shuffled, "_column_by_column", lambda fitted: False)
    pd.testing.assert_frame_equal(quick, importances(table, pipeline, n_repeats=3), rtol=1e-12, atol=1e-12)


def test_the_quick_way_is_taken_only_where_it_holds(monkeypatch, table):
    """Selection keeps columns apart, PCA mixes them; an SVC with another kernel is no linear model."""
    fitted = []
    for step in (SelectKBest(k=3), PCA(3, random_state=0)):
        pipeline = make_pipeline("svm")
        pipeline.steps.insert(-1, ("more", step))
        fitted.append(importances(table, pipeline, n_repeats=2, folds=2))
        with monkeypatch.context() as patch:
            patch.setattr(shuffled, "_column_by_column", lambda fitted: False)
            pd.testing.assert_frame_equal(fitted[-1], importances(table, pipeline, n_repeats=2, folds=2))
    assert (fitted[0]["importance"] == 0).sum() >= 3  # not selected
    linear = make_pipeline("svm")
    linear.set_params(model=SVC(kernel="linear"))
    with pytest.raises(ProtocolError, match="SVC has neither coefficients nor impurities"):
        in_sample(table, linear)


def test_any_number_of_jobs_finds_the_same(table):
    one, two = (importances_by(table, quick_pipeline("rf"), n_repeats=2, n_jobs=n) for n in (1, 2))
    for word in one:
        pd.testing.assert_frame_equal(one[word], two[word])
    one, two = (drop_family(table, PIPELINE, n_jobs=n) for n in (1, 2))
    pd.testing.assert_frame_equal(one, two)


def test_dropping_the_family_of_the_cue_costs_all(table):
    done = []
    losses = drop_family(table, PIPELINE, progress=lambda *now: done.append(now))
    assert done == [(i, 32) for i in range(1, 33)]  # 8 speakers, all features and 3 families less
    assert losses.attrs["uar"] == pytest.approx(evaluate(table, PIPELINE).uar)
    first = losses.iloc[0]
    assert (first["family"], first["n_features"]) == ("pitch", 3)
    assert first["uar_without"] == pytest.approx(1 / 3, abs=0.1)
    assert first["low"] > 0.1
    for row in losses.iloc[1:].itertuples():
        assert row.uar_lost == pytest.approx(0, abs=0.05)
        assert row.low <= row.uar_lost <= row.high
    without = FeatureTable(
        table.frame.drop(columns=list(PITCH)), tuple(f for f in table.feature_names if f not in PITCH)
    )
    assert first["uar_without"] == pytest.approx(evaluate(without, PIPELINE).uar)


def test_the_interval_needs_speakers_and_the_table_families():
    few = drop_family(planted(n_rows=90, n_speakers=3), PIPELINE, folds="fixed:1/1/1")
    assert few[["low", "high"]].isna().all(axis=None)
    assert drop_family_block(few)["families"][0]["interval"] is None
    with pytest.raises(ProtocolError, match=r"all features belong to one family \(other\)"):
        drop_family(random_table(), PIPELINE)


def test_without_a_family_only_training_clips_are_fitted(table):
    """The spy is the first step, so it records the rows and columns of each fit."""
    pipeline = make_pipeline("logreg")
    pipeline.steps.insert(0, ("spy", Spy("first")))
    Spy.seen.clear()
    drop_family(table, pipeline, folds=4)
    fits = [(rows, classes) for _, what, rows, classes in Spy.seen if what == "fit"]
    Spy.seen.clear()
    planned = plan_folds(table.X, table.y, folds=4)
    expected = [(len(fold.train), table.y.iloc[fold.train].value_counts().to_dict()) for fold in planned] * 4
    assert fits == expected
    speakers = speakers_of(table.X)
    assert all(not set(speakers[fold.train]) & set(speakers[fold.test]) for fold in planned)


@pytest.mark.parametrize("model", ["linear-svm", "logreg", "lda"])
def test_coefficients_say_which_way(table, model):
    weights = in_sample(table, make_pipeline(model, speaker_norm="speaker"))
    assert weights["feature"].iloc[0] in (CUE, COPY)
    pair = weights.set_index("feature").loc[[CUE, COPY], ["class0", "class1", "class2"]].sum()
    assert pair["class0"] < 0 < pair["class2"]
    assert weights.attrs["warning"].startswith("in-sample: ")


def test_two_classes_have_opposite_coefficients():
    table = random_table(3, shares=(0.5, 0.5), signal=2.0)
    weights = in_sample(table, make_pipeline("logreg"))
    np.testing.assert_array_equal(weights["class0"], -weights["class1"])
    assert weights["class1"].iloc[0] > 0


def test_impurity_is_a_share_and_a_fit_without_weights_is_refused(table):
    impurity = in_sample(table, quick_pipeline("rf"))
    assert impurity["importance"].sum() == pytest.approx(1)
    with pytest.raises(ProtocolError, match="linear-svm, logreg, lda or rf"):
        in_sample(table, make_pipeline("svm"))


def test_features_that_were_not_selected_have_no_coefficient(table):
    pipeline = make_pipeline("logreg", speaker_norm="speaker")
    pipeline.steps.insert(-1, ("select", SelectKBest(k=2)))
    assert set(in_sample(table, pipeline)["feature"]) == {CUE, COPY}


def test_blocks_keep_to_the_schema(table, tmp_path):
    result = evaluate(table, PIPELINE, folds=4)
    more = with_importances(result, table, PIPELINE, folds=4, n_repeats=2)
    lost = drop_family_block(drop_family(table, PIPELINE, folds=4))
    weights = in_sample_block(in_sample(table, PIPELINE))
    SCHEMA.validate(more.data | {"drop_family": lost, "in_sample": weights})
    assert more.data | result.data == more.data
    assert "importances" not in result.data
    assert "UAR lost when shuffled, families: pitch" in result_text(more)
    more.write(tmp_path / "r.json")  # no NaN, no numpy
    block = more.data["importances"]
    cluster_of = {row["feature"]: row["cluster"] for row in block["features"]}
    assert cluster_of[CUE] == cluster_of[COPY]
    forest = in_sample_block(in_sample(table, quick_pipeline("rf")))
    SCHEMA.validate(result.data | {"in_sample": forest})
    only = importances_block(importances_by(table, PIPELINE, ("feature",), folds="fixed:60/0/40", n_repeats=1), 1)
    SCHEMA.validate(result.data | {"importances": only})
    assert only["features"][0]["sd_folds"] is None
    assert only["features"][0]["cluster"] is None


def test_many_features_are_left_out_of_a_result_one_by_one(table, monkeypatch):
    from prosody_ser.learn.inspection import importances as module

    monkeypatch.setattr(module, "MANY", 6)
    block = with_importances(evaluate(table, PIPELINE, folds=2), table, PIPELINE, folds=2, n_repeats=1).data[
        "importances"
    ]
    assert block["features"] == []
    assert block["clusters"]
    assert block["families"]


EXPLAINED = {
    "rf": "tree",
    "hgb": "tree",
    "lda": "linear",
    "logreg": "linear",
    "linear-svm": "linear",
    "svm": "permutation",
    "knn": "permutation",
    "mlp": "permutation",
    "ensemble": "permutation",
    "best": "path",
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("model", "n_classes"), crossed(EXPLAINED, [3, 2]))
def test_shapley_values_add_up_to_the_score(model, n_classes):
    """And the score is that of the fold which held out the speaker, as in `evaluate`."""
    pytest.importorskip("shap")
    shares = (0.4, 0.3, 0.3) if n_classes == 3 else (0.5, 0.5)
    table = random_table(6, n_rows=90, n_speakers=3, n_features=5, shares=shares, signal=1.5)  # fmt: skip
    pipeline = quick_pipeline(model, speaker_norm="speaker")
    rows = None if EXPLAINED[model] != "permutation" else [0, 40, 89]
    explanation = explain(table, pipeline, rows, n_background=20)
    assert explanation.method == EXPLAINED[model]
    np.testing.assert_allclose(explanation.base + explanation.values.sum(axis=1), explanation.output, atol=1e-9)
    clips = evaluate(table, pipeline).data["clips"]
    for i, row in enumerate(explanation.clips.itertuples()):
        clip = clips[row.row]
        assert (row.file, row.predicted, row.emotion, row.fold) == tuple(
            clip[name] for name in ("file", "predicted", "emotion", "fold")
        )
        assert explanation.labels[int(np.argmax(explanation.output[i]))] == row.predicted
        if explanation.kind == "probability":
            np.testing.assert_allclose(explanation.output[i], [clip["scores"][label] for label in explanation.labels])


def test_clips_to_explain_are_positions_or_a_mask():
    pytest.importorskip("shap")
    table = random_table(0, n_rows=60)
    mask = (table.y == table.y.iloc[0]).to_numpy()
    by_mask, by_position = (explain(table, PIPELINE, rows) for rows in (mask, np.flatnonzero(mask)))
    pd.testing.assert_frame_equal(by_mask.clips, by_position.clips)
    one = explain(table, PIPELINE, 3)
    assert one.clips["row"].tolist() == [3]
    assert repr(one).startswith("<Explanation of 1 clip by ")
    for rows in ([60], -1, [], [0.5], mask[:-1]):
        with pytest.raises(ProtocolError, match="rows must be one or more positions from 0 to 59, or a mask of 60"):
            explain(table, PIPELINE, rows)


def test_shapley_values_find_the_cue_and_do_not_depend_on_what_else_is_asked(table):
    pytest.importorskip("shap")
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    whole = explain(table, PIPELINE)
    assert set(whole.summary()["feature"][:2]) == {CUE, COPY}
    assert whole.by_family().index[0] == "pitch"
    small = planted(n_rows=60, n_speakers=3)
    some, fewer = (explain(small, make_pipeline("svm"), rows, n_background=10) for rows in ([3, 7, 50], [50]))
    np.testing.assert_array_equal(some.values[2], fewer.values[0])
    np.testing.assert_array_equal(state, np.random.get_state()[1])  # noqa: NPY002
    per_clip = some.of_clip(1)
    assert per_clip["shap"].sum() == pytest.approx(some.output[1].max() - some.base[1, some.output[1].argmax()])
    assert some.by_family(1).sum() == pytest.approx(per_clip["shap"].sum())


@pytest.mark.thorough
def test_shapley_values_are_the_same_with_any_number_of_jobs():
    pytest.importorskip("shap")
    small = planted(n_rows=60, n_speakers=3)
    one, two = (explain(small, make_pipeline("svm"), [3, 50], n_background=3, n_jobs=n) for n in (1, 2))
    np.testing.assert_array_equal(one.values, two.values)


def test_shapley_values_of_a_linear_model_are_known(table):
    """Coefficient times the distance from the mean of the training clips."""
    pytest.importorskip("shap")
    pipeline = make_pipeline("logreg")
    explanation = explain(table, pipeline, [5])
    fold = plan_folds(table.X, table.y)[int(explanation.clips["fold"][0])]
    fitted = pipeline.fit(table.X.iloc[fold.train], table.y.iloc[fold.train].to_numpy())
    inside = fitted[:-1].transform(table.X)
    away = inside[5] - inside[fold.train].mean(axis=0)
    np.testing.assert_allclose(explanation.values[0], (fitted[-1].coef_ * away).T, atol=1e-9)


def test_a_feature_that_was_not_selected_pushes_nothing(table):
    pytest.importorskip("shap")
    pipeline = make_pipeline("lda")
    pipeline.steps.insert(-1, ("select", SelectKBest(k=2)))
    explanation = explain(table, pipeline)
    assert (explanation.values != 0).any(axis=(0, 2)).sum() <= 4
    np.testing.assert_allclose(explanation.base + explanation.values.sum(axis=1), explanation.output, atol=1e-9)


def test_a_clip_that_no_fold_holds_out_is_refused(table):
    pytest.importorskip("shap")
    train = plan_folds(table.X, table.y, folds="fixed:60/0/40")[0].train
    with pytest.raises(ProtocolError, match="no fold holds out this clip"):
        explain(table, PIPELINE, [train[0]], folds="fixed:60/0/40")


def test_without_shap_it_says_how_to_get_it(cli, table, monkeypatch):
    monkeypatch.setitem(sys.modules, "shap", None)
    write_table(table, cli.folder / "t.csv")
    assert_refused(cli("explain", "t.csv", "--all"), "pip install 'prosody-ser[explain]'")
    with pytest.raises(ProsodySerError, match=r"needs the extra \[explain\]"):
        explain(table, PIPELINE)


def test_explain_on_the_command_line(cli, table):
    pytest.importorskip("shap")
    write_table(table, cli.folder / "t.csv")
    done = cli("explain", "t.csv", "--clip", "some/where/clip0007.wav", "--model", "lda", "--emotion", "class1")
    assert done.status == 0, done.err
    assert "log odds of class1" in done.out
    assert "whose model was trained without the speaker" in done.out
    one = pd.read_csv(cli.folder / "explain.csv")
    assert set(one["feature"]) == set(table.feature_names)
    assert (cli.folder / "explain.png").read_bytes().startswith(b"\x89PNG")
    done = cli("explain", "t.csv", "--all", "--model", "lda", "--out", "all.csv", "--plot", "all.svg")
    assert done.status == 0, done.err
    every = pd.read_csv(cli.folder / "all.csv")
    assert len(every) == len(table)
    np.testing.assert_allclose(every["base"] + every[list(table.feature_names)].sum(axis=1), every["output"])
    assert list(pd.read_csv(cli.folder / "all-summary.csv")["rank"]) == list(range(1, 8))
    for arguments, words in (
        (("--all", "--clip", "x"), "either --clip FILE, to explain one clip, or --all"),
        ((), "either --clip FILE, to explain one clip, or --all"),
        (("--clip", "x.wav"), "x.wav: the table has no usable clip"),
        (("--clip", "clip0001.wav", "--start", "3"), "that starts at 3 s"),
        (("--all", "--emotion", "joy"), "no usable clip has this label; the labels are class0, class1, class2"),
        (("--all", "--out", "t.csv"), "would overwrite another file"),
    ):
        assert_refused(cli("explain", "t.csv", "--force", *arguments), words)


def test_pictures_of_explanations_cope_with_odd_names(table, tmp_path):
    pytest.importorskip("shap")
    odd = dict(zip(table.feature_names, ("a$_{b$", "b", "c", "d", "e", "f", "g"), strict=True))
    renamed = FeatureTable(table.frame.rename(columns=odd), tuple(odd.values()))
    renamed.frame.loc[::5, "c"] = np.nan
    explanation = explain(renamed, make_pipeline("lda"))
    plot_explanations(explanation, tmp_path / "all.svg", "a$_{b$")
    plot_waterfall(explanation, 0, "class1", tmp_path / "one.svg", "a notice")
    assert "a notice" in (tmp_path / "one.svg").read_text()


def test_importances_on_the_command_line(cli, table):
    write_table(table, cli.folder / "t.csv")
    options = ("--model", "lda", "--repeats", 2, "--folds", 4)
    done = cli("importances", "t.csv", *options, "--by", "all", "--drop-family", "--in-sample", "--json", "i.json")
    assert done.status == 0, done.err
    assert "IN-SAMPLE linear coefficients" in done.out
    assert "this ranking holds for" not in done.out
    assert "without a family" in done.out
    for name in ("importances", "importances-clusters", "importances-families", "importances-drop-family"):
        assert (cli.folder / f"{name}.csv").is_file()
        assert (cli.folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert pd.read_csv("importances-in-sample.csv")["warning"].str.startswith("in-sample").all()
    ranking = pd.read_csv(cli.folder / "importances.csv")
    assert list(ranking) == ["rank", "feature", "importance", "sd", "family", "sd_folds"]
    blocks = json.loads((cli.folder / "i.json").read_text())
    assert set(blocks) == {"importances", "drop_family", "in_sample"}
    assert blocks["importances"]["features"][0]["feature"] == ranking["feature"][0]
    assert cli("importances", "t.csv", *options, "--by", "cluster", "--out", "c.csv", "--force").status == 0
    assert CUE in pd.read_csv("c.csv")["features"][0].split()
    one_fold = cli("importances", "t.csv", "--model", "lda", "--repeats", 1, "--folds", "fixed:60/20/20", "-o", "f.csv")
    assert "NOTE: this ranking holds for" in one_fold.out
    again = ("importances", "t.csv", "--force")
    assert_refused(cli(*again, "--by", "kind"), "unknown --by 'kind'", "feature, cluster, family, all")
    assert_refused(cli(*again, "--model", "svm", "--in-sample"), "neither coefficients nor impurities")
    assert_refused(cli(*again, "--json", "t.csv.json"), "would overwrite another file")


def test_cv_puts_importances_and_profile_into_the_result(cli, table):
    frame = table.frame.assign(emotion=table.frame["emotion"].replace("class0", "neutral"))
    write_table(FeatureTable(frame, table.feature_names), cli.folder / "t.csv")
    done = cli("cv", "t.csv", "--model", "lda", "--folds", 2, "--importances", "--profile")
    assert done.status == 0, done.err
    data = json.loads((cli.folder / "result.json").read_text())
    SCHEMA.validate(data)
    assert data["importances"]["families"][0]["family"] == "pitch"
    assert data["profile"]["reference"] == "neutral"
    assert "compared with neutral, within speaker" in done.out

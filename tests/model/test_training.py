"""Training a model, and its file: what is saved is loaded again, bit for bit."""

import dataclasses
import json
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline as plain_pipeline
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks
from threadpoolctl import threadpool_limits

from prosody_ser import FeatureTable, evaluate, load_model, make_pipeline, read_table, save_model, train
from prosody_ser.errors import ModelError, ProtocolError
from prosody_ser.learn.classifiers.calibration import SpeakerCalibratedClassifier
from prosody_ser.learn.classifiers.evidence import (
    decides_by_votes,
    evidence_from,
    evidence_in_result,
    fit_weights,
    has_exact,
    probabilities,
    votes_and_margins,
)
from prosody_ser.learn.classifiers.registry import BALANCES, MODELS, balances_of
from prosody_ser.learn.preprocessing.speaker_norm import SPEAKER_NORMS
from prosody_ser.learn.speakers.enrolment import mark_enrolment
from prosody_ser.model import read_card
from prosody_ser.model.abstention.novelty import MOST_DIRECTIONS, Shape, prepared
from prosody_ser.model.abstention.threshold import ALWAYS, threshold_for
from prosody_ser.model.card import check_card
from prosody_ser.model.file import model_bytes, up_to_scaler
from prosody_ser.model.file_format.kept_features import KeptFeatures
from prosody_ser.model.file_format.pipeline import MODEL_TYPES, decoded, encoded, refuse_unstorable
from prosody_ser.report.text.model.card import FORMATS, card_html, card_markdown, card_text
from prosody_ser.tables.feature_table import SYNTHETIC_NOTICE
from tests.support.crossed import crossed
from tests.support.pipelines import quick_pipeline
from tests.support.sequences import FEATURE_MODELS
from tests.support.tables import acted_table, random_table

CARD_SCHEMA = json.loads(files("prosody_ser.model").joinpath("schemas/card.schema.json").read_text(encoding="utf-8"))
TABLE = acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0)
TWO = acted_table(rows_each=12, n_features=4, signal=1.0, shares=(0.6, 0.4))
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def round_trip(model, folder, name="m"):
    path = folder / f"{name}.skops"
    save_model(model, path)
    return load_model(path)


def with_gaps(table, share=0.05):
    """New rows with some undefined values."""
    X = table.X + np.random.default_rng(1).normal(scale=0.3, size=table.X.shape)
    return X.mask(np.random.default_rng(2).random(X.shape) < share)


@pytest.fixture(scope="module")
def trained():
    """One trained model for each number of labels; tests replace its pipeline."""
    return [(table, train(table, quick_pipeline("lda"), risk=0.3, folds=2)) for table in (TABLE, TWO)]


@pytest.mark.parametrize(("model", "speaker_norm"), crossed(FEATURE_MODELS, SPEAKER_NORMS))
@threadpool_limits.wrap(limits=1)
def test_every_pipeline_comes_back_to_the_bit(tmp_path, trained, model, speaker_norm):
    for table, base in trained:
        X, new = table.X, with_gaps(table)
        if speaker_norm == "enrol":
            X, new = mark_enrolment(X, 2), mark_enrolment(new, 2)
        for balance in balances_of(model) if table is TABLE else ["none"]:
            for select in (False, True):
                pipeline = quick_pipeline(model, balance=balance, speaker_norm=speaker_norm)
                if select:
                    place = [name for name, _ in pipeline.steps].index("scale") + 1
                    pipeline.steps.insert(place, ("select", SelectKBest(k=3).set_output(transform="pandas")))
                refuse_unstorable(pipeline)
                fitted = pipeline.fit(X, table.y.to_numpy(dtype=object))
                stored = decoded(encoded(fitted), base.features, base.labels)
                made = dataclasses.replace(
                    base,
                    pipeline=stored,
                    weights=(0.7,) * len(evidence_in_result(fitted, X)),
                    novelty=dataclasses.replace(base.novelty, prepare=up_to_scaler(stored)),
                )
                probability = made.probabilities(new)
                back = round_trip(made, tmp_path)
                assert np.array_equal(back.probabilities(new), probability)
                assert np.array_equal(back.novelty.score(new), made.novelty.score(new))
                assert np.allclose(probability.sum(axis=1), 1)
                assert np.array_equal(back.pipeline.predict(new), np.array(back.labels)[probability.argmax(axis=1)])
                hotter = made.limits.temperature(made.novelty.distances(X), made.novelty.usual)
                expected = probabilities(evidence_in_result(fitted, X), np.array(made.weights), hotter)
                assert np.allclose(back.probabilities(X), expected, rtol=0, atol=1e-12)
                for field in dataclasses.fields(made):
                    if field.name not in ("pipeline", "novelty"):
                        assert getattr(back, field.name) == getattr(made, field.name)
                wanted = [name for name, _ in pipeline.steps if name != "balance"]
                assert [name for name, _ in back.pipeline.steps] == wanted
                assert model_bytes(back) == model_bytes(made)


@pytest.mark.parametrize("model", ["svm", "hgb", "ensemble"])
def test_the_model_is_the_pipeline_fitted_on_all_rows(tmp_path, model):
    pipeline = quick_pipeline(model, speaker_norm="speaker", balance="over")
    made = train(TABLE, pipeline, folds=2)
    with threadpool_limits(1):
        fitted = clone(pipeline).fit(TABLE.X, TABLE.y.to_numpy(dtype=object))
    hotter = made.limits.temperature(made.novelty.distances(TABLE.X), made.novelty.usual)
    expected = probabilities(evidence_in_result(fitted, TABLE.X), np.array(made.weights), hotter)
    assert np.allclose(round_trip(made, tmp_path).probabilities(TABLE.X), expected, rtol=0, atol=1e-12)


def test_every_model_of_the_registry_has_a_type_and_none_is_left_over():
    types = {model.estimator.rpartition(":")[2] for model in MODELS.values()}
    # In files the ensemble has the name that it had before it became scikit-learn's.
    assert types - {"VotingClassifier"} | {"SoftVotingClassifier"} == set(MODEL_TYPES)


def test_the_svm_and_the_imputer_are_stored_as_scikit_learns_own():
    """Therefore this release opens files of earlier releases, and they open its files."""
    X, ours = with_gaps(TABLE), make_pipeline("svm")
    plain = clone(ours).set_params(impute=SimpleImputer(strategy="median", keep_empty_features=True))
    plain.set_params(model=SVC(break_ties=True))
    refuse_unstorable(plain)
    parts = [encoded(pipeline.fit(X, TABLE.y)) for pipeline in (plain, ours)]
    for one, other in zip(*parts, strict=True):
        assert (one.type, one.settings) == (other.type, other.settings)
        assert list(one.arrays) == list(other.arrays)
        for name, values in one.arrays.items():
            np.testing.assert_allclose(other.arrays[name], values, rtol=1e-9, atol=1e-12)
    for pipeline, stored in zip((plain, ours), parts, strict=True):
        again = decoded(stored, tuple(X.columns), tuple(ours.classes_))
        assert [type(step) for _, step in again.steps] == [type(step) for _, step in ours.steps]
        np.testing.assert_allclose(again.decision_function(X), pipeline.decision_function(X), rtol=1e-9, atol=1e-12)


def test_columns_may_come_in_any_order_and_must_all_be_there(tmp_path):
    made = round_trip(train(TABLE, quick_pipeline("lda")), tmp_path)
    X = TABLE.X
    assert np.array_equal(
        made.probabilities(X.assign(other=1.0)[["x3", "other", "x1", "x0", "x2"]]), made.probabilities(X)
    )
    with pytest.raises(ModelError, match="lacks features that the model needs: x0, x2"):
        made.probabilities(X[["x1", "x3"]])


def test_speakers_of_training_are_forgotten(tmp_path):
    """A user's speaker s00 is not the corpus's s00: all speakers are normalised by their rows in the call."""
    made = round_trip(train(TABLE, quick_pipeline("svm", speaker_norm="speaker")), tmp_path)
    some = TABLE.X[TABLE.X.index.get_level_values("speaker") == "s00"].iloc[:6] * 3 + 1
    other = some.rename(index={"s00": "nobody before"}, level="speaker")
    assert np.array_equal(made.probabilities(some), made.probabilities(other))
    assert b"s00" not in model_bytes(made)
    with pytest.raises(ProtocolError, match="'s00' has a single clip"):
        made.probabilities(some.iloc[:1])


def test_weights_and_threshold_are_those_of_held_out_speakers():
    table = acted_table(n_features=4, signal=2.0)
    made = train(table, make_pipeline("svm"), risk=0.1)
    clips = evaluate(table, make_pipeline("svm")).data["clips"]
    margins = np.array([[clip["scores"][label] for label in made.labels] for clip in clips])
    named = np.array([made.labels.index(clip["emotion"]) for clip in clips])
    evidence = votes_and_margins(margins)
    distances = held_out_distances(table, "svm")
    hotter = made.limits.temperature(distances, made.novelty.usual)
    assert made.weights == tuple(fit_weights(evidence, named, hotter))
    probability = probabilities(evidence, np.array(made.weights), hotter)
    near = made.novelty.of_distances(distances) <= made.limits.novelty
    kept = near & (probability.max(axis=1) >= made.threshold)
    wrong = probability.argmax(axis=1) != named
    assert 0 < (~near).sum() < 0.03 * len(near)
    assert wrong[kept].mean() <= 0.1 < wrong.mean()
    assert made.card["abstain"]["error"] == pytest.approx(wrong[kept].mean())
    assert made.card["abstain"]["coverage"] == pytest.approx(kept.mean())
    for lower in np.unique(probability.max(axis=1)[near & ~kept]):  # no smaller one does
        assert wrong[near & (probability.max(axis=1) >= lower)].mean() > 0.1


def held_out_distances(table, model):
    """How far each clip lies from all clips of other speakers."""
    speakers = table.X.index.get_level_values("speaker")
    distances = np.empty(len(table.X))
    for speaker in speakers.unique():
        of_speaker = speakers == speaker
        fitted = make_pipeline(model)[:-1].fit(table.X[~of_speaker])
        distances[of_speaker] = Shape.of(*prepared(fitted, table.X[~of_speaker])).distances(
            *prepared(fitted, table.X[of_speaker])
        )
    return distances


def test_scores_of_a_result_and_of_a_model_are_the_same_logits():
    for table, models in ((TABLE, FEATURE_MODELS), (TWO, ("svm", "lda"))):
        for model in models:
            pipeline = quick_pipeline(model)
            data = evaluate(table, pipeline, folds=2).data
            first = data["protocol"]["folds"][0]["test_speakers"]
            out = np.isin(table.X.index.get_level_values("speaker"), first)
            fitted = clone(pipeline).fit(table.X[~out], table.y[~out])
            scores = np.array([list(clip["scores"].values()) for clip in data["clips"]])[out]
            assert np.allclose(
                evidence_from(scores, data["protocol"]["score_kind"], decides_by_votes(fitted), has_exact(fitted)),
                evidence_in_result(fitted, table.X[out]),
            )


def test_what_calibrates_a_pipeline_is_taken_off():
    plain = train(TABLE, quick_pipeline("lda"), risk=0.3)
    assert model_bytes(train(TABLE, quick_pipeline("lda", calibrate=True), risk=0.3)) == model_bytes(plain)


def test_the_number_of_processes_changes_no_byte():
    once = train(TABLE, quick_pipeline("mlp"), risk=0.3)
    assert model_bytes(train(TABLE, quick_pipeline("mlp"), risk=0.3, n_jobs=2)) == model_bytes(once)


SAME = """
import sys, warnings
warnings.simplefilter("ignore")
from tests.model.test_training import TABLE, balances_of, quick_pipeline
from tests.support.sequences import as_read
from prosody_ser import save_model, train
for model in sys.argv[2:]:
    balance = "smote" if "smote" in balances_of(model) else "none"
    pipeline = quick_pipeline(model, balance=balance, seed=3)
    made = train(as_read(model, TABLE), pipeline, risk=0.3, folds=2, seed=3)
    save_model(made, f"{sys.argv[1]}-{model}.skops")
"""


@pytest.mark.parametrize("models", [("rf", "mlp"), pytest.param(tuple(MODELS), marks=pytest.mark.thorough)])
def test_one_seed_gives_the_same_bytes_in_two_processes(tmp_path, models):
    for run in ("a", "b"):
        subprocess.run([sys.executable, "-c", SAME, tmp_path / run, *models], check=True)
    for model in models:
        assert (tmp_path / f"a-{model}.skops").read_bytes() == (tmp_path / f"b-{model}.skops").read_bytes(), model


@pytest.mark.parametrize("n_wrong", [0, 1, 7, 20])
def test_the_upper_bound_is_clopper_and_pearsons(n_wrong):
    correct = np.arange(20) >= n_wrong
    threshold = threshold_for(None, np.full(20, 0.6), correct)
    expected = binomtest(n_wrong, 20, alternative="less").proportion_ci(0.95, "exact").high
    assert (threshold.threshold, threshold.coverage, threshold.error) == (0.0, 1.0, n_wrong / 20)
    assert threshold.error_upper == pytest.approx(expected)


def test_thresholds_by_hand():
    confidence = np.array([0.9, 0.8, 0.8, 0.7, 0.6, 0.5])
    correct = np.array([True, True, False, True, True, False])
    assert threshold_for(0.5, confidence, correct).threshold == 0.0
    assert (
        threshold_for(0.3, confidence, correct).threshold == 0.6
    )  # one of five wrong; clips of one confidence go together
    threshold = threshold_for(0.1, confidence, correct)
    assert (threshold.threshold, threshold.coverage, threshold.error) == (0.9, 1 / 6, 0.0)
    none = threshold_for(0.3, confidence, ~correct)
    assert (none.threshold, none.reached, none.coverage, none.error, none.least_error) == (
        ALWAYS,
        False,
        0.0,
        None,
        2 / 3,
    )


def test_a_risk_that_no_threshold_reaches_is_reported_and_the_model_always_abstains():
    table = random_table(n_rows=300, seed=5)  # noise: its most confident clips are wrong, with this seed
    made = train(table, quick_pipeline("logreg"), risk=0.0, folds=2)
    assert not made.card["abstain"]["reached"]
    assert made.threshold > made.probabilities(table.X).max()
    assert "always: no threshold reaches the stated risk of 0.0%; the lowest error" in card_text(made.card)
    for show in FORMATS.values():
        shown = " ".join(show(made.card).split())
        position = shown.index("This model never gives a label: no confidence reaches the stated risk of 0.0%")
        assert position < shown.index("Training data")  # it leads
    at = made.card["abstain"]["risk_at"]
    assert list(at) == ["0.25", "0.5", "0.75"]
    again = train(table, quick_pipeline("logreg"), risk=at["0.5"], folds=2).card["abstain"]
    assert again["coverage"] >= 0.5  # what the message says holds


def test_novelty_is_a_share_of_unheard_speakers_clips():
    """For new speakers like those of training, novelty is uniform; clips of another kind are all novel."""
    table = random_table(seed=1, n_rows=1500, n_speakers=12, n_features=10)
    made = train(table, quick_pipeline("lda"))
    new = random_table(seed=2, n_rows=2000, n_speakers=12, n_features=10).X
    novelty = made.novelty.score(new)
    assert np.abs(np.quantile(novelty, [0.1, 0.5, 0.9, 0.99]) - [0.1, 0.5, 0.9, 0.99]).max() < 0.04
    assert made.novelty.score(new + 8).min() == 1.0
    assert np.array_equal([made.novelty.score(new.iloc[[i]])[0] for i in range(20)], novelty[:20])


def test_distances_are_mahalanobis_with_ledoit_and_wolfs_covariance():
    from sklearn.covariance import LedoitWolf

    values = np.random.default_rng(0).normal(size=(60, 8)) @ np.random.default_rng(1).normal(size=(8, 8))
    expected = np.sqrt(LedoitWolf().fit(values).mahalanobis(values * 2))
    assert np.allclose(Shape.of(values).distances(values * 2), expected)
    few = values[:5]  # fewer clips than features: the rest of the directions share a variance
    assert np.allclose(Shape.of(few).distances(values), np.sqrt(LedoitWolf().fit(few).mahalanobis(values)))


def test_novelty_of_many_features_stays_small():
    values = np.random.default_rng(0).normal(size=(400, 600))
    shape = Shape.of(values)
    assert shape.directions.shape == (MOST_DIRECTIONS, 600)
    assert 0.8 < np.median(shape.distances(np.random.default_rng(1).normal(size=(50, 600)))) / np.sqrt(600) < 1.2
    same = Shape.of(np.ones((5, 3)))
    assert np.isfinite(same.distances(np.array([[1.0, 1.0, 1.0], [2.0, 1.0, 1.0]]))).all()


def test_a_result_of_cv_saves_the_evaluation(tmp_path):
    pipeline = quick_pipeline("svm")
    result = evaluate(TABLE, pipeline, folds="3x2")
    made = train(TABLE, pipeline, risk=0.3, result=result)
    assert made.card["score"]["uar"] == result.uar
    assert made.card["score"]["split"] == "3 speaker-disjoint folds, 2 times"
    assert made.card["calibration"]["n_clips"] == 2 * len(TABLE)
    assert made.card["score"]["source"] == "a result of 'cv'"
    again = train(TABLE, pipeline, risk=0.3, folds="3x2")
    assert (again.weights, again.threshold) == (made.weights, made.threshold)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: (t, quick_pipeline("svm").set_params(model__C=2.0)), "with another pipeline"),
        (lambda t: (t, quick_pipeline("svm", speaker_norm="speaker")), "with another pipeline"),
        (lambda t: (t, quick_pipeline("lda")), "with another pipeline"),
        (lambda t: (FeatureTable(t.frame, t.feature_names[:3]), quick_pipeline("svm")), "with other features"),
        (lambda t: (FeatureTable(t.frame.iloc[1:], t.feature_names), quick_pipeline("svm")), "on other clips"),
        (
            lambda t: (
                FeatureTable(t.frame.assign(emotion=np.roll(t.frame["emotion"], 1)), t.feature_names),
                quick_pipeline("svm"),
            ),
            "on other clips",
        ),
        (
            lambda t: (FeatureTable(t.frame, t.feature_names, {"parameters": {"n_fft": 3}}), quick_pipeline("svm")),
            "extracted with other settings",
        ),
    ],
)
def test_a_result_of_something_else_is_refused(change, says):
    result = evaluate(TABLE, quick_pipeline("svm"), folds=2)
    with pytest.raises(ModelError, match=says):
        train(*change(TABLE), result=result)


def test_a_calibrated_result_is_refused():
    result = evaluate(TABLE, quick_pipeline("svm", calibrate=True), folds=2)
    with pytest.raises(ModelError, match="already calibrated: run cv again without --calibrate"):
        train(TABLE, quick_pipeline("svm"), result=result)


class Own(SVC):
    """A user's class: of a known one even, it could do anything."""


@pytest.mark.parametrize(
    ("pipeline", "says"),
    [
        (plain_pipeline(SVC()), "a pipeline with the steps svc cannot be stored"),
        (SVC(), "SVC cannot be stored in a model file: it is not a pipeline"),
        (make_pipeline("svm").set_params(model=Own()), "Own cannot be stored .* loading runs no code"),
        (make_pipeline("svm").set_params(model=ExtraTreesClassifier()), "ExtraTreesClassifier cannot be stored"),
        (make_pipeline("svm").set_params(model__kernel="poly"), "the kernel 'poly' cannot be stored"),
        (make_pipeline("lda").set_params(model__solver="svd"), "the solver 'svd' cannot be stored"),
        (make_pipeline("knn").set_params(model__metric="jaccard"), "its metric cannot be stored"),
        (make_pipeline("knn").set_params(model__weights=len), "weights that are a function"),
        (make_pipeline("svm").set_params(impute__strategy="mean"), "the imputer is not that of make_pipeline"),
        (make_pipeline("svm").set_params(scale__with_mean=False), "the scaler is not that of make_pipeline"),
        (
            make_pipeline("svm").set_params(scale="passthrough"),
            "str cannot be stored in a model file as the step scale",
        ),
        (make_pipeline("ensemble").set_params(model__rf=SVC()), "SVC cannot be stored"),
        (make_pipeline("ensemble").set_params(model__voting="hard"), "its members must vote by probabilities"),
        (make_pipeline("ensemble").set_params(model__weights=(1, 2, 3)), "weights other than 0 and 1"),
    ],
)
def test_what_cannot_be_stored_is_refused_before_anything_is_fitted(monkeypatch, pipeline, says):
    monkeypatch.setattr("prosody_ser.model.training.evaluate", None)
    with pytest.raises(ModelError, match=says) as raised:
        train(TABLE, pipeline)
    assert "\n" not in str(raised.value)


def test_features_that_need_code_or_are_unknown_are_refused():
    for about, says in (
        (
            {"feature_set": "prosody_v1"},
            "the feature 'x0' is not in prosody_v1, the feature set that the table names: remove",
        ),
        ({"feature_set": "prosody_v9"}, "'prosody_v9' is unknown to this release"),
        ({"feature_set": "prosody_v1", "plugin": {"module": "mine"}}, "features of a plugin"),
    ):
        with pytest.raises(ModelError, match=says):
            train(FeatureTable(TABLE.frame, TABLE.feature_names, about), quick_pipeline("lda"))


@pytest.mark.parametrize("risk", [-0.1, 1.0, float("nan")])
def test_a_risk_is_a_share(risk):
    with pytest.raises(ProtocolError, match="must be a share"):
        train(TABLE, quick_pipeline("lda"), risk=risk)


def test_the_card_says_all_and_is_checked():
    frame = TABLE.frame.assign(corpus="emodb", language="de", sex="female")
    card = train(FeatureTable(frame, TABLE.feature_names), quick_pipeline("knn", speaker_norm="speaker"), risk=0.3).card
    check_card(json.loads(json.dumps(card)))
    assert set(card) == set(CARD_SCHEMA["properties"])
    assert card["training"]["corpora"][0]["licence"].startswith("CC0")
    assert "Burkhardt" in card["training"]["corpora"][0]["citation"]
    assert card["training"]["languages"] == ["de"]
    assert card["training"]["speakers_by_sex"] == {"female": 6}
    assert sum(card["training"]["clips"].values()) == card["training"]["n_clips"] == len(TABLE)
    for text in (card_text(card), card_markdown(card), card_html(card)):
        for part in (
            "CC0 1.0",
            "Burkhardt",
            "Training data",
            "Not to be used for",
            "Decisions about people",
            "2024/1689",
            "every training clip",
        ):
            assert part in text
        assert f"{card['score']['uar']:.3f}" in text
        assert "leave one speaker out" in text
    for path in _leaves(card):
        broken = json.loads(json.dumps(card))
        place = broken
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = [[]]
        with pytest.raises(ModelError):
            check_card(broken)
        del place[path[-1]]
        if not isinstance(place, list) and path[0] not in ("made_by",) and path[-1] in _fixed(path):
            with pytest.raises(ModelError):
                check_card(broken)


def _leaves(value, path=()):
    if isinstance(value, dict | list) and value and "parameters" not in path:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inner, (*path, key))
    elif "parameters" not in path:
        yield path


def _fixed(path):
    """The names that the schema asks for at a place, none where it takes any."""
    rules = CARD_SCHEMA
    for key in path[:-1]:
        rules = rules["items"] if isinstance(key, int) else rules.get("properties", {}).get(key, {})
    return rules.get("required", ())


@pytest.mark.parametrize("label", ["very\tangry", "\u200fangry", "two\nlines", "x" * 201])
def test_labels_and_notes_that_no_file_holds_are_refused_before_training(monkeypatch, label):
    monkeypatch.setattr("prosody_ser.model.training.evaluate", None)
    frame = TABLE.frame.assign(emotion=TABLE.frame["emotion"].replace(TABLE.frame["emotion"].iloc[0], label))
    with pytest.raises(ModelError, match="could not be saved"):
        train(dataclasses.replace(TABLE, frame=frame), quick_pipeline("lda"))
    if len(label) < 200 and "\n" not in label:
        with pytest.raises(ModelError, match="could not be saved"):
            train(TABLE, quick_pipeline("lda"), notes=[label])


def test_what_could_not_be_opened_again_is_not_written(tmp_path):
    made = train(TABLE, quick_pipeline("lda"), folds=2)
    save_model(made, tmp_path / "m.skops")
    before = (tmp_path / "m.skops").read_bytes()
    bad = dataclasses.replace(made, card=made.card | {"notes": ["a\tb"]})
    with pytest.raises(ModelError, match=r"m\.skops: the model was not saved.*control characters"):
        save_model(bad, tmp_path / "m.skops")
    assert (tmp_path / "m.skops").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["m.skops"]


def test_text_of_a_card_is_only_text():
    card = train(TABLE, quick_pipeline("lda")).card
    card["notes"] = ["<script>alert(1)</script> | [x](javascript:y) `z`"]
    assert "<script>" not in card_html(card)
    assert "&lt;script&gt;" in card_html(card)
    assert r"\<script\>alert\(1\)" in card_markdown(card).replace("(1)", r"\(1\)")
    assert r"\[x\](javascript" in card_markdown(card)


def test_kinds_of_cards_are_all_shown():
    card = train(TABLE, quick_pipeline("lda")).card
    card["score"]["intervals"] = {"level": 0.95, "uar": [0.5, 0.7], "accuracy": [0.5, 0.7], "macro_f1": [0.4, 0.6]}
    card["training"]["notice"] = SYNTHETIC_NOTICE
    check_card(card)
    for show in FORMATS.values():
        assert "95% interval over speakers: 0.500 to 0.700" in show(card)
        assert SYNTHETIC_NOTICE in show(card)


@parametrize_with_checks([KeptFeatures()])
def test_kept_features_keep_scikit_learns_contract(estimator, check):
    check(estimator)


LOADING = """
import sys
from prosody_ser.model import read_card
read_card(sys.argv[1])
heavy = {"sklearn", "scipy", "pandas", "matplotlib", "skops", "librosa", "parselmouth", "imblearn"} & set(sys.modules)
assert not heavy, heavy
from prosody_ser import load_model
load_model(sys.argv[1])
heavy = {"matplotlib", "skops", "librosa", "parselmouth", "imblearn", "soundfile", "sklearn.ensemble"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""


def test_opening_loads_only_what_the_model_needs(tmp_path):
    save_model(train(TABLE, quick_pipeline("svm", balance="smote")), tmp_path / "m.skops")
    subprocess.run([sys.executable, "-c", LOADING, tmp_path / "m.skops"], check=True)


def test_the_command_trains_and_shows(cli):
    from prosody_ser.tables.file import write_table

    write_table(TABLE, cli.folder / "t.csv")
    done = cli(
        "train",
        "t.csv",
        "--model",
        "lda",
        "--risk",
        "0.3",
        "--folds",
        "3",
        "--speaker-norm",
        "speaker",
        "-o",
        "m.skops",
    )
    assert done.status == 0
    assert "model -> m.skops" in done.out
    model = load_model(cli.folder / "m.skops")
    assert model.risk == 0.3
    for form in FORMATS:
        shown = cli("model", "show", "m.skops", "--format", form)
        assert shown.status == 0
        assert shown.out.rstrip("\n") == FORMATS[form](model.card).rstrip("\n")
    assert cli("model", "show", "m.skops", "--format", "html", "-o", "card.html").status == 0
    assert (cli.folder / "card.html").read_text().startswith("<!DOCTYPE html>")
    before = (cli.folder / "m.skops").read_bytes()
    cli("cv", "t.csv", "--model", "lda", "--out", "r.json")
    again = cli("train", "t.csv", "--model", "lda", "--result", "r.json", "-o", "other.skops")
    assert again.status == 0
    assert read_card(cli.folder / "other.skops")["score"]["source"] == "a result of 'cv'"
    assert np.array_equal(
        load_model(cli.folder / "other.skops").probabilities(read_table(cli.folder / "t.csv").X),
        train(read_table(cli.folder / "t.csv"), make_pipeline("lda")).probabilities(TABLE.X),
    )
    for arguments, says in (
        (
            ("t.csv", "--model", "svm", "--result", "r.json", "-o", "m.skops"),
            "r.json: the result was computed with another pipeline",
        ),
        (("t.csv", "--result", "r.json", "--folds", "3"), "--result already determines the folds"),
        (("t.csv", "-o", "m.pkl"), "m.pkl: the name of a model file must end in .skops"),
        (("t.csv", "-o", "none/m.skops"), "none: no such folder"),
        (
            ("t.csv", "--model", "sklearn.ensemble:ExtraTreesClassifier", "-o", "m.skops"),
            "ExtraTreesClassifier cannot be stored",
        ),
        (("none.csv", "-o", "m.skops"), "none.csv: no such table"),
    ):
        refused = cli("train", "--force", *arguments)
        assert (refused.status, refused.out) == (2, "")
        assert says in refused.err
        assert len(refused.err.splitlines()) == 1 or "warning" in refused.err
    assert (cli.folder / "m.skops").read_bytes() == before
    assert cli("model", "show", "t.csv").status == 2
    assert cli("model", "show", "m.skops", "--format", "pdf").status == 2


def test_calibration_and_a_result_give_the_same_weights():
    """What the calibrated classifier learns from its inner folds is what a result of those folds gives."""
    calibrated = SpeakerCalibratedClassifier(make_pipeline("svm"), n_folds=3, seed=4).fit(TABLE.X, TABLE.y)
    clips = evaluate(TABLE, make_pipeline("svm"), folds=3, seed=4).data["clips"]
    labels = sorted(set(TABLE.y))
    evidence = votes_and_margins(np.array([[clip["scores"][label] for label in labels] for clip in clips]))
    weights = fit_weights(evidence, np.array([labels.index(clip["emotion"]) for clip in clips]))
    assert weights == pytest.approx(calibrated.weights_, rel=1e-6)


def test_balances_are_all_tried_above():
    assert {name for model in MODELS for name in balances_of(model)} == set(BALANCES)


@pytest.mark.parametrize("model", FEATURE_MODELS)
def test_the_card_says_whether_clips_are_in_the_file(model):
    """A model that stores a row for a clip says so: its arrays grow with the number of clips."""
    made = train(TABLE, quick_pipeline(model), folds=2)
    clips = {row.tobytes() for row in np.asarray(made.pipeline[:-1].transform(TABLE.X), dtype=np.float32)}
    held = {
        row.tobytes()
        for part in encoded(made.pipeline)
        for array in part.arrays.values()
        if array.ndim == 2 and array.shape[1] == TABLE.X.shape[1]
        for row in array.astype(np.float32)
    }
    assert bool(clips & held) == any("The file contains the features of" in note for note in made.card["notes"])

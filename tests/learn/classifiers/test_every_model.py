"""Every model with every balance, track and split: it is fitted on what it may see, or refused in one line."""

from collections import Counter

import numpy as np
import pytest

from prosody_ser import EvaluationPlan, evaluate, make_pipeline
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.classifiers.registry import BALANCES, MODELS, balances_of
from prosody_ser.learn.preprocessing.speaker_norm import SPEAKER_NORMS
from prosody_ser.learn.splits.split_file import read_split, write_split
from tests.support.crossed import crossed
from tests.support.pipelines import Spy, fit_folds, quick_pipeline
from tests.support.schemas import validator
from tests.support.sequences import FEATURE_MODELS
from tests.support.tables import acted_table, random_table

SCHEMA = validator("result")
SPLITS = ("loso", "3", "2x2", "fixed", "speaker-sentence:2x2", "file")
SAMPLERS = [name for name, how in BALANCES.items() if "sampler" in how]
TABLE = acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0)
N_REPEATS = {"2x2": 2}
N_ENROL = 6


@pytest.fixture(scope="module")
def splits(tmp_path_factory):
    path = tmp_path_factory.mktemp("split") / "s.json"
    write_split(path, TABLE, "fixed:1/1/1", seed=1)
    return {name: name for name in SPLITS} | {"file": read_split(path, TABLE)}


@pytest.fixture(scope="module")
def plans(splits):
    """Plans, which are the same for all models and made once."""
    return {name: EvaluationPlan.of(TABLE, folds, enrol_clips=N_ENROL) for name, folds in splits.items()}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("model", "balance"), crossed(FEATURE_MODELS, BALANCES))
def test_every_combination_is_scored_or_refused(plans, model, balance):
    if balance not in balances_of(model):
        why = (
            f"{model} cannot be balanced by {balance}: artificial clips have no speaker"
            if MODELS[model].network
            else f"{model} has no class weight: .* one of these models: best, svm, linear-svm, rf, mlp"
        )
        with pytest.raises(ProtocolError, match=why):
            make_pipeline(model, balance=balance)
        return
    for i, (name, plan) in enumerate(plans.items()):
        # Of model, balance, track and split, any three meet in every way they can; all four would take ten minutes.
        turn = i + list(MODELS).index(model) + list(BALANCES).index(balance)
        speaker_norm, track = list(SPEAKER_NORMS.items())[turn % len(SPEAKER_NORMS)]
        pipeline = quick_pipeline(model, balance=balance, speaker_norm=speaker_norm)
        data = evaluate(plan, pipeline).data
        protocol = data["protocol"]
        SCHEMA.validate(data)
        tested = sum(fold["n_test"] for fold in protocol["folds"])
        assert tested == len(data["clips"]) == np.sum(data["confusion"]["counts"])
        n_enrolled = N_ENROL * 6 if speaker_norm == "enrol" else 0
        assert tested == N_REPEATS.get(name, 1) * (len(TABLE) - n_enrolled) or name in ("fixed", "file")
        assert protocol["track"] == track
        assert ("balance" in [step["name"] for step in protocol["steps"]]) == (balance in SAMPLERS)
        assert protocol["score_kind"] == ("margin" if model == "best" or "svm" in model else "probability")
        for clip in data["clips"]:
            assert max(clip["scores"].values()) == clip["scores"][clip["predicted"]]


def test_only_class_weights_are_ever_refused_and_samplers_by_networks():
    refused = {(model, balance) for model in MODELS for balance in BALANCES if balance not in balances_of(model)}
    networks = {(model, sampler) for model in ("cnn-features", "cnn", "lstm") for sampler in SAMPLERS}
    assert refused == {("lda", "class-weight"), ("knn", "class-weight")} | networks


@pytest.mark.parametrize(("balance", "split"), crossed(BALANCES, SPLITS))
def test_models_see_training_clips_when_they_learn_and_test_clips_when_they_predict(splits, balance, split):
    pipeline = make_pipeline("logreg", balance=balance)
    pipeline.steps.insert(0, ("first", Spy("first")))
    pipeline.steps.insert(-1, ("last", Spy("last")))
    for fold in fit_folds(TABLE.X, TABLE.y, pipeline, splits[split]):
        learned = {place: (rows, classes) for place, what, rows, classes in Spy.seen if what == "fit"}
        Spy.seen.clear()
        fold.pipeline.predict(TABLE.X.iloc[fold.test])
        predicted = [rows for _, _, rows, _ in Spy.seen]
        Spy.seen.clear()
        train_counts = Counter(TABLE.y.iloc[fold.train])
        assert learned["first"] == (len(fold.train), train_counts)
        assert predicted == [len(fold.test)] * 2
        rows, classes = learned["last"]
        if balance in ("none", "class-weight"):
            assert (rows, classes) == (len(fold.train), train_counts)
        elif balance == "under":
            assert max(classes.values()) == max(min(train_counts.values()), min(10, max(train_counts.values())))
        elif balance in ("adasyn", "smote-tomek"):  # which round, and clean
            assert set(classes) == set(train_counts)
            assert rows < len(train_counts) * max(train_counts.values()) + 10
        else:
            assert set(classes.values()) == {max(train_counts.values())}


@pytest.mark.parametrize(("model", "speaker_norm"), crossed(FEATURE_MODELS, SPEAKER_NORMS))
def test_every_model_at_its_full_size_finds_a_signal(model, speaker_norm):
    table = random_table(seed=2, n_rows=240, n_speakers=6, signal=1.5)
    result = evaluate(table, make_pipeline(model, speaker_norm=speaker_norm), folds=3)
    assert result.uar > 0.5
    assert result.data["protocol"]["warnings"] == {}

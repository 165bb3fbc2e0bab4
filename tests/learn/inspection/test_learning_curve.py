"""A curve over the number of training speakers: nested, scored on the same held-out clips, and correct with copies."""

import numpy as np
import pytest

from prosody_ser import EvaluationPlan, evaluate, learning_curve, make_pipeline, result_text, write_table
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.inspection.learning_curve import with_learning_curve
from tests.support.command_line import assert_refused
from tests.support.pictures import assert_readable, texts
from tests.support.schemas import validator
from tests.support.tables import random_table

TABLE = random_table(seed=1, n_rows=320, n_speakers=8, signal=1.0)


def test_all_speakers_give_the_score_itself_and_more_teach_more():
    plan = EvaluationPlan.of(TABLE, seed=3)
    curve = learning_curve(plan, make_pipeline("lda"))
    assert curve["n_speakers"].tolist() == [2, 3, 4, 5, 7]
    assert (np.diff(curve["n_clips"]) > 0).all()
    assert curve["uar"].iloc[-1] == evaluate(plan, make_pipeline("lda")).uar
    assert curve["uar"].iloc[-1] > curve["uar"].iloc[0]
    assert (curve["training_uar"] > curve["uar"]).all()
    assert ((curve["low"] < curve["uar"]) & (curve["uar"] < curve["high"])).all()


def test_noise_is_learned_by_heart_and_scores_chance():
    noise = random_table(seed=2, n_rows=320, n_speakers=8, n_features=20)
    curve = learning_curve(noise, make_pipeline("rf").set_params(model__n_estimators=30))
    assert (curve["training_uar"] > 0.95).all()
    assert curve["uar"].to_numpy() == pytest.approx(1 / 3, abs=0.08)


def test_any_number_of_jobs_draws_the_same_speakers_and_another_seed_others():
    curves = [learning_curve(TABLE, make_pipeline("lda"), seed=seed, n_jobs=n) for seed, n in ((0, 1), (0, 2), (1, 1))]
    assert curves[0].equals(curves[1])
    assert not curves[0].equals(curves[2])


def test_too_few_speakers_and_enrolment_are_refused():
    with pytest.raises(ProtocolError, match="a fold trains on 2 speakers, but a learning curve needs at least 3"):
        learning_curve(random_table(n_speakers=3), make_pipeline("lda"))
    with pytest.raises(ProtocolError, match="not available with enrolment clips"):
        learning_curve(TABLE, make_pipeline("lda", speaker_norm="enrol"))


def test_the_result_shows_it_in_words_and_in_pictures(cli):
    from prosody_ser.plots.learning import learning_figure

    plan = EvaluationPlan.of(TABLE)
    result = with_learning_curve(evaluate(plan, make_pipeline("lda")), plan, make_pipeline("lda"))
    validator("result").validate(result.data)
    last = result.data["learning"]["points"][-1]
    text = " ".join(result_text(result).split())
    assert f"{last['training_uar']:.3f} on its training clips and of {last['uar']:.3f} on held-out speakers" in text
    figure = learning_figure(result.data)
    assert_readable(figure)
    assert "not how good it is" in " ".join(texts(figure).split())
    result.write(cli.folder / "result.json")
    assert cli("plot", "result.json", "--kind", "learning").status == 0
    assert (cli.folder / "result_learning.png").exists()
    report = cli("report", "result.json", "-o", "r.html")
    assert report.status == 0
    assert "UAR by number of training speakers" in (cli.folder / "r.html").read_text()


def test_an_mlp_s_loss_falls_and_is_drawn_and_others_have_none(cli):
    from prosody_ser.plots.learning import training_figure

    result = evaluate(TABLE, make_pipeline("mlp"), folds=3)
    validator("result").validate(result.data)
    losses = [fold["loss"] for fold in result.data["training"]["folds"]]
    assert len(losses) == 3
    assert all(len(loss) > 5 and loss[-1] < loss[0] for loss in losses)
    assert_readable(training_figure(result.data))
    write_table(TABLE, cli.folder / "t.csv")
    assert cli("cv", "t.csv", "--model", "lda", "--folds", "2", "--learning-curve").status == 0
    done = cli("plot", "result.json", "--kind", "training")
    assert_refused(done, "result.json: this result has no training loss; only models that are trained in epochs have")

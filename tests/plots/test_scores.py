"""Pictures of a result show its numbers, are grey, and can be read."""

import numpy as np
import pytest

from prosody_ser import Result, plot_learning_curve, plot_reliability, plot_training
from prosody_ser.errors import ProsodySerError
from prosody_ser.plots.learning import learning_figure, training_figure
from prosody_ser.plots.scores import confusion_figure, reliability_figure, speakers_figure
from prosody_ser.tables.feature_table import SYNTHETIC_NOTICE
from tests.support.command_line import assert_refused
from tests.support.folders import files_in
from tests.support.full_result import small_result, with_every_block
from tests.support.pictures import assert_readable, texts


@pytest.fixture(scope="module")
def full():
    return with_every_block(small_result()) | {"notice": SYNTHETIC_NOTICE}


@pytest.mark.parametrize("draw", [confusion_figure, speakers_figure, reliability_figure])
def test_can_be_read_and_says_what_it_is(full, draw):
    figure = draw(full)
    assert_readable(figure)
    written = texts(figure)
    for expected in ("leave one speaker out", "blind", f"UAR {full['uar']:.3f}", "say nothing about people"):
        assert expected in written


def test_confusion_has_every_count(full):
    (axes,) = confusion_figure(full).axes
    shown = [text.get_text().split("\n")[0] for text in axes.texts]
    assert list(map(int, shown)) == list(np.ravel(full["confusion"]["counts"]))
    (image,) = axes.images
    np.testing.assert_allclose(np.asarray(image.get_array()), full["confusion"]["row_shares"])


def test_speakers_of_each_track_stand_where_they_scored(full):
    (axes,) = speakers_figure(full).axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    blind, normalised = axes.lines[:2]
    for line, scores in ((blind, full["per_speaker"]), (normalised, full["alongside"][0]["per_speaker"])):
        assert {names[int(y)]: x for x, y in line.get_xydata()} == {name: row["uar"] for name, row in scores.items()}
    assert list(blind.get_xdata()) == sorted(blind.get_xdata())
    assert blind.get_marker() != normalised.get_marker()


def test_reliability_is_that_of_the_bins_that_hold_something(full):
    curve, counts = reliability_figure(full).axes
    bins = [row for row in full["calibration"]["bins"] if row["n"]]
    np.testing.assert_allclose(curve.lines[1].get_xydata(), [[row["mean_confidence"], row["accuracy"]] for row in bins])
    assert [bar.get_height() for bar in counts.patches] == [row["n"] for row in bins]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (plot_reliability, "this result has no reliability curve; make one with 'prosody-ser cv --calibrate'"),
        (plot_learning_curve, "this result has no learning curve; make one with 'prosody-ser cv --learning-curve'"),
        (plot_training, "this result has no training loss; only models that are trained in epochs have one"),
    ],
)
@pytest.mark.parametrize("empty", [True, False])
def test_a_part_that_a_result_lacks_is_named(full, draw, message, empty, tmp_path):
    parts = ("calibration", "learning", "training")
    data = {name: value for name, value in full.items() if name not in parts} | dict.fromkeys(parts if empty else ())
    with pytest.raises(ProsodySerError, match=message):
        draw(data, tmp_path / "p.png")
    assert not files_in(tmp_path)


def test_labels_that_hold_markup_are_shown_as_they_are(full):
    data = full | {"confusion": full["confusion"] | {"labels": ["$a_1$", "an emotion with a long name", "c"]}}
    figure = confusion_figure(data)
    assert_readable(figure)
    assert "$a_1$" in texts(figure)


def test_a_learning_curve_of_many_speakers_is_readable(full):
    counts = (2, 7, 24, 83, 288, 1000)
    points = [full["learning"]["points"][0] | {"n_speakers": n} for n in counts]
    figure = learning_figure(full | {"learning": full["learning"] | {"points": points}})
    assert_readable(figure)
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == list(map(str, counts))


def test_a_loss_of_one_epoch_is_visible(full):
    runs = [{"fold": 0, "loss": [1.4]}]
    figure = training_figure(full | {"training": full["training"] | {"folds": runs}})
    assert_readable(figure)
    (axes,) = figure.axes
    assert axes.lines[0].get_marker() == "o"
    assert [tick for tick in axes.get_xticks() if 0.9 < tick < 1.1] == [1]


def test_the_command_draws_each_kind(cli, full):
    Result(full).write(cli.folder / "r.json")
    for kind in ("confusion", "speakers", "reliability"):
        done = cli("plot", "r.json", "--kind", kind)
        assert done.status == 0
        assert "NOTE" in done.out
        assert (cli.folder / f"r_{kind}.png").read_bytes().startswith(b"\x89PNG")
    assert_refused(cli("plot", "r.json", "--kind", "pie"), "pie", "speakers")
    assert_refused(cli("plot", "r.json", "--feature", "f0_mean_st"), "--feature")
    (cli.folder / "r.wav").touch()
    assert_refused(cli("plot", "r.wav", "--kind", "confusion"), "--kind")
    Result(full | {"calibration": None}).write(cli.folder / "margins.json")
    assert_refused(cli("plot", "margins.json", "--kind", "reliability"), "--calibrate")
    (cli.folder / "other.json").write_text("{}")
    assert_refused(cli("plot", "other.json"), "not a result")

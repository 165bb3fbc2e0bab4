"""The picture of a comparison has the UAR of each result and its paired difference from the best."""

import numpy as np
import pytest

from prosody_ser import FeatureTable, compare, evaluate, make_pipeline
from prosody_ser.plots.comparison import comparison_figure
from tests.support.command_line import assert_refused
from tests.support.pictures import assert_apart, assert_readable, texts
from tests.support.tables import random_table


@pytest.fixture(scope="module")
def results():
    table = random_table(seed=2, n_rows=240, n_speakers=8, signal=1.0)
    names = table.feature_names[1:]
    without_best = FeatureTable(table.frame.drop(columns="x0"), names)
    normalised = make_pipeline("lda", speaker_norm="speaker")
    return {
        "deaf": evaluate(without_best, make_pipeline("lda")),
        "a long name, of a model and all its settings, $x_{": evaluate(table, make_pipeline("lda")),
        "nb": evaluate(table, make_pipeline("knn")),
        "normalised": evaluate(table, normalised),
    }


@pytest.fixture(scope="module")
def data(results):
    return compare(list(results.values()), list(results)).data


def rows_of(figure):
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_it_can_be_read_in_grey(data):
    figure = comparison_figure(data)
    assert_readable(figure)
    assert_apart(figure.axes[1].texts)
    for expected in ("95 % intervals", "Wilcoxon", "Holm", "own track", "UAR"):
        assert expected in texts(figure)


def test_differences_are_those_of_the_pairs_from_the_best_of_the_track(data):
    figure = comparison_figure(data)
    scores, differences = figure.axes
    uar = {result["name"]: result["uar"] for result in data["results"]}
    best = next(result["name"] for result in data["results"] if result["track"] == "blind" and result["rank"] == 1)
    places = {float(line.get_ydata()[0]): float(line.get_xdata()[0]) for line in differences.lines[1:]}
    remarks = {text.get_position()[1]: text.get_text() for text in differences.texts}
    for i, shown in enumerate(rows_of(figure)):
        name = next(name for name in uar if name.startswith(shown.rstrip("…")))
        assert places[i] == pytest.approx(uar[name] - uar[best])
        if name == best:
            assert remarks[i] == "the best"
        elif name == "normalised":
            assert "not tested" in remarks[i]
        else:
            assert remarks[i].startswith("p ")
    assert len(scores.collections) == len(data["results"])
    assert len(differences.collections) == len(data["results"]) - 1  # none from itself


def test_the_interval_of_a_turned_pair_is_turned(results):
    """The difference of two results does not depend on their order."""
    pair = [results["deaf"], results["nb"]]
    ends = []
    for turned in (False, True):
        order = pair[::-1] if turned else pair
        names = ["nb", "deaf"] if turned else ["deaf", "nb"]
        (line,) = comparison_figure(compare(order, names).data).axes[1].collections
        ends.append(np.sort(line.get_segments()[0][:, 0]))
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-12)
    assert ends[0][1] < 0


def test_few_speakers_have_no_intervals_and_it_says_so():
    table = random_table(seed=2, n_rows=120, n_speakers=3, signal=1.0)
    few = [evaluate(table, make_pipeline(name), folds="fixed:1/1/1") for name in ("lda", "knn")]
    figure = comparison_figure(compare(few).data)
    assert_readable(figure)
    assert "too few speakers for intervals" in texts(figure)


def test_the_commands_draw_it(cli, results):
    for name in ("deaf", "nb"):
        results[name].write(cli.folder / f"{name}.json")
    done = cli("compare", "deaf.json", "nb.json", "--plot", "c.svg")
    assert done.status == 0, done.err
    assert "picture    -> c.svg" in done.out
    assert "difference of UAR" in (cli.folder / "c.svg").read_text()
    assert cli("plot", "comparison.json").status == 0
    assert (cli.folder / "comparison.png").read_bytes().startswith(b"\x89PNG")
    assert_refused(cli("compare", "deaf.json", "nb.json", "--plot", "c.docx", "--force"), "a picture must end in")
    assert_refused(cli("compare", "deaf.json", "nb.json", "--plot", "nb.json", "--force"), "nb.json")

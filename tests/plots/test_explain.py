"""Pictures of Shapley values: their numbers add up and are readable, and nothing overlaps."""

import re

import numpy as np
import pandas as pd
import pytest

from prosody_ser.learn.inspection.explanation import Explanation
from prosody_ser.plots.explain import explanations_figure, waterfall_figure
from tests.support.pictures import assert_apart, assert_laid_out, texts

FEATURES = ["f0_mean_st", "f1_mean_hz", "jitter_local_ratio", "zcr_mean_per_s", "own", *(f"own{i}" for i in range(20))]
VALUES = [53.24871, 12345.678, 0.0123456, 2345.678, -1.5e-7, *range(20)]


def explanation(scale, n_clips=1):
    """An explanation with contributions of about `scale`."""
    rng = np.random.default_rng(0)
    values = scale * rng.normal(size=(n_clips, len(FEATURES), 2))
    base = np.full((n_clips, 2), 0.1 * scale)
    clips = pd.DataFrame(
        {"file": "a very long name of a recording/03a01Fa.wav", "speaker": "03", "emotion": "anger"}, range(n_clips)
    )
    clips = clips.assign(row=clips.index, predicted="fear", fold=0)
    inputs = np.tile(np.array(VALUES, dtype=float), (n_clips, 1)) + rng.normal(scale=0.01, size=(n_clips, 1)) * (
        n_clips > 1
    )
    output = base + values.sum(axis=1)
    return Explanation(clips, FEATURES, ["anger", "fear"], values, base, output, inputs, "margin", "exact")


def number_in(text):
    return float(re.search(r"[+\N{MINUS SIGN}]?[\d.,]+", text)[0].replace("\N{MINUS SIGN}", "-").replace(",", ""))


@pytest.mark.parametrize("scale", [1e-4, 0.01, 1.0, 300.0])
def test_the_numbers_of_a_waterfall_add_up_and_have_the_same_decimals(scale):
    explained = explanation(scale)
    figure = waterfall_figure(explained, 0, "anger")
    assert_laid_out(figure)
    top, below = figure.axes
    *pushes, base, score = [text.get_text() for text in top.texts]
    families = [text.get_text() for text in below.texts]
    assert not any("e" in push for push in (*pushes, *families))
    decimals = {len(text.partition(".")[2]) for text in (*pushes, *families, base, score)}
    assert len(decimals) == 1
    unit = 10.0 ** -decimals.pop()
    assert number_in(base) + sum(map(number_in, pushes)) == pytest.approx(number_in(score), abs=unit * len(pushes))
    assert number_in(score) == pytest.approx(explained.output[0, 0], abs=unit)
    largest = max(abs(number_in(push)) for push in pushes)
    assert 100 <= round(largest / unit) < 1000 or unit == 1
    for axes in (top, below):
        assert_apart(axes.texts)


def test_values_have_three_digits_and_their_unit():
    explained = explanation(1.0)
    explained.values[0, 5:] = 0.0
    names = [label.get_text() for label in waterfall_figure(explained, 0, "anger").axes[0].get_yticklabels()]
    minus = "\N{MINUS SIGN}"
    for expected in (
        "f0_mean_st = 53.2 st",
        "f1_mean_hz = 12,346 Hz",
        "jitter_local_ratio = 0.0123",
        "zcr_mean_per_s = 2,346 1/s",
        f"own = {minus}1.50e{minus}07",
        "13 other features together",
    ):
        assert expected in names


def test_many_clips_are_laid_out_and_undefined_values_are_marked():
    explained = explanation(0.01, n_clips=40)
    explained.inputs[3, :] = np.nan
    figure = explanations_figure(explained, "a title", "a notice")
    assert_laid_out(figure)
    assert "Crosses: the value is undefined." in texts(figure)

"""The timeline begins with the recording and names the emotion of each segment. No pixels are compared."""

import numpy as np
import pandas as pd
import pytest

from prosody_ser.colours import FILLS
from prosody_ser.model.abstention.doubts import UNLIKE
from prosody_ser.plots.timeline import timeline_figure
from tests.support.pictures import assert_apart, assert_laid_out, texts

EMOTIONS = ("anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness")


def predictions_of(labels, seconds=2.0, first=0.0, abstains=(), failed=(), emotions=EMOTIONS):
    """Predictions of segments, one for each label, with the highest probability for this label."""
    start = first + seconds * np.arange(len(labels))
    shares = np.array([[0.5 if one == label else 0.5 / (len(emotions) - 1) for one in emotions] for label in labels])
    rows = pd.DataFrame(shares.reshape(len(labels), len(emotions)), columns=[f"p_{name}" for name in emotions])
    rows = rows.assign(start=start, end=start + seconds, status="ok", label=labels, confidence=0.5, novelty=0.2)
    rows["abstain"] = [i in abstains for i in range(len(labels))]
    rows["abstain_reason"] = np.where(rows["abstain"], UNLIKE, "")
    rows.loc[list(failed), "status"] = "silent"
    return rows


def drawn(rows, emotions=EMOTIONS):
    figure = timeline_figure(rows, emotions, 0.4, "a.wav: what a model hears")
    assert_laid_out(figure)
    return figure


def names_on(figure):
    """The names on the strip, from left to right, with their middle in seconds."""
    strip = figure.axes[0]
    assert_apart(strip.texts)
    edges = [bar.get_paths()[0].get_extents() for bar in strip.collections]
    for text in strip.texts:
        box = text.get_window_extent().transformed(strip.transData.inverted())
        assert any(box.x0 >= edge.x0 - 0.01 for edge in edges)
        assert 0 <= box.y0 < box.y1 <= 1
    return [(text.get_text(), text.get_position()[0]) for text in strip.texts]


@pytest.mark.parametrize("first", [0.0, 3.0])
def test_time_begins_at_zero_and_ends_with_the_last_segment(first):
    figure = drawn(predictions_of(["anger", "fear", "anger"], first=first, failed=[2]))
    for axes in figure.axes:
        assert axes.get_xlim() == (0, first + 6)
    assert figure.axes[-1].get_xlabel() == "time (s)"


def test_each_segment_has_its_emotion_on_it_in_brackets_where_the_model_abstains():
    figure = drawn(predictions_of(["anger", "anger", "happiness"], abstains=[2]))
    assert names_on(figure) == [("anger", 1), ("anger", 3), ("(happiness)", 5)]
    assert "the model abstains (1 of 3 segments)" in texts(figure)
    assert "segments unlike the training speech (1 of 3 segments)" in texts(figure)
    figure = drawn(predictions_of(["happiness"], abstains=[0]))
    assert "Triangle: the segment is unlike the training speech." in texts(figure)


def test_in_narrow_segments_the_emotion_stands_upright():
    labels = ["anger", "happiness"] * 20
    figure = drawn(predictions_of(labels))
    assert [name for name, _ in names_on(figure)] == labels
    assert {text.get_rotation() for text in figure.axes[0].texts} == {90}


def test_where_there_is_no_room_neighbours_share_one_name_and_the_legend_says_the_rest():
    labels = ["anger"] * 300 + ["fear"] + ["sadness"] * 300
    figure = drawn(predictions_of(labels, failed=[450]))
    assert names_on(figure) == [("anger", 300), ("sadness", 751), ("sadness", 1052)]
    legend = [text.get_text() for text in figure.axes[1].get_legend().get_texts()]
    assert legend == list(EMOTIONS)[::-1]
    assert "1 segment could not be measured" in texts(figure)


def test_more_emotions_than_colours_are_told_apart():
    emotions = tuple(f"emotion {i}" for i in range(2 * len(FILLS)))
    figure = drawn(predictions_of(emotions, emotions=emotions), emotions)
    areas = figure.axes[1].collections[: len(emotions)]
    looks = {(tuple(area.get_facecolor()[0]), area.get_hatch()) for area in areas}
    assert len(looks) == len(emotions)


def test_any_name_of_an_emotion_is_in_the_legend_as_it_is():
    emotions = ("_calm", "$x_1$", "a very long name of an emotion")
    figure = drawn(predictions_of(emotions, emotions=emotions), emotions)
    legend = figure.axes[1].get_legend().get_texts()
    assert [text.get_text() for text in legend] == ["a very long name of an …", "$x_1$", "_calm"]
    assert not any(text.get_parse_math() for text in legend)


def test_the_legend_of_many_emotions_is_beside_the_probabilities():
    emotions = tuple(f"emotion {i}" for i in range(30))
    figure = drawn(predictions_of(emotions, emotions=emotions), emotions)
    _, stack, lower = figure.axes
    assert stack.get_legend().get_window_extent().y0 > lower.get_legend().get_window_extent().y1


def test_where_the_model_abstains_the_emotions_look_as_in_the_legend_and_a_bar_is_above():
    figure = drawn(predictions_of(["anger", "fear", "fear"], abstains=[1]))
    stack = figure.axes[1]
    legend = stack.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [*EMOTIONS[::-1], "the model abstains"]
    bar, *areas = stack.collections
    box = bar.get_paths()[0].get_extents()
    assert (box.x0, box.x1) == (2, 4)
    assert box.y0 > 1
    assert [area.get_label() for area in areas] == list(EMOTIONS)  # and nothing is drawn on them


def test_what_cannot_be_measured_is_shown():
    for end in (6.0, np.nan):
        rows = predictions_of(["anger"], failed=[0]).assign(end=end)
        assert "no segment could be measured" in texts(drawn(rows))

"""Checks of figures: their texts, and whether they can be read."""

from itertools import combinations, pairwise

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text


def texts(figure):
    return " ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text) if text.get_visible())


def rendered(figure):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).astype(int)


def assert_readable(figure):
    """Check that a figure has no colour and is laid out well."""
    pixels = assert_laid_out(figure)
    assert np.ptp(pixels, axis=2).max() == 0


def assert_laid_out(figure):
    """Check that no text is cut off, too small or overlaps another label of its axis; give the pixels."""
    pixels = rendered(figure)[..., :3]
    drawn_in = figure.get_tightbbox()
    assert drawn_in.xmin >= -0.01
    assert drawn_in.ymin >= -0.01
    assert drawn_in.xmax <= figure.get_figwidth() + 0.01
    assert drawn_in.ymax <= figure.get_figheight() + 0.01
    assert min(text.get_fontsize() for text in figure.findobj(Text)) >= 8
    for axes in figure.axes:
        across = list(_tick_boxes(axes.xaxis, axes.get_xlim()))
        assert all(left.x1 < right.x0 for left, right in pairwise(across))
        upwards = sorted(_tick_boxes(axes.yaxis, axes.get_ylim()), key=lambda box: box.y0)
        assert all(lower.y1 < upper.y0 + 1 for lower, upper in pairwise(upwards))
    return pixels


def _tick_boxes(axis, limits):
    low, high = sorted(limits)
    ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [tick.label1.get_window_extent() for tick in ticks if tick.label1.get_visible() and tick.label1.get_text()]


def assert_apart(artists):
    """Check that no texts overlap in a figure that was drawn."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in artists if text.get_text()]
    for (one, first), (other, second) in combinations(boxes, 2):
        assert not first.overlaps(second), (one, other)

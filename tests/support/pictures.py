"""What a figure shows, and whether it can be read."""

from itertools import pairwise

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
    """No colour, no letter beyond the edge, no label over its neighbour."""
    pixels = rendered(figure)[..., :3]
    assert np.ptp(pixels, axis=2).max() == 0
    drawn_in = figure.get_tightbbox()
    assert drawn_in.xmin >= -0.01
    assert drawn_in.ymin >= -0.01
    assert drawn_in.xmax <= figure.get_figwidth() + 0.01
    assert drawn_in.ymax <= figure.get_figheight() + 0.01
    assert min(text.get_fontsize() for text in figure.findobj(Text)) >= 8
    for axes in figure.axes:
        low, high = axes.get_xlim()
        ticks = [tick for tick in axes.xaxis.get_major_ticks() if low <= tick.get_loc() <= high]
        boxes = [tick.label1.get_window_extent() for tick in ticks if tick.label1.get_visible()]
        assert all(left.x1 < right.x0 for left, right in pairwise(boxes))

"""Bars of importances have legends, titles and lines that can be read for any features."""

import pandas as pd

from prosody_ser.plots.importances import importances_figure
from tests.support.pictures import assert_laid_out


def test_features_outside_the_catalogue_are_in_the_legend_and_a_long_title_is_whole():
    names = ["slope_0_500_voiced_mean_db_per_khz", "own"]
    ranking = pd.DataFrame({"rank": [1, 2], "feature": names, "family": ["pitch", ""], "importance": 0.1, "sd": 0.01})
    figure = importances_figure(ranking, "a corpus, its clips and speakers, a model and its folds " * 3)
    assert_laid_out(figure)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["pitch", "other"]

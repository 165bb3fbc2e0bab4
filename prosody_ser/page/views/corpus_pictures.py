"""Pictures of a table, with descriptions in words."""

import pandas as pd

from ...catalogue import column
from ...corpus_names import corpora_in_words
from ...plots.distributions import distributions_figure
from ...plots.profile import profile_figure
from ...plots.style import png_bytes
from ...tables.feature_table import FeatureTable
from ..clip_prediction import DPI, DRAWING, Picture

#: Number of features in the heatmap, and of those that the description names for each emotion.
_TOP, _NAMED = 24, 3


def distributions_picture(table: FeatureTable, feature: str, by: str) -> Picture:
    """Draw the distribution of a feature in each group."""
    with DRAWING:
        png = png_bytes(distributions_figure(table, feature, by), DPI)
    known = column(feature)
    unit = f" {known.unit}" if known and known.unit != "ratio" else ""
    groups = table.frame[table.usable].groupby(by)[feature].median()
    medians = "; ".join(f"{group} {value:.3g}{unit}" for group, value in groups.items() if group)
    return Picture(f"{feature} by {by}", png, f"Distribution of {feature} by {by}. Medians: {medians}.")


def profile_picture(effects: pd.DataFrame, table: FeatureTable) -> Picture:
    """Draw how each emotion changes each feature."""
    reference = effects.attrs["reference"]
    title = f"{corpora_in_words(table.corpora, 'the table')}: emotions against {reference}, within speaker"
    with DRAWING:
        png = png_bytes(profile_figure(effects, title, table.notice, _TOP), DPI)
    parts = [
        f"{emotion}: " + ", ".join(f"{row.feature} {row.effect:+.1f}" for row in rows.head(_NAMED).itertuples())
        for emotion, rows in effects.dropna(subset="effect").groupby("emotion")
    ]
    words = f"Effects of emotions on features against {reference} (Hedges' g). The largest of each: {'; '.join(parts)}."
    return Picture("Profile of the emotions", png, words.replace("-", "\N{MINUS SIGN}"))

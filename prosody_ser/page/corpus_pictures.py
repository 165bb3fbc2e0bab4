"""Pictures of a table, with what they show in words."""

import pandas as pd

from ..catalogue import column
from ..plots.distributions import distributions_figure
from ..plots.profile import profile_figure
from ..plots.style import png_bytes
from ..tables.feature_table import FeatureTable
from .hearing import DPI, DRAWING, Picture

#: Features in the heatmap, and of each emotion those that are named in words.
_TOP, _NAMED = 24, 3


def distributions_picture(table: FeatureTable, feature: str, by: str) -> Picture:
    """How a feature is distributed in each group."""
    with DRAWING:
        png = png_bytes(distributions_figure(table, feature, by), DPI)
    known = column(feature)
    unit = f" {known.unit}" if known and known.unit != "ratio" else ""
    groups = table.frame[table.usable].groupby(by)[feature].median()
    medians = "; ".join(f"{group} {value:.3g}{unit}" for group, value in groups.items() if group)
    return Picture(f"{feature} by {by}", png, f"Distribution of {feature} by {by}. Medians: {medians}.")


def profile_picture(found: pd.DataFrame, table: FeatureTable) -> Picture:
    """What each emotion does to each feature."""
    reference = found.attrs["reference"]
    title = f"{', '.join(table.corpora) or 'the table'}: emotions against {reference}, within speaker"
    with DRAWING:
        png = png_bytes(profile_figure(found, title, table.notice, _TOP), DPI)
    said = [
        f"{emotion}: " + ", ".join(f"{row.feature} {row.effect:+.1f}" for row in own.head(_NAMED).itertuples())
        for emotion, own in found.dropna(subset="effect").groupby("emotion")
    ]
    words = f"Effects of emotions on features against {reference} (Hedges' g). The largest of each: {'; '.join(said)}."
    return Picture("Profile of the emotions", png, words.replace("-", "\N{MINUS SIGN}"))

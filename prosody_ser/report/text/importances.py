"""Importances as plain text for a terminal."""

from typing import Any

import pandas as pd

from ...errors import counted, listed
from ...terminal_view import fits
from ..grid import grid

UNCHANGED = "no difference to the UAR when shuffled"
_COUNTED = {"feature": ("feature", "features"), "cluster": ("cluster", "clusters"), "family": ("family", "families")}
_NOT_TO_CHOOSE = (
    "Do not choose features by this ranking and score them on the same clips: that score would be too high. "
    "'cv --select' chooses features on the training clips of each fold."
)


def unchanged(importances: pd.DataFrame) -> pd.Series:
    """Which features, clusters or families change the UAR in no shuffle at all; they have no meaningful rank."""
    return (importances["importance"] == 0) & (importances["sd"] == 0)


@fits
def importances_text(importances: pd.DataFrame, notice: str | None, top: int = 20) -> str:
    """Format the most important features, clusters or families as a table.

    Parameters
    ----------
    importances : DataFrame
        From :func:`prosody_ser.importances`, or one of those from :func:`prosody_ser.importances_by`.
    notice : str or None
        A note that is shown first.
    top : int
        Largest number of rows.
    """
    lines = [f"NOTE: {notice}", ""] if notice else []
    what = next(word for word in ("feature", "cluster", "family") if word in importances)
    rows = []
    without = unchanged(importances)
    ranked = importances[~without]
    for row in ranked.head(top).itertuples():
        folds = f"{row.sd_folds:.4f}" if pd.notna(row.sd_folds) else "-"
        rows.append([str(row.rank), f"{row.importance:.4f}", f"{row.sd:.4f}", folds, _named(row, what)])
    if rows:
        lines.append(grid(["rank", "UAR lost", "sd", "sd folds", what], rows, text=[4]))
    if len(ranked) > top:
        lines.append(f"... and {len(ranked) - top} more")
    if without.any():
        lines.append(f"{UNCHANGED}: {counted(int(without.sum()), *_COUNTED[what])}")
    if rows:
        lines.append("sd: standard deviation over the shuffles; sd folds: over the folds (- : one fold only)")
        lines.append(_NOT_TO_CHOOSE)
    return "\n".join(lines)


@fits
def drop_family_text(losses: pd.DataFrame) -> str:
    """Format the UAR that is lost without each family; `losses` is from :func:`prosody_ser.drop_family`."""
    rows = []
    for row in losses.itertuples():
        interval = f"{row.low:+z.4f} to {row.high:+z.4f}" if pd.notna(row.low) else "too few speakers"
        rows.append([_named(row, "family"), f"{row.uar_lost:+z.4f}", interval, f"{row.uar_without:.3f}"])
    header = ["family", "UAR lost", "95 % over speakers", "UAR without"]
    return f"models fitted without one family (UAR with all features {losses.attrs['uar']:.3f})\n{grid(header, rows)}"


@fits
def in_sample_text(weights: pd.DataFrame, top: int = 20) -> str:
    """Format the largest coefficients or impurity importances, with the warning about them first."""
    lines = [f"IN-SAMPLE {weights.attrs['kind']}: {weights.attrs['warning'].removeprefix('in-sample: ')}"]
    columns = [name for name in weights.columns if name not in ("rank", "feature", "family")]
    rows = [[row["feature"], *(f"{row[name]:.4f}" for name in columns)] for row in weights.head(top).to_dict("records")]
    lines.append(grid(["feature", *columns], rows))
    if len(weights) > top:
        lines.append(f"... and {len(weights) - top} more")
    return "\n".join(lines)


def importances_lines(data: dict) -> list[str]:
    """List the most important features, clusters and families of a result, in brief."""
    lines = []
    for what, named in (("families", "family"), ("clusters", "cluster"), ("features", "feature")):
        rows = data[what][:5]
        if rows:
            shown = ", ".join(f"{row[named]} {row['importance']:.3f}" for row in rows)
            lines.append(f"UAR lost when shuffled, {what}: {shown}" + (" ..." if len(data[what]) > 5 else ""))
    return lines


def _named(row: Any, what: str) -> str:
    if what == "family":
        return f"{row.family} ({row.n_features})"
    if what == "cluster" and len(row.features) > 1:
        others = row.features[1:]
        return f"{row.cluster} + {len(others)}: {listed(others, 12)}"
    return getattr(row, what)

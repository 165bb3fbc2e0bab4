"""Data for the drawings and tables of the HTML page: rows, their order, and positions on a scale."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...catalogue import all_features
from ...results.reliability import FEW, reliability_bins
from ..number_format import number
from .palette import step_class

#: Number of rows of a ranking that are visible, and that can be unfolded; the JSON has all.
OPEN_ROWS, ALL_ROWS = 20, 200
PROFILE_ROWS = 30
SIGNIFICANT = 0.05


class Scale:
    """A line from `low` to `high`, with positions in per cent of its width and `margin` per cent free at both ends."""

    def __init__(self, low: float = 0.0, high: float = 1.0, margin: float = 4.0) -> None:
        self.low, self.high, self.margin = low, high, margin

    @classmethod
    def over(cls, values: Iterable[float | None], margin: float = 2.0) -> "Scale":
        """Make a scale that covers 0 and all values."""
        known = [value for value in values if value is not None]
        low, high = min([0.0, *known]), max([0.0, *known])
        return cls(low, high if high > low else low + 1.0, margin)

    def at(self, value: float) -> str:
        """Position of a value, as SVG needs it: ``61.25%``."""
        share = min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
        return f"{self.margin + (100 - 2 * self.margin) * share:.2f}%"

    def wide(self, first: float, second: float) -> str:
        """Width from one value to another."""
        return f"{abs(float(self.at(second)[:-1]) - float(self.at(first)[:-1])):.2f}%"


def confusion_rows(confusion: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Rows of cells: `count`, `share` of the row (None if that is empty), `right` on the diagonal, and `css` class."""
    labels = confusion["labels"]
    rows = []
    for i, counts in enumerate(confusion["counts"]):
        total = sum(counts)
        cells = []
        for j, count in enumerate(counts):
            share = count / total if total else None
            css = step_class(share, "b" if i == j else "o")
            cells.append({"count": count, "share": share, "right": i == j, "css": css, "predicted": labels[j]})
        rows.append((labels[i], cells))
    return rows


def span_of(clip: Mapping[str, Any]) -> str:
    """Bounds of a clip within its file; empty if it starts at the beginning of the file."""
    start, end = clip["start"], clip["end"]
    if not start:
        return ""
    return f"{start:.2f} s to {'the end' if end is None else f'{end:.2f} s'}"


def group_rows(block: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Groups, the best first."""
    return sorted(block["groups"].items(), key=lambda pair: (-pair[1]["uar"], pair[0]))


def definition(feature: str) -> str:
    """Definition of a feature of the catalogue; empty for other features."""
    known = all_features().get(feature)
    return known.definition if known else ""


def importances(block: Mapping[str, Any]) -> dict[str, Any]:
    """Rankings by feature, cluster and family."""
    return {name: _ranked(block.get(name) or []) for name in ("features", "clusters", "families")}


def _ranked(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    shown = sorted(rows, key=lambda row: row["rank"])[:ALL_ROWS]
    return {"rows": shown, "n": len(rows), "scale": Scale.over(_reached(shown))}


def _reached(rows: Sequence[Mapping[str, Any]]) -> Iterator[float]:
    for row in rows:
        spread = row.get("sd_folds") or row.get("sd") or 0.0
        yield row["importance"] - spread
        yield row["importance"] + spread


def profile(block: Mapping[str, Any]) -> dict[str, Any]:
    """Table of features by emotions, the most changed features first.

    Returns
    -------
    dict
        `emotions`; `rows` of (feature, unit, cells), where a cell is None or a dict of `effect`, `low`, `high`,
        `significant` and `css`; `n_features`, the number of all features; `largest`, the effect with the strongest
        colour.
    """
    emotions = sorted({row["emotion"] for row in block["rows"]})
    by_feature: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    strongest: dict[str, float] = defaultdict(float)
    for row in block["rows"]:
        by_feature[row["feature"]][row["emotion"]] = row
        strongest[row["feature"]] = max(strongest[row["feature"]], abs(row["effect"] or 0.0))
    order = sorted(by_feature, key=lambda feature: (-strongest[feature], feature))[:PROFILE_ROWS]
    largest = max(strongest.values(), default=0.0)
    rows = []
    for feature in order:
        cells = [_effect(by_feature[feature].get(emotion), largest) for emotion in emotions]
        unit = next((row.get("unit") for row in by_feature[feature].values()), None)
        rows.append((feature, unit or "", cells))
    return {"emotions": emotions, "rows": rows, "n_features": len(by_feature), "largest": largest}


def _effect(row: Mapping[str, Any] | None, largest: float) -> dict[str, Any] | None:
    if row is None or row["effect"] is None:
        return None
    corrected = row.get("p_corrected")
    return {
        "effect": row["effect"],
        "low": row.get("low"),
        "high": row.get("high"),
        "significant": corrected is not None and corrected < SIGNIFICANT,
        "css": step_class(row["effect"], "o" if row["effect"] > 0 else "b", largest),
    }


def reliability(data: Mapping[str, Any]) -> dict[str, Any]:
    """Bins of the reliability curve; their points with intervals, and bars of their counts, in units of the drawing."""
    bins = reliability_bins(data)
    most = max((row.n for row in bins), default=1)
    points = [
        {
            "x": _x(row.mean_confidence),
            "y": _y(row.accuracy),
            "low": _y(row.interval[0]),
            "high": _y(row.interval[1]),
            "few": row.few,
        }
        for row in bins
    ]
    bars = [
        {
            "x": _x(row.low) + 1,
            "width": round(_x(row.high) - _x(row.low) - 2, 2),
            "height": round(44 * row.n / most, 2),
            "few": row.few,
        }
        for row in bins
    ]
    return {"points": points, "bars": bars, "bins": bins, "few": FEW}


def training(block: Mapping[str, Any]) -> dict[str, Any]:
    """Lines of the loss by epoch, one for each network, on the training clips and on the validation clips if any."""
    losses = [(run["loss"], run.get("validation", {}).get("loss", [])) for run in block["folds"]]
    top = max((value for pair in losses for values in pair for value in values), default=1.0) or 1.0
    epochs = max((len(training_loss) for training_loss, _ in losses), default=1)

    def line(values: Sequence[float]) -> str:
        step = 1 / max(epochs - 1, 1)
        return " ".join(f"{_x(i * step)},{_y(value / top)}" for i, value in enumerate(values))

    fitted, held_out = zip(*losses, strict=True) if losses else ((), ())
    lines = {"fitted": [line(values) for values in fitted], "held_out": [line(values) for values in held_out if values]}
    return {**lines, "top": top, "epochs": epochs}


def _x(share: float) -> float:
    return round(44 + 260 * share, 2)


def _y(share: float) -> float:
    return round(272 - 260 * share, 2)


def in_sample(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Table of the weights of features in a fit on all clips: one number each, or one for each emotion."""
    weights = [row.get("coefficients") or {"importance": row.get("importance")} for row in rows]
    names = list(dict.fromkeys(name for numbers in weights for name in numbers))
    lines = [
        [row["feature"], row["family"], *(number(numbers.get(name)) for name in names)]
        for row, numbers in zip(rows[:OPEN_ROWS], weights, strict=False)
    ]
    return {"header": ["feature", "family", *names], "rows": lines, "n": len(rows)}

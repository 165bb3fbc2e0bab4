"""The scores of a result in plain lines: headline with intervals, tracks side by side, probabilities, groups.

Every block takes the content of ``result.json`` and gives no line where the result lacks what it shows.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

_HEADLINE = {"uar": "UAR", "accuracy": "accuracy", "macro_f1": "macro F1", "weighted_f1": "weighted F1"}
_GROUPS = {"sex": "sex", "age_group": "age", "language": "language"}


def headline_lines(data: dict[str, Any]) -> list[str]:
    """UAR first, then the others, with their intervals, or why there are none; the p-value if there is one."""
    intervals = data.get("intervals")
    lines = []
    for key, name in _HEADLINE.items():
        if key in data:
            interval = f"   {_range(intervals[key])}" if intervals else ""
            chance = f"   (chance {1 / len(data['labels']):.3f})" if key == "uar" else ""
            lines.append(f"{name:11}  {data[key]:.3f}{interval}{chance}")
    if intervals:
        lines.append(f"[{intervals['level']:.0%} interval: {intervals['method']}]")
    elif data.get("interval_note"):
        lines.append(f"no intervals: {data['interval_note']}")
    if "permutation" in data:
        found = data["permutation"]
        spread = "" if found["null_sd"] is None else f" (sd {found['null_sd']:.3f})"
        lines.append(
            f"p = {found['p_value']:.4g}: {found['n_permutations']} runs on {found['method']} gave a mean UAR of "
            f"{found['null_mean']:.3f}{spread}"
        )
    return lines


def track_lines(data: dict[str, Any]) -> list[str]:
    """All tracks of the result side by side, each with what it used of a test speaker."""
    others = data.get("alongside")
    if not others:
        return []
    main = data | data["protocol"]
    width = max(len(track["track"]) for track in (main, *others))
    with_intervals = data["intervals"] is not None
    head = f"{'':{width}}    UAR" + f"  {'':14}" * with_intervals + "  accuracy  macro F1  difference"
    lines = ["tracks, on the same folds and clips; they answer different questions", head]
    for track in (main, *others):
        line = f"{track['track']:{width}}  {track['uar']:.3f}"
        line += f"  {_range(track['intervals']['uar'])}" if with_intervals else ""
        line += f"  {track['accuracy']:8.3f}  {track['macro_f1']:8.3f}"
        if "difference_uar" in track:
            line += f"  {track['difference_uar']:+10.3f}"
            line += f"  {_range(track['difference_interval'], '+')}" if track["difference_interval"] else ""
        lines.append(line)
    lines += [
        f"{track['track']}: {clips_used(track['clips_of_speaker'])}. {track['track_note']}" for track in (main, *others)
    ]
    return lines


def clips_used(clips: dict[str, Any] | None) -> str:
    """How many clips of a test speaker their normalisation used, in words."""
    if clips is None:
        return "no clips of a test speaker used"
    if clips["least"] == clips["most"]:
        return f"{clips['least']} clips of each test speaker used"
    return f"{clips['least']} to {clips['most']} clips of each test speaker used (median {clips['median']:g})"


def calibration_lines(data: dict[str, Any]) -> list[str]:
    """Brier score and expected calibration error, or why there are none."""
    if "calibration" not in data:
        return []
    found = data["calibration"]
    if found is None:
        kind = data["protocol"]["score_kind"]
        why = "the model gives no scores" if kind == "none" else f"its scores are {kind}s, which '--calibrate' changes"
        return [f"no Brier score and no calibration error: the model gives no probabilities ({why})"]
    lines = [
        f"Brier score {found['brier']:.3f} (0 best, 2 worst), expected calibration error {found['ece']:.3f}",
        "confidence      clips  mean confidence  accuracy",
    ]
    for one in found["bins"]:
        if one["n"]:
            lines.append(
                f"{one['low']:.1f} to {one['high']:.1f}  {one['n']:9d}  {one['mean_confidence']:15.3f}"
                f"  {one['accuracy']:8.3f}"
            )
    return lines


def group_lines(data: dict[str, Any]) -> list[str]:
    """Scores by sex, age group and language, and the gap."""
    lines = []
    for key, found in data.get("groups", {}).items():
        width = max(len(name) for name in (_GROUPS[key], *found["groups"]))
        lines.append(f"{'by ' + _GROUPS[key]:{width + 3}}  clips  speakers    UAR  accuracy  macro F1")
        for name, row in found["groups"].items():
            lines.append(
                f"   {name:{width}}  {row['n_clips']:5d}  {row['n_speakers']:8d}  {row['uar']:.3f}"
                f"  {row['accuracy']:8.3f}  {row['macro_f1']:8.3f}"
            )
        if found["gap"] is not None:
            best, worst = found["gap_between"]
            interval = f" {_range(found['gap_interval'])}" if found["gap_interval"] else ""
            lines.append(f"   gap in UAR {found['gap']:.3f}{interval}: {best} above {worst}")
        if found["note"]:
            lines.append(f"   {found['note']}")
    return lines


def confusion_lines(confusion: dict[str, Any]) -> list[str]:
    """Counts, then per cent of each row: the diagonal is the recall."""
    labels = confusion["labels"]
    lines = ["confusion (rows: true, columns: predicted)", *_matrix(labels, confusion["counts"], str)]
    if "row_shares" in confusion:
        lines += ["in % of each row", *_matrix(labels, confusion["row_shares"], _per_cent)]
    return lines


def _matrix(labels: Sequence[str], cells: Sequence[Sequence[Any]], written: Callable[[Any], str]) -> Iterator[str]:
    width = max(len(label) for label in labels)
    columns = [max(5, len(label)) for label in labels]
    yield " " * width + "".join(f"  {label:>{w}}" for label, w in zip(labels, columns, strict=True))
    for label, row in zip(labels, cells, strict=True):
        yield f"{label:{width}}" + "".join(f"  {written(cell):>{w}}" for cell, w in zip(row, columns, strict=True))


def _per_cent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f}"


def _range(ends: Sequence[float], sign: str = "") -> str:
    return f"[{ends[0]:{sign}.3f}, {ends[1]:{sign}.3f}]"

"""The scores of a result in lines of text: scores with intervals, tracks side by side, probabilities, groups.

Every function takes the content of ``result.json`` and gives no lines if the result lacks what it shows.
"""

from typing import Any

from ...errors import counted
from ..grid import brackets, grid

_HEADLINE = {"uar": "UAR", "accuracy": "accuracy", "macro_f1": "macro F1", "weighted_f1": "weighted F1"}
_GROUPS = {"sex": "sex", "age_group": "age", "language": "language"}


def headline_lines(data: dict[str, Any]) -> list[str]:
    """Show UAR and the other scores with their intervals, or why there are none; and the p-value if there is one."""
    intervals = data.get("intervals")
    lines = []
    for key, name in _HEADLINE.items():
        if key in data:
            interval = f"   {brackets(intervals[key])}" if intervals else ""
            chance = f"   (chance {1 / len(data['labels']):.3f})" if key == "uar" else ""
            lines.append(f"{name:11}  {data[key]:.3f}{interval}{chance}")
    if intervals:
        lines.append(
            f"[{intervals['level']:.0%} interval: {intervals['method']}: how far the score may be from that of many "
            "speakers, judged by leaving out one speaker after the other]"
        )
    if data.get("interval_note"):
        lines.append(("" if intervals else "no intervals: ") + data["interval_note"])
    if "permutation" in data:
        test = data["permutation"]
        spread = "" if test["null_sd"] is None else f" (sd {test['null_sd']:.3f})"
        lines.append(
            f"p = {test['p_value']:.4g}: {counted(test['n_permutations'], 'run')} on {test['method']} gave a mean "
            f"UAR of {test['null_mean']:.3f}{spread}"
        )
        if test["p_value"] <= 1 / (test["n_permutations"] + 1):
            lines.append(f"(the smallest possible p with {counted(test['n_permutations'], 'run')})")
    return lines


def track_lines(data: dict[str, Any]) -> list[str]:
    """Show all tracks of the result side by side, each with the clips of a test speaker that it used."""
    others = data.get("alongside")
    if not others:
        return []
    main = data | data["protocol"]
    rows = []
    for track in (main, *others):
        interval = brackets(track["intervals"]["uar"]) if data["intervals"] is not None else ""
        difference = f"{track['difference_uar']:+z.3f}" if "difference_uar" in track else ""
        apart = brackets(track.get("difference_interval"), "+z.3f")
        scores = (f"{track[name]:.3f}" for name in ("accuracy", "macro_f1"))
        rows.append([track["track"], f"{track['uar']:.3f} {interval}", *scores, f"{difference} {apart}"])
    lines = [
        "tracks, on the same folds and clips (they answer different questions)",
        grid(["", "UAR", "accuracy", "macro F1", "difference"], rows),
    ]
    lines += [
        f"{track['track']}: {clips_used(track['clips_of_speaker'])}. {track['track_note']}" for track in (main, *others)
    ]
    return lines


def clips_used(clips: dict[str, Any] | None) -> str:
    """Say how many clips of a test speaker were used to normalise that speaker."""
    if clips is None:
        return "no clips of a test speaker are used for normalisation"
    if clips["least"] == clips["most"]:
        return (
            f"{counted(clips['least'], 'clip of each test speaker is', 'clips of each test speaker are')} used for "
            "normalisation"
        )
    return (
        f"{clips['least']} to {counted(clips['most'], 'clip')} of each test speaker (median {clips['median']:g}) are "
        "used for normalisation"
    )


def calibration_lines(data: dict[str, Any]) -> list[str]:
    """Show the Brier score and the expected calibration error, or why there are none."""
    if "calibration" not in data:
        return []
    calibration = data["calibration"]
    if calibration is None:
        kind = data["protocol"]["score_kind"]
        cause = "it gives labels only"
        if kind != "none":
            cause = f"it gives {kind}s; '--calibrate' turns them into probabilities"
        return [f"no Brier score and no calibration error: the model gives no probabilities ({cause})"]
    rows = [
        [f"{b['low']:.1f} to {b['high']:.1f}", str(b["n"]), f"{b['mean_confidence']:.3f}", f"{b['accuracy']:.3f}"]
        for b in calibration["bins"]
        if b["n"]
    ]
    brier, ece = calibration["brier"], calibration["ece"]
    return [
        f"Brier score {brier:.3f} (0: best, 2: worst), expected calibration error {ece:.3f}",
        grid(["confidence", "clips", "mean confidence", "accuracy"], rows),
    ]


def group_lines(data: dict[str, Any]) -> list[str]:
    """Show the scores by sex, age group and language, and the gap between the best and the worst group."""
    lines = []
    for key, block in data.get("groups", {}).items():
        scores = ("uar", "accuracy", "macro_f1")
        rows = [
            [name, str(row["n_clips"]), str(row["n_speakers"]), *(f"{row[score]:.3f}" for score in scores)]
            for name, row in block["groups"].items()
        ]
        lines.append(grid([f"by {_GROUPS[key]}", "clips", "speakers", "UAR", "accuracy", "macro F1"], rows))
        if block["gap"] is not None:
            best, worst = block["gap_between"]
            interval = f" {brackets(block['gap_interval'])}" if block["gap_interval"] else ""
            lines.append(f"   gap in UAR {block['gap']:.3f}{interval}: {best} above {worst}")
        if block["note"]:
            lines.append(f"   {block['note']}")
    return lines


def confusion_lines(confusion: dict[str, Any]) -> list[str]:
    """Show the confusion matrix in counts, then in per cent of each row, whose diagonal is the recall."""
    labels = confusion["labels"]
    rows = [[label, *map(str, counts)] for label, counts in zip(labels, confusion["counts"], strict=True)]
    lines = ["confusion (rows: true, columns: predicted)", grid(["", *labels], rows)]
    if "row_shares" in confusion:
        shares = zip(labels, confusion["row_shares"], strict=True)
        lines += ["in % of each row", grid(["", *labels], [[label, *map(_per_cent, row)] for label, row in shares])]
    return lines


def _per_cent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f}"

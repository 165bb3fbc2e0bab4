"""What each fold chose, parameters by nested tuning and features by selection, as plain text."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from ...errors import listed
from ..grid import grid
from ..number_format import said

#: Features that are named, at the most.
_SHOWN = 25


def tuning_text(data: dict[str, Any]) -> str:
    """Of a result with ``tuning``: the search, each outer fold's choice and UAR, inner and outer, and the final fit."""
    tuning = data["tuning"]
    outer = _uar_by_fold(data["clips"])
    inner = fmean(fold["inner_uar"] for fold in tuning["folds"])
    lines = [
        f"tuning: {tuning['search']} search over {tuning['n_candidates']} candidates ({tuning['space']} space), "
        f"{tuning['inner_folds']} inner folds of the training speakers"
    ]
    rows = [
        [str(fold["fold"]), f"{fold['inner_uar']:.3f}", f"{outer[fold['fold']]:.3f}", _parameters(fold["best"])]
        for fold in tuning["folds"]
    ]
    of_all = "(outer: pooled, the score; a fold's own: over its emotions)"
    rows.append(["mean", f"{inner:.3f}", f"{data['uar']:.3f}", of_all])
    lines.append(grid(["fold", "inner UAR", "outer UAR", "best"], rows, text=[3]))
    lines.append(f"inner less outer {inner - data['uar']:+.3f}")
    if tuning["final"] is not None:
        final = tuning["final"]
        lines.append(f"final fit on all clips: {_parameters(final['best'])} (inner UAR {final['inner_uar']:.3f})")
    return "\n".join([*lines, tuning["note"]])


def _uar_by_fold(clips: Sequence[Mapping[str, Any]]) -> dict[int, float]:
    """UAR of each outer fold over the emotions that its test clips have."""
    right: dict[int, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for clip in clips:
        right[clip["fold"]][clip["emotion"]].append(clip["predicted"] == clip["emotion"])
    return {fold: fmean(fmean(hits) for hits in by_emotion.values()) for fold, by_emotion in right.items()}


def _parameters(best: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.rpartition('__')[2]}={said(value)}" for name, value in best.items())


def selection_text(data: dict[str, Any]) -> str:
    """Of a result with ``selection``: how many features, how stable the choice, and those that every fold took."""
    selection = data["selection"]
    features = selection["features"]
    stability = selection["stability"]
    said = "undefined" if stability is None else f"{stability:.3f}"
    always = [row["feature"] for row in features if row["share_of_folds"] == 1]
    lines = [
        f"selection: {selection['method']}",
        f"  {selection['n_features_mean']:.1f} of {data['protocol']['n_features']} features a fold; stability {said} "
        f"by {selection['stability_measure']}: 1 the same in every fold, 0 as if drawn at random",
        f"  in every fold, {len(always)}: {listed(always, _SHOWN) or 'none'}",
        f"  in some folds only: {len(features) - len(always)}",
    ]
    return "\n".join(lines)

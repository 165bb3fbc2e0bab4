"""The choices of each fold, parameters by nested tuning and features by selection, as plain text."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from ...errors import counted, listed
from ..grid import grid
from ..number_format import value_text

#: Largest number of features that are named.
_SHOWN = 25


def tuning_text(data: dict[str, Any]) -> str:
    """Describe the tuning of a result: the search, the choice and the UAR of each outer fold, and the final fit."""
    tuning = data["tuning"]
    outer = _uar_by_fold(data["clips"])
    inner = fmean(fold["inner_uar"] for fold in tuning["folds"])
    lines = [
        f"tuning: {tuning['search']} search over {counted(tuning['n_candidates'], 'candidate')} ({tuning['space']} "
        f"space), {counted(tuning['inner_folds'], 'inner fold')} of the training speakers"
    ]
    rows = [
        [str(fold["fold"] + 1), f"{fold['inner_uar']:.3f}", f"{outer[fold['fold']]:.3f}", _parameters(fold["best"])]
        for fold in tuning["folds"]
    ]
    rows.append(["mean", f"{inner:.3f}", f"{fmean(outer[fold['fold']] for fold in tuning['folds']):.3f}", ""])
    lines.append(grid(["fold", "inner UAR", "outer UAR", "best"], rows, text=[3]))
    lines.append("outer UAR of a fold: over the emotions that its test clips have")
    lines.append(
        f"the score, over the clips of all folds: UAR {data['uar']:.3f}; mean inner UAR minus the score: "
        f"{inner - data['uar']:+z.3f}"
    )
    if tuning["final"] is not None:
        final = tuning["final"]
        lines.append(f"final fit on all clips: {_parameters(final['best'])} (inner UAR {final['inner_uar']:.3f})")
    return "\n".join([*lines, tuning["note"]])


def _uar_by_fold(clips: Sequence[Mapping[str, Any]]) -> dict[int, float]:
    """UAR of each outer fold over the emotions of its test clips."""
    right: dict[int, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for clip in clips:
        right[clip["fold"]][clip["emotion"]].append(clip["predicted"] == clip["emotion"])
    return {fold: fmean(fmean(hits) for hits in by_emotion.values()) for fold, by_emotion in right.items()}


def _parameters(best: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.rpartition('__')[2]}={value_text(value)}" for name, value in best.items())


def selection_text(data: dict[str, Any]) -> str:
    """Describe the feature selection of a result: number of features, stability, and those chosen in every fold."""
    selection = data["selection"]
    features = selection["features"]
    stability = selection["stability"]
    value = "undefined" if stability is None else f"{stability:.3f}"
    always = [row["feature"] for row in features if row["share_of_folds"] == 1]
    of_all = f"{selection['n_features_mean']:.1f} of {data['protocol']['n_features']}"
    lines = [
        f"selection: {selection['method']}",
        f"  {of_all} features per fold; stability {value} "
        f"({selection['stability_measure']}; 1: the same in every fold, 0: as if drawn at random)",
        f"  chosen in every fold, {len(always)}: {listed(always, _SHOWN) or 'none'}",
        f"  chosen in some folds only: {len(features) - len(always)}",
    ]
    return "\n".join(lines)

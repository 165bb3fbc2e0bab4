"""What each fold chose, parameters by nested tuning and features by selection, as plain text."""

import textwrap
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from ...errors import listed
from ..number_format import said

_WIDTH = 110
#: Features that are named, at the most.
_SHOWN = 25


def tuning_text(data: dict[str, Any]) -> str:
    """Of a result with ``tuning``: the search, each outer fold's choice and UAR, inner and outer, and the final fit."""
    tuning = data["tuning"]
    outer = _uar_by_fold(data["clips"])
    inner = fmean(fold["inner_uar"] for fold in tuning["folds"])
    lines = [
        f"tuning: {tuning['search']} search over {tuning['n_candidates']} candidates ({tuning['space']} space), "
        f"{tuning['inner_folds']} inner folds of the training speakers",
        "fold  inner UAR  outer UAR  best",
    ]
    for fold in tuning["folds"]:
        number = fold["fold"]
        lines.append(f"{number:4d}  {fold['inner_uar']:9.3f}  {outer[number]:9.3f}  {_parameters(fold['best'])}")
    lines += [
        f"{'mean':4}  {inner:9.3f}  {data['uar']:9.3f}  (outer: pooled, the score; a fold's own: over its emotions)",
        f"inner less outer {inner - data['uar']:+.3f}",
    ]
    if tuning["final"] is not None:
        final = tuning["final"]
        lines.append(f"final fit on all clips: {_parameters(final['best'])} (inner UAR {final['inner_uar']:.3f})")
    return "\n".join([*lines, *textwrap.wrap(tuning["note"], _WIDTH)])


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
        *textwrap.wrap(
            f"in every fold, {len(always)}: {listed(always, _SHOWN) or 'none'}",
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
        ),
        f"  in some folds only: {len(features) - len(always)}",
    ]
    return "\n".join(lines)

"""What a learning curve, and the epochs of a network, say in words."""

from collections.abc import Mapping
from statistics import mean
from typing import Any

from ..errors import counted


def gap_in_words(found: Mapping[str, Any]) -> str:
    """How far the score lies below that on the training clips, and whether more speakers would help."""
    *before, last = found["points"]
    text = (
        f"On the clips that it learned from the model reaches a UAR of {last['training_uar']:.3f}, on speakers whom it "
        f"never heard {last['uar']:.3f}: the first is no score, and the gap of "
        f"{last['training_uar'] - last['uar']:.3f} is what does not carry over to other voices."
    )
    if before:
        gain = last["uar"] - before[-1]["uar"]
        text += (
            f" From {before[-1]['n_speakers']} to {last['n_speakers']} speakers the score of unheard ones went "
            f"{'up' if gain >= 0 else 'down'} by {abs(gain):.3f}."
        )
    return text


def epochs_in_words(data: Mapping[str, Any]) -> str:
    """How far the score lies below what the networks reached on the clips that they learned from and stopped by."""
    runs = data["training"]["folds"]
    n_folds = len({run["fold"] for run in runs})
    stopped = [run for run in runs if run.get("validation", {}).get("uar")]
    if not stopped:
        n_epochs = mean(len(run["loss"]) for run in runs)
        return (
            f"The network learned for {n_epochs:.0f} epochs on average over {counted(n_folds, 'fold')}, until its "
            f"training loss was {mean(run['loss'][-1] for run in runs):.3f}. That says how well it "
            "knows its own clips, not how good it is."
        )
    at = [run["kept_epoch"] - 1 for run in stopped]
    own, held_out = (
        mean(values[i] for values, i in zip(of_runs, at, strict=True))
        for of_runs in ([run["uar"] for run in stopped], [run["validation"]["uar"] for run in stopped])
    )
    text = (
        f"The networks trained for {mean(at) + 1:.0f} epochs (mean over {counted(n_folds, 'fold')}), as many as "
        f"served validation speakers best: there the UAR was {own:.3f} on the clips that were learned from, with parts "
        f"of them hidden, and {held_out:.3f} on the validation speakers. On speakers whom nothing was chosen by it is "
        f"{data['uar']:.3f}, and only this is the score"
    )
    gap = own - data["uar"]
    return f"{text}: a gap of {gap:.3f} to the training clips." if gap > 0 else f"{text}."

"""Sentences about a learning curve, and about the training epochs of networks."""

from collections.abc import Mapping
from statistics import mean
from typing import Any

from ..errors import counted


def gap_in_words(curve: Mapping[str, Any]) -> str:
    """Describe the gap between training clips and held-out speakers, and whether more speakers would help."""
    *before, last = curve["points"]
    text = (
        f"The model reaches a UAR of {last['training_uar']:.3f} on its training clips and of {last['uar']:.3f} on "
        f"held-out speakers. Only the second is a score. The gap of {last['training_uar'] - last['uar']:.3f} is what "
        "the model learned about its training speakers that does not hold for other speakers."
    )
    if before:
        gain = last["uar"] - before[-1]["uar"]
        text += (
            f" From {before[-1]['n_speakers']} to {counted(last['n_speakers'], 'training speaker')}, the score on "
            f"held-out speakers {'rose' if gain >= 0 else 'fell'} by {abs(gain):.3f}."
        )
    return text


def epochs_in_words(data: Mapping[str, Any]) -> str:
    """Describe for how long the networks were trained, and their UAR on training and validation clips."""
    runs = data["training"]["folds"]
    n_folds = len({run["fold"] for run in runs})
    stopped = [run for run in runs if run.get("validation", {}).get("uar")]
    if not stopped:
        n_epochs = mean(len(run["loss"]) for run in runs)
        return (
            f"The network was trained for {n_epochs:.0f} epochs (mean over {counted(n_folds, 'fold')}), and its "
            f"training loss ended at {mean(run['loss'][-1] for run in runs):.3f}. The loss says how well the network "
            "fits its training clips, not how good it is."
        )
    kept = [run["kept_epoch"] - 1 for run in stopped]
    training, validation = (
        mean(values[i] for values, i in zip(of_runs, kept, strict=True))
        for of_runs in ([run["uar"] for run in stopped], [run["validation"]["uar"] for run in stopped])
    )
    text = (
        f"The networks were trained for {mean(kept) + 1:.0f} epochs (mean over {counted(n_folds, 'fold')}); this "
        f"number was chosen by the UAR on validation speakers. In that epoch the UAR was {training:.3f} on the "
        f"training clips, parts of which were masked, and {validation:.3f} on the validation speakers. Only the UAR on "
        f"the held-out test speakers, {data['uar']:.3f}, is the score"
    )
    gap = training - data["uar"]
    return f"{text}; it is {gap:.3f} below that on the training clips." if gap > 0 else f"{text}."

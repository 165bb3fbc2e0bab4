"""What each fold chose for itself, parameters and features, and how a result tells it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...results.jsonable import plain
from ..classifiers.calibration import SpeakerCalibratedClassifier
from ..preprocessing.selection import described
from ..tuning.classifier import SpeakerTunedClassifier
from ..tuning.unwrap import unwrapped
from .selection_stability import selection_block

_MEASURES = ("loss", "accuracy", "uar")
METRIC = "UAR, pooled over the inner held-out predictions"
_NOTE = (
    "Parameters were searched on speaker-grouped inner folds of each fold's training clips; the test speakers had no "
    "part in it. The inner UAR is the best of all candidates on the clips that chose it, so it tends to be too high: "
    "the score is the outer UAR."
)

_LOSS_NOTE = (
    "What the network minimised on the training clips of each fold, epoch by epoch. A loss that falls says that it "
    "learns those clips, not that it will know others: the score is the UAR of unheard speakers."
)
_EPOCHS_NOTE = (
    "How long to train, found out in each fold without its test speakers: epoch by epoch, on the clips that the "
    "network learned from (as they were then, with parts hidden) and on validation clips, of training speakers whom it "
    "did not hear. Then it was trained anew on all training clips, for as many epochs. Neither figure is the score, "
    "which is the UAR of the test speakers."
)


def steps_of(pipeline: Any) -> list[tuple[str, Any, dict[str, Any]]]:
    """Name, estimator and own parameters of each step, and of what calibrates or tunes them, from the inside out."""
    around: list[tuple[str, Any, dict[str, Any]]] = []
    while isinstance(pipeline, SpeakerCalibratedClassifier | SpeakerTunedClassifier):
        name = "tune" if isinstance(pipeline, SpeakerTunedClassifier) else "calibrate"
        own = {key: value for key, value in pipeline.get_params(deep=False).items() if key != "estimator"}
        around.append((name, pipeline, own))
        pipeline = pipeline.estimator
    parts = list(pipeline.named_steps.items()) if hasattr(pipeline, "named_steps") else [("model", pipeline)]
    return [(name, step, step.get_params(deep=False)) for name, step in parts] + around[::-1]


def choices_of_fold(fitted: Any) -> dict[str, Any]:
    """What a fitted pipeline chose: under `tuned` its parameters, under `selected` the mask of its features.

    Under `epochs` is what happened in each, where it learned by epochs.
    """
    found: dict[str, Any] = {}
    if isinstance(fitted, SpeakerTunedClassifier):
        found["tuned"] = {"best": plain(fitted.best_params_), "inner_uar": fitted.best_score_}
        found["n_folds_lacking"] = fitted.n_folds_lacking_
        candidates: list[dict[str, Any]] = fitted.candidates_
        found["candidates"] = [plain(candidate["parameters"]) for candidate in candidates]
    selector = dict(getattr(unwrapped(fitted), "steps", [])).get("select")
    if selector is not None and hasattr(selector, "get_support"):
        found["selected"] = np.asarray(selector.get_support())
    epochs = _epochs_of(getattr(unwrapped(fitted), "steps", [("", None)])[-1][1])
    if epochs:
        found["epochs"] = epochs
    return found


def _epochs_of(model: Any) -> list[dict[str, Any]]:
    """What happened while a fitted model learned by epochs, as a list of one; empty for any other model."""
    loss = getattr(model, "loss_curve_", None)
    if loss is not None:
        return [{"loss": [float(value) for value in loss]}]
    if not hasattr(model, "history_"):
        return []
    train, valid = (
        {name: [epoch[f"{part}_{name}"] for epoch in model.history_] for name in _MEASURES}
        for part in ("train", "valid")
    )
    speakers, n_epochs = model.validation_speakers_, model.n_epochs_
    return [{**train, "validation": valid, "validation_speakers": speakers, "kept_epoch": n_epochs}]


def said_of_choices(pipeline: Any, choices: Sequence[dict[str, Any]], feature_names: Sequence[str]) -> dict[str, Any]:
    """The blocks `tuning`, `selection` and `training` of a result, of pipelines that tune, select or learn by epochs.

    `choices` are those of :func:`choices_of_fold`, in the order of the folds.
    """
    found: dict[str, Any] = {}
    if choices and all("tuned" in choice for choice in choices):
        found["tuning"] = _tuning(pipeline, choices)
    masks = [choice["selected"] for choice in choices if "selected" in choice]
    if masks and len(masks) == len(choices) and all(len(mask) == len(feature_names) for mask in masks):
        tuned = found.get("tuning", {}).get("candidates", [])
        searched = any(name.startswith("select__") for candidate in tuned for name in candidate)
        method = described(dict(unwrapped(pipeline).steps)["select"], searched)
        found["selection"] = selection_block(method, masks, feature_names)
    if choices and all("epochs" in choice for choice in choices):
        runs = [{"fold": number, **run} for number, choice in enumerate(choices) for run in choice["epochs"]]
        found["training"] = {"note": _EPOCHS_NOTE if "validation" in runs[0] else _LOSS_NOTE, "folds": runs}
    return found


def _tuning(tuned: SpeakerTunedClassifier, choices: Sequence[dict[str, Any]]) -> dict[str, Any]:
    lacking = sum(choice["n_folds_lacking"] for choice in choices)
    note = _NOTE
    if lacking:
        note += f" Inner folds left out, as an emotion was missing from their training part: {lacking}."
    return {
        "search": tuned.search,
        "space": tuned.space_name,
        "metric": METRIC,
        "inner_folds": tuned.n_folds,
        "n_candidates": len(choices[0]["candidates"]),
        "candidates": choices[0]["candidates"],
        "folds": [{"fold": number} | choice["tuned"] for number, choice in enumerate(choices)],
        "final": None,
        "note": note,
    }

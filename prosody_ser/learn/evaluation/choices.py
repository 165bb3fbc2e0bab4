"""The choices of each fold (parameters, features, number of epochs), and their description in a result."""

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
    "Parameters were searched on speaker-grouped inner folds of each fold's training clips, without the test speakers. "
    "The inner UAR is that of the best candidate on the same clips on which it was chosen, so it tends to be too high. "
    "The score is the outer UAR."
)

_LOSS_NOTE = (
    "The loss that the network minimised on the training clips of each fold, epoch by epoch. A falling loss shows that "
    "it learns these clips, not that it will recognise others. The score is the UAR of held-out speakers."
)
_EPOCHS_NOTE = (
    "The number of epochs was chosen in each fold without its test speakers. The curves show each epoch on the clips "
    "that the network was trained on (with parts masked, as in training) and on validation clips of other training "
    "speakers. Then the network was trained again on all training clips for the chosen number of epochs. Neither curve "
    "is the score, which is the UAR of the test speakers."
)


def steps_of(pipeline: Any) -> list[tuple[str, Any, dict[str, Any]]]:
    """Name, estimator and parameters of each step, followed by those of calibration or tuning, innermost first."""
    around: list[tuple[str, Any, dict[str, Any]]] = []
    while isinstance(pipeline, SpeakerCalibratedClassifier | SpeakerTunedClassifier):
        name = "tune" if isinstance(pipeline, SpeakerTunedClassifier) else "calibrate"
        parameters = {key: value for key, value in pipeline.get_params(deep=False).items() if key != "estimator"}
        around.append((name, pipeline, parameters))
        pipeline = pipeline.estimator
    parts = list(pipeline.named_steps.items()) if hasattr(pipeline, "named_steps") else [("model", pipeline)]
    return [(name, step, step.get_params(deep=False)) for name, step in parts] + around[::-1]


def choices_of_fold(fitted: Any) -> dict[str, Any]:
    """Choices of a fitted pipeline: its parameters (`tuned`), the mask of its features (`selected`) and `epochs`.

    `epochs` has the measures of each epoch, for a model that learns in epochs.
    """
    choices: dict[str, Any] = {}
    if isinstance(fitted, SpeakerTunedClassifier):
        choices["tuned"] = {"best": plain(fitted.best_params_), "inner_uar": fitted.best_score_}
        choices["n_folds_lacking"] = fitted.n_folds_lacking_
        candidates: list[dict[str, Any]] = fitted.candidates_
        choices["candidates"] = [plain(candidate["parameters"]) for candidate in candidates]
    selector = dict(getattr(unwrapped(fitted), "steps", [])).get("select")
    if selector is not None and hasattr(selector, "get_support"):
        choices["selected"] = np.asarray(selector.get_support())
    epochs = _epochs_of(getattr(unwrapped(fitted), "steps", [("", None)])[-1][1])
    if epochs:
        choices["epochs"] = epochs
    return choices


def _epochs_of(model: Any) -> list[dict[str, Any]]:
    """Measures of each epoch of a fitted model, as a list with one item; empty for a model without epochs."""
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


def choice_blocks(pipeline: Any, choices: Sequence[dict[str, Any]], feature_names: Sequence[str]) -> dict[str, Any]:
    """Make the blocks `tuning`, `selection` and `training` of a result, for pipelines that have such choices.

    `choices` are those of :func:`choices_of_fold`, in the order of the folds.
    """
    blocks: dict[str, Any] = {}
    if choices and all("tuned" in choice for choice in choices):
        blocks["tuning"] = _tuning(pipeline, choices)
    masks = [choice["selected"] for choice in choices if "selected" in choice]
    if masks and len(masks) == len(choices) and all(len(mask) == len(feature_names) for mask in masks):
        tuned = blocks.get("tuning", {}).get("candidates", [])
        searched = any(name.startswith("select__") for candidate in tuned for name in candidate)
        method = described(dict(unwrapped(pipeline).steps)["select"], searched)
        blocks["selection"] = selection_block(method, masks, feature_names)
    if choices and all("epochs" in choice for choice in choices):
        runs = [{"fold": number, **run} for number, choice in enumerate(choices) for run in choice["epochs"]]
        blocks["training"] = {"note": _EPOCHS_NOTE if "validation" in runs[0] else _LOSS_NOTE, "folds": runs}
    return blocks


def _tuning(tuned: SpeakerTunedClassifier, choices: Sequence[dict[str, Any]]) -> dict[str, Any]:
    lacking = sum(choice["n_folds_lacking"] for choice in choices)
    note = _NOTE
    if lacking:
        note += f" Inner folds left out because an emotion was missing from their training part: {lacking}."
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

"""Training of one network by skorch, with measures of every epoch and early stopping on validation clips."""

import math
import warnings
from functools import partial
from typing import Any

import numpy as np
import torch
from skorch import NeuralNet
from skorch.callbacks import Callback, EarlyStopping, GradientNormClipping, LRScheduler
from skorch.helper import predefined_split
from torch import nn

from .batches import ClipDataset

#: Measures of every epoch.
MEASURES = ("loss", "accuracy", "uar")
_RISING = 0.2


class EpochMeasures(Callback):
    """Records accuracy and UAR of every epoch; on training clips, those of the predictions made during training."""

    def __init__(self, n_classes: int):
        self.n_classes = n_classes

    def on_epoch_begin(self, net: Any, **_: Any) -> None:
        """Reset the counts."""
        self._counts = {True: np.zeros((self.n_classes, 2)), False: np.zeros((self.n_classes, 2))}

    def on_batch_end(self, net: Any, batch: Any = None, training: bool = False, y_pred: Any = None, **_: Any) -> None:
        """Count the clips of each class, and those that are predicted correctly."""
        labels = batch[1].cpu().numpy()
        correct = y_pred.detach().argmax(dim=1).cpu().numpy() == labels
        counts = self._counts[training]
        np.add.at(counts, (labels, 0), 1)
        np.add.at(counts, (labels, 1), correct)

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        """Record accuracy and UAR of the epoch."""
        for training, part in ((True, "train"), (False, "valid")):
            n, correct = self._counts[training].T
            present = n > 0
            if present.any():
                net.history.record(f"{part}_accuracy", float(correct.sum() / n.sum()))
                net.history.record(f"{part}_uar", float((correct[present] / n[present]).mean()))


def train_network(
    module: nn.Module,
    training: ClipDataset,
    validation: ClipDataset | None,
    *,
    class_weights: np.ndarray,
    max_epochs: int,
    batch_size: int,
    learning_rate: float,
    weight_decay: float,
    label_smoothing: float,
    patience: int,
    device: str,
    collate: Any,
    sampler: Any,
) -> list[dict[str, float]]:
    """Train a module in place.

    AdamW minimises the weighted cross-entropy; the learning rate rises and falls once. With validation clips, training
    stops after `patience` epochs without a higher UAR on them.

    Returns
    -------
    list of dict
        For each epoch, `train_loss`, `train_accuracy` and `train_uar`; with validation clips also `valid_loss`,
        `valid_accuracy` and `valid_uar`.
    """
    once = partial(rise_and_fall, n_steps=max_epochs * len(sampler))
    callbacks: list[tuple[str, Any]] = [
        ("measures", EpochMeasures(len(class_weights))),
        ("clip", GradientNormClipping(1.0)),
        ("schedule", LRScheduler(torch.optim.lr_scheduler.LambdaLR, lr_lambda=once, step_every="batch")),
    ]
    if validation is not None:
        stop = EarlyStopping("valid_uar", patience=patience, threshold=0.0, lower_is_better=False, sink=_silent)
        callbacks.append(("stop", stop))
    net = NeuralNet(
        module,
        nn.CrossEntropyLoss,
        criterion__weight=torch.as_tensor(class_weights, dtype=torch.float32),
        criterion__label_smoothing=label_smoothing,
        optimizer=torch.optim.AdamW,
        optimizer__weight_decay=weight_decay,
        lr=learning_rate,
        max_epochs=max_epochs,
        iterator_train__batch_sampler=sampler,
        iterator_train__batch_size=1,
        iterator_train__collate_fn=collate,
        iterator_valid__batch_size=batch_size,
        iterator_valid__collate_fn=collate,
        train_split=None if validation is None else predefined_split(validation),
        callbacks=callbacks,
        verbose=0,
        device=device,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net.fit(training, y=None)
    kept = [f"{part}_{measure}" for part in ("train", "valid") for measure in MEASURES]
    return [{name: float(epoch[name]) for name in kept if name in epoch} for epoch in net.history]


def rise_and_fall(step: int, n_steps: int) -> float:
    """Factor of the learning rate at a step: linear up to 1 over the first fifth, then half a cosine down to 0."""
    rising = max(1, round(_RISING * n_steps))
    if step < rising:
        return (step + 1) / rising
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - rising) / max(1, n_steps - rising))))


def _silent(*_: Any) -> None:
    """Print nothing when training stops; the result has the number of epochs."""

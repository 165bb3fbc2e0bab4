"""The base class of all networks as scikit-learn classifiers: validation clips, seeds and probabilities."""

import copy
import warnings
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state, compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d
from torch import nn

from ..errors import ProtocolError
from ..learn.preprocessing.sequences.rows import taken
from ..learn.speakers.names import has_speakers, speakers_of
from ..learn.splits.inner import inner_folds
from .batches import ClipDataset
from .training import train_network
from .weights import weights_of, with_weights

DEVICES = ("cpu", "cuda")
#: Number of clips that are predicted together; a small number saves memory.
_AT_ONCE = 16
#: One of so many training speakers is held out for validation.
_N_PARTS = 5
#: Least training, in thirds of `max_epochs`; an early epoch may suit the few validation speakers by chance.
_LEAST = 2


class NetworkClassifier(ClassifierMixin, BaseEstimator):
    """Base class of all networks.

    The number of epochs is determined first. For this, the clips of some training speakers (a fifth of them, at least
    one, such that every emotion remains in training) are held out for validation, and training stops when the UAR on
    them does not rise any more. Then the network is trained again, on all training clips, for the best number of
    epochs. If the validation part of a fixed split is given (`validation` of :meth:`fit`), that part is used for
    validation and never for training.

    Parameters
    ----------
    max_epochs : int
    batch_size : int
    learning_rate : float
        The largest learning rate, which is reached over the first fifth of all steps; then it falls to 0 (Smith & Topin
        2019).
    weight_decay, dropout : float
    label_smoothing : float
        Share of the target that is spread over all classes, which keeps the network from being overconfident.
    patience : int
        Number of epochs without a higher UAR on the validation clips after which the search for the best epoch ends.
    class_weight : "balanced", dict or None
        Weight of each class in the loss.
    n_members : int
        Number of networks, trained with different seeds, whose probabilities are averaged.
    device : {"cpu", "cuda"}
    without_speakers : {"error", "pool"}
        What to do if X has no speakers: raise an error, or hold out rows at random. Use ``"pool"`` only on purpose, for
        plain arrays.
    random_state : int, RandomState or None
        With a number, the same clips give the same network on one machine.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    modules_ : list of torch.nn.Module
    history_ : list of dict
        Loss, accuracy and UAR on training and validation clips, for each epoch of the search for the number of epochs.
    n_epochs_ : int
        Number of epochs of the final training.
    n_weights_ : int
        Number of weights of all networks together.
    validation_speakers_ : list of str

    References
    ----------
    Smith, L. N. & Topin, N. (2019). Super-convergence: very fast training of neural networks using large learning
        rates. Proc. SPIE 11006.
    """

    #: Function that makes a batch of rows.
    collate: ClassVar[Callable]

    def __init__(
        self,
        max_epochs: int = 40,
        batch_size: int = 32,
        learning_rate: float = 2e-3,
        weight_decay: float = 1e-2,
        dropout: float = 0.3,
        label_smoothing: float = 0.0,
        patience: int = 15,
        class_weight: Any = "balanced",
        n_members: int = 1,
        device: str = "cpu",
        without_speakers: str = "error",
        random_state: Any = None,
    ):
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.dropout = dropout
        self.label_smoothing = label_smoothing
        self.patience = patience
        self.class_weight = class_weight
        self.n_members = n_members
        self.device = device
        self.without_speakers = without_speakers
        self.random_state = random_state

    def fit(self, X: Any, y: Any, validation: tuple[Any, Any] | None = None) -> "NetworkClassifier":
        """Train the networks.

        Parameters
        ----------
        X : DataFrame of shape (n_clips, n_features), or SequenceRows
            With a ``speaker`` level in its index.
        y : array-like of shape (n_clips,)
        validation : tuple of (X, y), optional
            Clips for validation, in place of those of training speakers.

        Returns
        -------
        self

        Raises
        ------
        ProtocolError
            If there are no speakers to hold out for validation, or the device does not exist.
        """
        check_device(self.device)
        rows, y = self._checked(X, y)
        self.classes_, named = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"the training clips have only one class ({self.classes_[0]}); at least two are needed")
        weights = compute_class_weight(self.class_weight, classes=self.classes_, y=y)
        random = check_random_state(self.random_state)
        seeds = random.randint(np.iinfo(np.int32).max, size=self.n_members)
        learned, held_out, self.validation_speakers_ = self._parts(X, y, rows, named, validation, int(seeds[0]))
        _, self.history_ = self._trained(learned, held_out, weights, self.max_epochs, int(seeds[0]))
        self.n_epochs_ = best_epoch([epoch["valid_uar"] for epoch in self.history_], _LEAST * self.max_epochs // 3)
        everything = ClipDataset(rows, named)
        self.modules_ = [self._trained(everything, None, weights, self.n_epochs_, int(seed))[0] for seed in seeds]
        self.n_weights_ = sum(p.numel() for module in self.modules_ for p in module.parameters())
        return self

    def _trained(
        self, clips: ClipDataset, validation: ClipDataset | None, weights: np.ndarray, max_epochs: int, seed: int
    ) -> tuple[nn.Module, list[dict[str, float]]]:
        """Train a network on some clips; give it and the measures of each epoch."""
        with seeded(seed, self.device):
            module = self.network(self.n_features_in_, len(self.classes_))
            history = train_network(
                module,
                self.varied(clips),
                validation,
                class_weights=weights,
                max_epochs=max_epochs,
                batch_size=self.batch_size,
                learning_rate=self.learning_rate,
                weight_decay=self.weight_decay,
                label_smoothing=self.label_smoothing,
                patience=self.patience,
                device=self.device,
                collate=type(self).collate,
                sampler=self.batches(clips.rows),
            )
        return module.cpu().eval(), history

    def predict(self, X: Any) -> np.ndarray:
        """Predict the most probable class of each row."""
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Predict probabilities, float64, shape (n_clips, n_classes): the mean of the networks' softmax."""
        check_is_fitted(self)
        clips, batches = ClipDataset(self._rows(X)), []
        # Double precision, so that rounding does not depend on the number of clips in a batch.
        exact = [copy.deepcopy(module).double() for module in self.modules_]
        with one_torch_thread(), torch.no_grad():
            for first in range(0, len(clips), _AT_ONCE):
                batch, _ = type(self).collate([clips[i] for i in range(first, min(first + _AT_ONCE, len(clips)))])
                batches.append(np.mean([self._softmax(module, batch) for module in exact], axis=0))
        return np.concatenate(batches) if batches else np.empty((0, len(self.classes_)))

    def __getstate__(self) -> dict[str, Any]:
        """Replace the modules by their weights, since the pickle of a module is larger and differs each time."""
        state = super().__getstate__()
        if "modules_" in state:
            state = state | {"modules_": [weights_of(module) for module in self.modules_]}
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "modules_" in state:
            n_features, n_classes = self.n_features_in_, len(self.classes_)
            contents = state["modules_"]
            self.modules_ = [with_weights(lambda: self.network(n_features, n_classes), content) for content in contents]

    @staticmethod
    def _softmax(module: nn.Module, batch: Any) -> np.ndarray:
        if isinstance(batch, dict):
            logits = module(**{name: values.double() for name, values in batch.items()})
        else:
            logits = module(batch.double())
        return logits.softmax(dim=1).numpy()

    def network(self, n_features: int, n_classes: int) -> nn.Module:
        """Make an untrained network for rows of `n_features` features, or clips of `n_features` contours."""
        raise NotImplementedError

    def varied(self, clips: ClipDataset) -> ClipDataset:
        """Give the clips for training, unchanged unless a subclass varies them."""
        return clips

    def batches(self, rows: Any) -> Any:
        """Make the sampler that draws the batches of an epoch."""
        raise NotImplementedError

    def _rows(self, X: Any) -> Any:
        """Check X and give it in the form that the network needs."""
        raise NotImplementedError

    def _checked(self, X: Any, y: Any) -> tuple[Any, np.ndarray]:
        check_classification_targets(y)
        return X, column_or_1d(y, warn=True)

    def _parts(
        self, X: Any, y: np.ndarray, rows: Any, named: np.ndarray, validation: tuple[Any, Any] | None, seed: int
    ) -> tuple[ClipDataset, ClipDataset, list[str]]:
        """Training clips and validation clips for the search of the number of epochs; the speakers of the latter."""
        if validation is not None:
            held_out, truth = validation
            kept = np.flatnonzero(np.isin(truth, self.classes_))
            if not len(kept):
                raise ProtocolError(
                    "the network has no clips for validation: the validation clips have none of the emotions of the "
                    "training clips. Use other folds or another seed"
                )
            position = np.searchsorted(self.classes_, np.asarray(truth)[kept])
            clips = ClipDataset(self._rows(taken(held_out, kept)), position)
            return ClipDataset(rows, named), clips, _names(held_out, kept)
        folds, _ = inner_folds(
            X, y, _N_PARTS, seed, without_speakers=self.without_speakers, what="the network has no clips for validation"
        )
        train, test = folds[0]
        learned, held_out = (ClipDataset(taken(rows, part), named[part]) for part in (train, test))
        return learned, held_out, _names(X, test)


def best_epoch(uar: Sequence[float], least: int) -> int:
    """Find the epoch, counted from 1 and not before `least`, with the highest UAR on the validation clips.

    One or two speakers say little about a single epoch; therefore the mean over five epochs is compared, two of them
    before and two after each epoch.
    """
    smooth = [float(np.mean(uar[max(0, i - 2) : i + 3])) for i in range(len(uar))]
    first = min(max(least, 1), len(uar)) - 1
    return first + int(np.argmax(smooth[first:])) + 1


def _names(X: Any, rows: np.ndarray) -> list[str]:
    return sorted(set(speakers_of(X)[rows])) if has_speakers(X) else []


def check_device(device: str) -> None:
    """Raise a ProtocolError if the device is unknown or this machine does not have it."""
    if device not in DEVICES:
        raise ProtocolError(f"unknown device {device!r}: choose {' or '.join(DEVICES)}")
    if device == "cuda" and not torch.cuda.is_available():
        raise ProtocolError("PyTorch finds no CUDA device on this machine: use --device cpu")


@contextmanager
def one_torch_thread() -> Any:
    """Run PyTorch on one thread: with more, it rounds differently, and the folds share the cores."""
    n = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n)


@contextmanager
def seeded(seed: int, device: str) -> Any:
    """Seed PyTorch's random numbers and restore them afterwards; run deterministically and on one thread."""
    devices = list(range(torch.cuda.device_count())) if device == "cuda" else []
    deterministic = torch.are_deterministic_algorithms_enabled()
    with torch.random.fork_rng(devices), one_torch_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(seed)
        torch.use_deterministic_algorithms(True, warn_only=True)
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(deterministic)

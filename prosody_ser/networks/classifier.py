"""A network as a scikit-learn classifier: which clips it stops by, seeds, probabilities."""

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
#: Clips predicted at once: bounds memory.
_AT_ONCE = 16
#: Share of the training speakers that it stops by: one in five.
_N_PARTS = 5
#: Thirds of the epochs that it is trained for at the least: the few validation speakers may be told well by chance.
_LEAST = 2


class NetworkClassifier(ClassifierMixin, BaseEstimator):
    """What all networks have in common.

    How long to train is found out first: on the training clips without those of some speakers (a fifth of them, one at
    the least, such that every emotion is left), which are the validation clips. It stops when it does not tell them
    better any more. Then it is trained anew, on all training clips, for as many epochs. With the validation part of a
    fixed split (`validation` of :meth:`fit`) the validation clips are these, and it never trains on them.

    Parameters
    ----------
    max_epochs : int
    batch_size : int
    learning_rate : float
        The largest: it rises to it over the first fifth of all steps, and falls to nothing over the others (Smith &
        Topin 2019).
    weight_decay, dropout : float
    label_smoothing : float
        Share of the target that is spread over all classes, so that it does not learn to be too sure.
    patience : int
        Epochs without a higher UAR of the validation clips, after which it stops looking for a better one.
    class_weight : "balanced", dict or None
        Weight of each class in the loss.
    n_members : int
        Networks, of other seeds, whose probabilities are averaged.
    device : {"cpu", "cuda"}
    without_speakers : {"error", "pool"}
        What to do with X that carries no speakers: refuse it, or hold out rows at random. ``"pool"`` is for plain
        arrays, on purpose only.
    random_state : int, RandomState or None
        With a number the same clips give the same network on one machine.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    modules_ : list of torch.nn.Module
    history_ : list of dict
        Of each epoch while it was found out how long to train, loss, accuracy and UAR of training and validation clips.
    n_epochs_ : int
        For how many it was trained then.
    n_weights_ : int
        Of all networks together.
    validation_speakers_ : list of str

    References
    ----------
    Smith, L. N. & Topin, N. (2019). Super-convergence: very fast training of neural networks using large learning
        rates. Proc. SPIE 11006.
    """

    #: Makes a batch of some rows.
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
        """Train.

        Parameters
        ----------
        X : DataFrame of shape (n_clips, n_features), or SequenceRows
            With a ``speaker`` level in its index.
        y : array-like of shape (n_clips,)
        validation : tuple of (X, y), optional
            Clips to stop by, in place of training speakers.

        Returns
        -------
        self

        Raises
        ------
        ProtocolError
            If there are no speakers to stop by, or no such device.
        """
        check_device(self.device)
        rows, y = self._checked(X, y)
        self.classes_, named = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"one class only ({self.classes_[0]}): there is nothing to tell apart")
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
        """A network trained on some clips, and what happened in each epoch."""
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
        """The likeliest class of each row."""
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities, float64, shape (n_clips, n_classes): the mean of the networks' softmax."""
        check_is_fitted(self)
        clips, found = ClipDataset(self._rows(X)), []
        # In double precision, so that rounding does not tell how many clips were asked about at once.
        exact = [copy.deepcopy(module).double() for module in self.modules_]
        with one_torch_thread(), torch.no_grad():
            for first in range(0, len(clips), _AT_ONCE):
                batch, _ = type(self).collate([clips[i] for i in range(first, min(first + _AT_ONCE, len(clips)))])
                found.append(np.mean([self._said(module, batch) for module in exact], axis=0))
        return np.concatenate(found) if found else np.empty((0, len(self.classes_)))

    def __getstate__(self) -> dict[str, Any]:
        """Weights travel as plain numbers: a module's own pickle is another each time, and larger."""
        state = super().__getstate__()
        if "modules_" in state:
            state = state | {"modules_": [weights_of(module) for module in self.modules_]}
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "modules_" in state:
            n_features, n_classes = self.n_features_in_, len(self.classes_)
            contents = state["modules_"]
            self.modules_ = [with_weights(lambda: self.network(n_features, n_classes), one) for one in contents]

    @staticmethod
    def _said(module: nn.Module, batch: Any) -> np.ndarray:
        if isinstance(batch, dict):
            logits = module(**{name: values.double() for name, values in batch.items()})
        else:
            logits = module(batch.double())
        return logits.softmax(dim=1).numpy()

    def network(self, n_features: int, n_classes: int) -> nn.Module:
        """An untrained network for rows of so many features, or clips of so many contours."""
        raise NotImplementedError

    def varied(self, clips: ClipDataset) -> ClipDataset:
        """The clips as the network learns from them: as they are, if nothing is said."""
        return clips

    def batches(self, rows: Any) -> Any:
        """What draws the batches of an epoch."""
        raise NotImplementedError

    def _rows(self, X: Any) -> Any:
        """X as the network takes it, checked."""
        raise NotImplementedError

    def _checked(self, X: Any, y: Any) -> tuple[Any, np.ndarray]:
        check_classification_targets(y)
        return X, column_or_1d(y, warn=True)

    def _parts(
        self, X: Any, y: np.ndarray, rows: Any, named: np.ndarray, validation: tuple[Any, Any] | None, seed: int
    ) -> tuple[ClipDataset, ClipDataset, list[str]]:
        """Clips to learn from while it is found out when to stop, clips to stop by, and their speakers."""
        if validation is not None:
            held_out, truth = validation
            kept = np.flatnonzero(np.isin(truth, self.classes_))
            if not len(kept):
                raise ProtocolError(
                    "a network cannot tell when to stop: the validation clips have none of the emotions of the "
                    "training clips. Take other folds, or another seed"
                )
            position = np.searchsorted(self.classes_, np.asarray(truth)[kept])
            inside = ClipDataset(self._rows(taken(held_out, kept)), position)
            return ClipDataset(rows, named), inside, _names(held_out, kept)
        folds, _ = inner_folds(
            X, y, _N_PARTS, seed, without_speakers=self.without_speakers, what="a network cannot tell when to stop"
        )
        train, test = folds[0]
        learned, held_out = (ClipDataset(taken(rows, part), named[part]) for part in (train, test))
        return learned, held_out, _names(X, test)


def best_epoch(uar: Sequence[float], least: int) -> int:
    """The epoch, counted from 1 and `least` at the least, after which validation clips were told best.

    One or two speakers tell little of a single epoch: of each, the mean with two before and two after it counts.
    """
    smooth = [float(np.mean(uar[max(0, i - 2) : i + 3])) for i in range(len(uar))]
    first = min(max(least, 1), len(uar)) - 1
    return first + int(np.argmax(smooth[first:])) + 1


def _names(X: Any, rows: np.ndarray) -> list[str]:
    return sorted(set(speakers_of(X)[rows])) if has_speakers(X) else []


def check_device(device: str) -> None:
    """Raise a ProtocolError if there is no such device here."""
    if device not in DEVICES:
        raise ProtocolError(f"device is {device!r}: take {' or '.join(DEVICES)}")
    if device == "cuda" and not torch.cuda.is_available():
        raise ProtocolError("device is 'cuda', but PyTorch finds no CUDA device on this machine: take --device cpu")


@contextmanager
def one_torch_thread() -> Any:
    """PyTorch on one thread: on several it rounds differently, and the folds share the cores."""
    n = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n)


@contextmanager
def seeded(seed: int, device: str) -> Any:
    """PyTorch's random numbers from a seed, what they were before restored; deterministic, and on one thread."""
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

"""Folds of the training clips, for what is learned from held-out training speakers: parameters, probabilities."""

from typing import Any

import numpy as np

from ...errors import ProtocolError
from ..speakers.names import has_speakers, speakers_of
from ..speakers.originals import originals_of
from .grouped import grouped_folds


def inner_folds(
    X: Any, y: np.ndarray, n_folds: int, seed: int, *, without_speakers: str, what: str
) -> tuple[list, int]:
    """Stratified folds, no speaker on both sides, whose training part has all emotions; at most as many as speakers.

    Augmented copies train with their speaker, and are never held out.

    X that carries no speakers is refused, or with ``without_speakers="pool"`` each row is taken as a speaker. `what`
    says in errors what would fail without such folds ("nothing can be tuned").

    Returns
    -------
    folds : list of (ndarray of int, ndarray of int)
        Rows to train on, and rows held out.
    n_lacking : int
        Folds left out, as their training part lacks an emotion.
    """
    pooled = without_speakers == "pool" and not has_speakers(X)
    speakers = np.arange(len(y)).astype(str) if pooled else speakers_of(X)
    original = np.ones(len(y), dtype=bool) if pooled else originals_of(X)
    n_speakers = np.unique(speakers[original]).size
    if n_folds < 2:
        raise ProtocolError(f"{n_folds} inner folds: take 2 or more")
    if pooled and n_speakers < 2:
        raise ValueError("one sample only: nothing can be held out")
    if n_speakers < 2:
        raise ProtocolError(
            f"{what}: one speaker only ({speakers[0]}) to train on; it takes held-out training speakers, so two or more"
        )
    labels, counts = np.unique(y[original], return_counts=True)
    n_folds = min(n_folds, n_speakers, max(2, int(counts.max())))
    fold_of = np.empty(len(y), dtype=int)
    fold_of[original] = grouped_folds(y[original], speakers[original], n_folds, seed)
    if not original.all():
        of_speaker = dict(zip(speakers[original], fold_of[original], strict=True))
        fold_of[~original] = [of_speaker[speaker] for speaker in speakers[~original]]
    folds = [
        (np.flatnonzero(fold_of != number), np.flatnonzero((fold_of == number) & original)) for number in range(n_folds)
    ]
    whole = [(train, test) for train, test in folds if np.unique(y[train]).size == labels.size]
    if not whole:
        raise ProtocolError(
            f"{what}: whichever training speakers are held out, an emotion is missing; do without, or take folds that "
            "leave more speakers to train on"
        )
    return whole, len(folds) - len(whole)

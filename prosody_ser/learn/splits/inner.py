"""Inner folds of the training clips, to learn parameters or probabilities from held-out training speakers."""

from typing import Any

import numpy as np

from ...errors import ProtocolError
from ..speakers.names import has_speakers, speakers_of
from ..speakers.originals import originals_of
from .grouped import grouped_folds


def inner_folds(
    X: Any, y: np.ndarray, n_folds: int, seed: int, *, without_speakers: str, what: str
) -> tuple[list, int]:
    """Make stratified, speaker-disjoint folds whose training part has all emotions; at most one per speaker.

    Augmented copies are trained on together with their speaker, and are never held out.

    If X carries no speakers, an error is raised, or with ``without_speakers="pool"`` each row is treated as a speaker.
    `what` tells in errors what would fail without such folds ("nothing can be tuned").

    Returns
    -------
    folds : list of (ndarray of int, ndarray of int)
        Rows to train on, and held-out rows.
    n_lacking : int
        Number of folds left out because their training part lacks an emotion.

    Raises
    ------
    ProtocolError
        If there are no speakers or only one, or no fold has all emotions in its training part.
    """
    pooled = without_speakers == "pool" and not has_speakers(X)
    speakers = np.arange(len(y)).astype(str) if pooled else speakers_of(X)
    original = np.ones(len(y), dtype=bool) if pooled else originals_of(X)
    n_speakers = np.unique(speakers[original]).size
    if n_folds < 2:
        raise ProtocolError(f"the number of inner folds must be at least 2 (got {n_folds})")
    if pooled and n_speakers < 2:
        raise ValueError("there is one sample only, so nothing can be held out")
    if n_speakers < 2:
        raise ProtocolError(
            f"{what}: there is one speaker only ({speakers[0]}) to train on, but at least two are needed, because "
            "training speakers must be held out"
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
            f"{what}: whichever training speakers are held out, an emotion is missing from the other ones; do without "
            "it, or use folds that leave more speakers to train on"
        )
    return whole, len(folds) - len(whole)

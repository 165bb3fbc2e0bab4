"""Speaker-disjoint folds. The splitters read the speaker from X's index, so no tool can forget to pass groups."""

from sklearn.model_selection import BaseCrossValidator, LeaveOneGroupOut, StratifiedGroupKFold

from ..errors import ProtocolError
from .speakers import speakers_of

MAX_LOSO_SPEAKERS = 24
DEFAULT_N_FOLDS = 10


class LeaveOneSpeakerOut(BaseCrossValidator):
    """Each fold holds out all clips of one speaker."""

    def split(self, X, y=None, groups=None):
        """Yield train and test indices, speakers in sorted order."""
        yield from LeaveOneGroupOut().split(X, y, speakers_of(X))

    def get_n_splits(self, X=None, y=None, groups=None):
        """Number of speakers in X."""
        return LeaveOneGroupOut().get_n_splits(groups=speakers_of(X))


class SpeakerKFold(BaseCrossValidator):
    """Stratified k-fold in which no speaker is on both sides.

    Parameters
    ----------
    n_splits : int
        Number of folds, at most the number of speakers.
    seed : int
        Seed of the assignment of speakers to folds.
    """

    def __init__(self, n_splits=DEFAULT_N_FOLDS, seed=0):
        self.n_splits = n_splits
        self.seed = seed

    def split(self, X, y, groups=None):
        """Yield train and test indices."""
        folds = StratifiedGroupKFold(self.n_splits, shuffle=True, random_state=self.seed)
        yield from folds.split(X, y, speakers_of(X))

    def get_n_splits(self, X=None, y=None, groups=None):
        """Number of folds."""
        return self.n_splits


def make_splitter(folds, n_speakers: int, seed: int = 0) -> BaseCrossValidator:
    """The splitter that `folds` asks for.

    Parameters
    ----------
    folds : {"auto", "loso"} or int or splitter
        ``"auto"`` leaves one speaker out up to 24 speakers and takes 10 grouped, stratified folds above.
        A splitter object is taken as it is.
    n_speakers : int
    seed : int

    Returns
    -------
    splitter

    Raises
    ------
    ProtocolError
        If `folds` is none of these, or there are fewer speakers than folds.
    """
    if hasattr(folds, "split") and not isinstance(folds, str):
        return folds
    if folds == "auto":
        folds = "loso" if n_speakers <= MAX_LOSO_SPEAKERS else DEFAULT_N_FOLDS
    if folds == "loso":
        return LeaveOneSpeakerOut()
    try:
        n_folds = int(folds)
    except (TypeError, ValueError):
        raise ProtocolError(f"unknown folds {folds!r}; say 'loso' or a number of folds") from None
    if not 2 <= n_folds <= n_speakers:
        raise ProtocolError(f"{n_folds} folds of {n_speakers} speakers: take from 2 to {n_speakers}, or 'loso'")
    return SpeakerKFold(n_folds, seed)

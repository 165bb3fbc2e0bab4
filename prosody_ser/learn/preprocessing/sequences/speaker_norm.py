"""Speaker normalisation of sequences, by the same rules as for features."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ..speaker_norm import ALL_CLIPS, SpeakerNormalizer
from .rows import SequenceRows
from .scaler import Affine


class SequenceNormalizer(SpeakerNormalizer, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Z-score each contour within each speaker, by the rules of :class:`SpeakerNormalizer`.

    A speaker's mean is the mean over clips of each clip's mean, as for a feature. The result is divided by the standard
    deviation of the speaker's frames. Its square is the variance of the clips' means plus the mean variance within a
    clip; with enrolment clips, both are those of all training speakers.

    Parameters
    ----------
    clips, without_speakers
        As for :class:`SpeakerNormalizer`.

    Attributes
    ----------
    spread_ : ndarray of float64, shape (n_speakers, n_contours)
        Mean variance within a clip for each speaker seen in `fit`; with enrolment clips the same for all.
    """

    def fit(self, X: SequenceRows, y: Any = None) -> Self:  # type: ignore[override]
        """Learn mean and standard deviation of each speaker.

        Parameters
        ----------
        X : SequenceRows
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ProtocolError
            As for :meth:`SpeakerNormalizer.fit`.
        """
        means, variances = X.moments()
        super().fit(pd.DataFrame(means, index=X.index, columns=list(X.names)))
        if self.clips == ALL_CLIPS:
            code = np.searchsorted(self.speakers_, self._speakers(X))
            self.spread_ = _spread(variances, code, self.speakers_.size, self._counted(X))
        else:
            self.spread_ = np.repeat(_mean(variances)[None], self.speakers_.size, axis=0)
        return self

    def transform(self, X: SequenceRows) -> SequenceRows:  # type: ignore[override]
        """Return the clips with a change that normalises each by its speaker when it is read.

        Parameters
        ----------
        X : SequenceRows

        Returns
        -------
        SequenceRows

        Raises
        ------
        ProtocolError
            As for :meth:`SpeakerNormalizer.transform`.
        """
        check_is_fitted(self)
        means, variances = X.moments()
        frame = pd.DataFrame(means, index=X.index, columns=list(X.names))
        code, position, met, mean, scale = self._of_present(frame.to_numpy(), frame)
        spread = self.spread_[position]
        if not met.all() and self.clips == ALL_CLIPS:
            new = ~met[code]
            number = (np.cumsum(~met) - 1)[code[new]]
            spread[~met] = _spread(variances[new], number, int((~met).sum()), self._counted(frame)[new])
        return X.changed(Affine(mean, np.sqrt(scale**2 + spread), code))


def _spread(variances: np.ndarray, code: np.ndarray, n_speakers: int, counted: np.ndarray) -> np.ndarray:
    return np.stack([_mean(variances[counted & (code == speaker)]) for speaker in range(n_speakers)])


def _mean(variances: np.ndarray) -> np.ndarray:
    """Mean over clips, ignoring NaN; 0 if no value is defined."""
    defined = np.isfinite(variances)
    return np.where(defined, variances, 0.0).sum(axis=0) / np.maximum(defined.sum(axis=0), 1)

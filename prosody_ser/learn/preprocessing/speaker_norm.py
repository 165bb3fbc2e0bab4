"""Speaker normalisation that works inside every scikit-learn tool, also on test folds."""

import warnings
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from ...errors import ProtocolError
from ..speakers.enrolment import ENROL_LEVEL, enrolment_of, has_enrolment
from ..speakers.names import has_speakers, n_rows, speakers_of
from ..speakers.originals import originals_of
from .estimators import check_pipeline

ALL_CLIPS, ENROLMENT_CLIPS = "all", "enrol"

#: Speaker normalisation by name, with the track of a score that is obtained with it.
SPEAKER_NORMS = {"none": "blind", "speaker": "speaker-normalised", "enrol": "enrolled"}


class SpeakerNormalizer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Z-score each feature within each speaker: ``(x - mean_speaker) / sd_speaker``.

    A speaker seen in `fit` keeps the statistics learned there; other clips of such a speaker raise a warning, because
    it means that the folds of a cross-validation divide the speaker. Speakers are identified by name, so two people
    must not have the same one. A speaker first seen in `transform` is normalised by the rows of that call, that is, by
    their own unlabelled clips. This is transductive, so a score obtained in this way belongs to the
    *speaker-normalised* track and holds only if several clips of a new speaker are available.

    With ``clips="enrol"`` a speaker's mean is computed from enrolment clips only, a few unlabelled clips chosen
    beforehand (:mod:`prosody_ser.learn.speakers.enrolment`). `fit` uses those of the training speakers, so that the
    model learns from clips that are normalised like those of new speakers. `transform` uses, for a speaker not seen in
    `fit`, the enrolment clips of the same call; every other row is then judged independently. A new speaker without
    enrolment clips is an error. The mean of few clips is shrunk towards the mean of all speakers, more so the less
    reliable it is (best linear unbiased prediction), and all speakers share one standard deviation:
    ``(x - mu - b (mean_speaker - mu)) / s`` with ``b = n t² / (n t² + s²)`` for `n` clips. The mean `mu` of the
    speakers, their variance `t²` about it, and the variance `s²` within a speaker are learned from all rows in `fit`.

    An augmented copy is normalised by the statistics of its speaker's original recordings.

    Speakers and enrolment clips are read from X's index (levels named ``speaker`` and ``enrol``), because
    scikit-learn's `cross_val_predict`, `GridSearchCV` and others pass no metadata to `transform` when they predict.

    Parameters
    ----------
    clips : {"all", "enrol"}
        The clips of a speaker from which statistics are computed.
    without_speakers : {"error", "pool"}
        What to do if X carries no speakers: raise an error, or treat all rows as one speaker seen in `fit` (global
        standardisation). Use ``"pool"`` only for plain arrays, and deliberately.

    Attributes
    ----------
    speakers_ : ndarray of object, shape (n_speakers,)
        Speakers seen in `fit`, sorted.
    mean_, scale_ : ndarray of float64, shape (n_speakers, n_features)
        The values that are subtracted from a speaker's rows, and those by which the result is divided. With all clips
        these are the mean and the population standard deviation (divisor n), NaN with fewer than two defined values.
    level_, between_, within_ : ndarray of float64, shape (n_features,)
        `mu`, `t²` and `s²` as above; only with ``clips="enrol"``.
    n_features_in_ : int
    feature_names_in_ : ndarray of str

    Notes
    -----
    NaN is ignored in the statistics and stays NaN. A feature that is constant within a speaker becomes 0. A feature
    with fewer than two defined values has no standard deviation and becomes NaN, which the imputer fills afterwards.

    References
    ----------
    Robinson, G. K. (1991). That BLUP is a good thing: the estimation of random effects. Statistical Science 6(1),
        15-32.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> Z = ser.SpeakerNormalizer().fit_transform(table.X)
    >>> bool(np.allclose(pd.DataFrame(Z, table.X.index).groupby("speaker").mean(), 0))
    True
    """

    def __init__(self, clips: str = ALL_CLIPS, without_speakers: str = "error") -> None:
        self.clips = clips
        self.without_speakers = without_speakers

    def fit(self, X: np.ndarray | pd.DataFrame, y: ArrayLike | None = None) -> Self:
        """Learn mean and standard deviation of each speaker.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_features)
            Its index must have a level named ``speaker``.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ProtocolError
            If X carries no speakers and `without_speakers` is ``"error"``, or if `clips` is ``"enrol"`` and a speaker
            has no enrolment clip.
        """
        if self.clips not in (ALL_CLIPS, ENROLMENT_CLIPS):
            raise ValueError(f"`clips` must be {ALL_CLIPS!r} or {ENROLMENT_CLIPS!r} (got {self.clips!r})")
        if self.without_speakers not in ("error", "pool"):
            raise ValueError(f"`without_speakers` must be 'error' or 'pool' (got {self.without_speakers!r})")
        speakers = self._speakers(X)
        values = validate_data(self, X, dtype=float, ensure_all_finite="allow-nan", ensure_min_samples=2)
        self.speakers_, code = np.unique(speakers, return_inverse=True)
        if self.clips == ENROLMENT_CLIPS:
            original = originals_of(X)
            self.level_, self.between_, self.within_ = _components(
                values[original], code[original], self.speakers_.size
            )
        self.mean_, self.scale_ = self._statistics(values, code, self.speakers_, self._counted(X))
        self._clips = _keys(X)
        return self

    def transform(self, X: np.ndarray | pd.DataFrame) -> np.ndarray:
        """Normalise each row by its speaker.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_features)

        Returns
        -------
        ndarray of float64, shape (n_samples, n_features)
            A DataFrame on the same index after ``set_output(transform="pandas")``.

        Raises
        ------
        ProtocolError
            As for `fit`, about speakers not seen there.

        Warns
        -----
        UserWarning
            If X has other clips of a speaker than `fit` had.
        """
        check_is_fitted(self)
        self._speakers(X)  # checked before X itself, so that the error is about missing speakers
        values = validate_data(self, X, dtype=float, ensure_all_finite="allow-nan", reset=False)
        code, _, _, mean, scale = self._of_present(values, X)
        centred = values - mean[code]
        divisor = scale[code]
        constant = divisor == 0
        return np.where(constant & np.isfinite(centred), 0.0, centred / np.where(constant, 1.0, divisor))

    def _of_present(
        self, values: np.ndarray, X: np.ndarray | pd.DataFrame
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Find the speakers in X and their statistics.

        Returns
        -------
        code : ndarray of int, shape (n_rows,)
            Position of each row's speaker among the speakers present in X.
        position : ndarray of int, shape (n_present,)
            Position of the present speakers among the speakers of `fit`.
        met : ndarray of bool, shape (n_present,)
            Whether they were seen in `fit`.
        mean, scale : ndarray of float64, shape (n_present, n_features)
        """
        present, code = np.unique(self._speakers(X), return_inverse=True)
        position = np.minimum(np.searchsorted(self.speakers_, present), self.speakers_.size - 1)
        met = self.speakers_[position] == present
        self._warn_of_divided(X, present, met[code], code)
        mean, scale = self.mean_[position], self.scale_[position]
        if not met.all():
            new = ~met[code]
            number = (np.cumsum(~met) - 1)[code[new]]
            mean[~met], scale[~met] = self._statistics(values[new], number, present[~met], self._counted(X)[new])
        return code, position, met, mean, scale

    def _warn_of_divided(
        self, X: np.ndarray | pd.DataFrame, present: np.ndarray, met: np.ndarray, code: np.ndarray
    ) -> None:
        """Warn if X has clips that `fit` had not, but of speakers that it had; `met` and `code` are by row."""
        known = getattr(self, "_clips", None)  # a model that was read from a file has no clips
        keys = _keys(X) if known is not None and met.any() else None
        if known is None or keys is None:
            return
        other = np.unique(code[met & ~np.isin(keys, known)])
        if other.size:
            several = f" and {other.size - 1} more" if other.size > 1 else ""
            warnings.warn(
                f"speaker {present[other[0]]}{several}: `fit` had other clips of the same speaker. If these clips are "
                "a test set, the folds divide the speaker, and the score is not speaker-independent: use "
                "cv=SpeakerKFold(5) or another splitter that holds out speakers",
                stacklevel=3,
            )

    def _speakers(self, X: np.ndarray | pd.DataFrame) -> np.ndarray:
        pooled = self.without_speakers == "pool" and not has_speakers(X)
        return np.zeros(n_rows(X), dtype=object) if pooled else speakers_of(X)

    def _counted(self, X: np.ndarray | pd.DataFrame) -> np.ndarray:
        """Whether each row counts for its speaker's statistics: originals, or with ``"enrol"`` the enrolment clips."""
        if self.clips == ALL_CLIPS or not has_speakers(X):
            original = originals_of(X)
            # The copies of a speaker count if there is no original of that speaker.
            return original | ~np.isin(self._speakers(X), np.unique(self._speakers(X)[original]))
        if not has_enrolment(X):
            raise ProtocolError(
                f"X marks no enrolment clips: its index needs a level named {ENROL_LEVEL!r} "
                "(mark_enrolment and with_enrolment add it)"
            )
        return enrolment_of(X)

    def _statistics(
        self, values: np.ndarray, code: np.ndarray, names: np.ndarray, counted: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean and scale of each of the speakers `names`; `code` is the position of each row's speaker in `names`."""
        if self.clips == ALL_CLIPS:
            return _statistics_by_speaker(values[counted], code[counted], names.size)
        values, code = values[counted], code[counted]
        n_clips = np.bincount(code, minlength=names.size)
        if not n_clips.all():
            raise ProtocolError(
                f"speaker {names[n_clips == 0][0]} has no enrolment clip among these rows: add at least one"
            )
        mean, n = _means(values, code, names.size)
        weight = n * self.between_ / np.where(self.within_ > 0, n * self.between_ + self.within_, 1.0)
        mean = self.level_ + weight * np.where(n > 0, mean - self.level_, 0.0)
        return mean, np.repeat(np.sqrt(self.within_)[None], names.size, axis=0)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _keys(X: np.ndarray | pd.DataFrame) -> np.ndarray | None:
    """A number for each clip, made from X's index without the marks of enrolment clips; None if X has no speakers."""
    if not isinstance(X, pd.DataFrame) or not has_speakers(X):
        return None
    index = X.index.droplevel(ENROL_LEVEL) if has_enrolment(X) else X.index
    return pd.util.hash_pandas_object(index).to_numpy()


def speaker_norm_of(pipeline: BaseEstimator) -> str:
    """How a pipeline normalises speakers (none, speaker or enrol), also inside a grid search or a calibrator."""
    check_pipeline(pipeline)
    parts = [pipeline, *pipeline.get_params(deep=True).values()]
    clips = {part.clips for part in parts if isinstance(part, SpeakerNormalizer)}
    if not clips:
        return "none"
    return "enrol" if clips == {ENROLMENT_CLIPS} else "speaker"


def _statistics_by_speaker(values: np.ndarray, code: np.ndarray, n_speakers: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and population standard deviation by speaker, ignoring NaN; NaN with fewer than two defined values."""
    mean = np.full((n_speakers, values.shape[1]), np.nan)
    scale = mean.copy()
    for i in range(n_speakers):
        rows = values[code == i]
        enough = np.isfinite(rows).sum(axis=0) >= 2
        rows = rows[:, enough]
        mean[i, enough] = np.nanmean(rows, axis=0)
        # The deviation of a constant column is only a rounding error; dividing by it would magnify the error.
        spread = np.nanstd(rows, axis=0)
        scale[i, enough] = np.where(_negligible(spread, mean[i, enough]), 0.0, spread)
    return mean, scale


def _components(values: np.ndarray, code: np.ndarray, n_speakers: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean of the speakers' means, variance between speakers, and pooled variance within (method of moments)."""
    means, n = _means(values, code, n_speakers)
    known = n > 0
    n_known = known.sum(axis=0)
    squares = np.nansum((values - means[code]) ** 2, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        level = np.where(known, means, 0.0).sum(axis=0) / n_known
        within = squares / np.maximum(n - 1, 0).sum(axis=0)
        spread = np.where(known, (means - level) ** 2, 0.0).sum(axis=0) / (n_known - 1)
        by_chance = within * np.where(known, 1 / np.maximum(n, 1), 0.0).sum(axis=0) / n_known
    within = np.where(_negligible(np.sqrt(within), level), 0.0, within)
    return level, np.maximum(np.nan_to_num(spread - by_chance), 0.0), within


def _means(values: np.ndarray, code: np.ndarray, n_speakers: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean of each speaker's defined values (NaN if there are none), and their number."""
    defined = np.isfinite(values)
    n, total = np.zeros((2, n_speakers, values.shape[1]))
    np.add.at(n, code, defined)
    np.add.at(total, code, np.where(defined, values, 0.0))
    return np.divide(total, n, out=np.full(n.shape, np.nan), where=n > 0), n


def _negligible(spread: np.ndarray, mean: np.ndarray) -> np.ndarray:
    return spread <= 1e-12 * np.maximum(np.abs(mean), 1e-300)

"""Speaker normalisation that works inside every scikit-learn tool, on test folds too."""

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ..errors import ProtocolError
from .enrolment import ENROL_LEVEL, enrolment_of, has_enrolment
from .speakers import has_speakers, speakers_of

ALL_CLIPS, ENROLMENT_CLIPS = "all", "enrol"


class SpeakerNormalizer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Z-score each feature within each speaker: ``(x - mean_speaker) / sd_speaker``.

    A speaker met in `fit` keeps the statistics learned there; speakers are told apart by name, so two people
    must not share one. A speaker first met in `transform` is normalised by the rows of that call, which is all
    that is known of them: their own unlabelled clips. That is transductive, so a score obtained this way belongs
    to the *speaker-normalised* track and holds only where several clips of a new speaker are at hand.

    With ``clips="enrol"`` statistics come from enrolment clips alone: a few unlabelled clips of each speaker, chosen
    beforehand (:mod:`prosody_ser.learn.enrolment`). In `fit` those of the training speakers, so that the model learns
    from clips normalised as new speakers' will be; in `transform`, for a speaker not met in `fit`, those of the same
    call. Every other row is then judged by itself. A new speaker without enrolment clips is an error, not a silence.

    Speakers, and which clips enrol them, are read from X's index (levels named ``speaker`` and ``enrol``), because
    scikit-learn's `cross_val_predict`, `GridSearchCV` and others hand no metadata to `transform` when they predict.

    Parameters
    ----------
    clips : {"all", "enrol"}
        Which clips of a speaker the statistics come from.
    without_speakers : {"error", "pool"}
        What to do with X that carries no speakers: refuse it, or take all rows as one speaker met in `fit`
        (global standardisation). ``"pool"`` is for plain arrays, on purpose only.

    Attributes
    ----------
    speakers_ : ndarray of object, shape (n_speakers,)
        Speakers met in `fit`, sorted.
    mean_, scale_ : ndarray of float64, shape (n_speakers, n_features)
        Their statistics; `scale_` is the population standard deviation (divisor n). NaN with fewer than two
        defined values.
    n_features_in_ : int
    feature_names_in_ : ndarray of str

    Notes
    -----
    NaN is ignored in the statistics and stays NaN. A feature that is constant over those clips becomes 0; one with
    fewer than two defined values has no deviation and becomes NaN, for the imputer after this step.
    """

    def __init__(self, clips=ALL_CLIPS, without_speakers="error"):
        self.clips = clips
        self.without_speakers = without_speakers

    def fit(self, X, y=None):
        """Learn mean and standard deviation of each speaker.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_features)
            With a ``speaker`` level in its index.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ProtocolError
            If X carries no speakers and `without_speakers` is ``"error"``, or a speaker has fewer than two enrolment
            clips and statistics come from those.
        """
        if self.clips not in (ALL_CLIPS, ENROLMENT_CLIPS):
            raise ValueError(f"clips must be {ALL_CLIPS!r} or {ENROLMENT_CLIPS!r}, got {self.clips!r}")
        if self.without_speakers not in ("error", "pool"):
            raise ValueError(f"without_speakers must be 'error' or 'pool', got {self.without_speakers!r}")
        speakers = self._speakers(X)
        values = validate_data(self, X, dtype=float, ensure_all_finite="allow-nan", ensure_min_samples=2)
        self.speakers_, code = np.unique(_or_one(speakers, len(values)), return_inverse=True)
        counted = self._counted(X, speakers, len(values))
        self._refuse_unenrolled(self.speakers_, code[counted])
        self.mean_, self.scale_ = _statistics(values[counted], code[counted], self.speakers_.size)
        return self

    def transform(self, X):
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
            As `fit`, for a speaker not met there.
        """
        check_is_fitted(self)
        speakers = self._speakers(X)
        values = validate_data(self, X, dtype=float, ensure_all_finite="allow-nan", reset=False)
        present, code = np.unique(_or_one(speakers, len(values)), return_inverse=True)
        position = np.minimum(np.searchsorted(self.speakers_, present), self.speakers_.size - 1)
        met = self.speakers_[position] == present
        counted = np.zeros(len(values), dtype=bool) if met.all() else self._counted(X, speakers, len(values))
        self._refuse_unenrolled(present, code[counted], met)
        mean, scale = _statistics(values[counted], code[counted], present.size)
        mean[met], scale[met] = self.mean_[position[met]], self.scale_[position[met]]
        centred = values - mean[code]
        divisor = scale[code]
        constant = divisor == 0
        return np.where(constant & np.isfinite(centred), 0.0, centred / np.where(constant, 1.0, divisor))

    def _speakers(self, X):
        return None if self.without_speakers == "pool" and not has_speakers(X) else speakers_of(X)

    def _counted(self, X, speakers, n_rows):
        """Rows that statistics are taken from."""
        if self.clips == ALL_CLIPS or speakers is None:
            return np.ones(n_rows, dtype=bool)
        if not has_enrolment(X):
            raise ProtocolError(
                f"X marks no enrolment clips: its index needs a level named {ENROL_LEVEL!r} (mark_enrolment adds it)"
            )
        return enrolment_of(X)

    def _refuse_unenrolled(self, speakers, code, met=False):
        if self.clips == ALL_CLIPS:
            return
        few = speakers[(np.bincount(code, minlength=speakers.size) < 2) & ~np.broadcast_to(met, speakers.size)]
        if few.size:
            raise ProtocolError(f"speaker {few[0]} has fewer than two enrolment clips among these rows")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def speaker_norm_of(pipeline) -> str:
    """How a pipeline normalises speakers, also inside a grid search or a calibrator: none, speaker or enrol."""
    parts = [pipeline, *pipeline.get_params(deep=True).values()]
    clips = {part.clips for part in parts if isinstance(part, SpeakerNormalizer)}
    if not clips:
        return "none"
    return "enrol" if clips == {ENROLMENT_CLIPS} else "speaker"


def _or_one(speakers, n_rows):
    return np.zeros(n_rows, dtype=object) if speakers is None else speakers


def _statistics(values, code, n_speakers):
    """Mean and population standard deviation by speaker, NaN ignored; NaN with fewer than two defined values."""
    mean = np.full((n_speakers, values.shape[1]), np.nan)
    scale = mean.copy()
    for i in range(n_speakers):
        own = values[code == i]
        enough = np.isfinite(own).sum(axis=0) >= 2
        own = own[:, enough]
        mean[i, enough] = np.nanmean(own, axis=0)
        # A constant column's deviation is rounding noise at most; blown up it would become a feature.
        spread = np.nanstd(own, axis=0)
        negligible = spread <= 1e-12 * np.maximum(np.abs(mean[i, enough]), 1e-300)
        scale[i, enough] = np.where(negligible, 0.0, spread)
    return mean, scale

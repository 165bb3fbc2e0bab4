"""A trained model: the fitted pipeline and everything that is needed to use it as intended."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..catalogue import FAST
from ..corpus_names import corpora_in_words
from ..errors import ModelError, ProtocolError, listed
from .abstention.limits import Limits
from .abstention.novelty import Novelty
from .file_format import NOBODY

if TYPE_CHECKING:  # loading a model must not import pandas
    import pandas as pd
    from numpy.typing import ArrayLike

    from ..tables.feature_table import FeatureTable
    from .predictions import Predictions


@dataclass(frozen=True, eq=False, repr=False)
class TrainedModel:
    """A model trained by :func:`prosody_ser.model.train` or loaded by :func:`prosody_ser.model.load_model`.

    Attributes
    ----------
    pipeline : sklearn.pipeline.Pipeline
        The fitted pipeline, without a sampler. Its input is X as in :attr:`prosody_ser.FeatureTable.X`. With a
        `speaker_norm` step, each speaker is normalised by the rows of the same call (at least two clips); the speakers
        of the training table are not stored.
    labels : tuple of str
        Sorted.
    features : tuple of str
        Columns of X, in order.
    feature_set : str
        Empty if the features do not belong to a feature set; the model then predicts from tables only, not from
        recordings.
    parameters : dict
        Extraction parameters of the training table; new recordings must be measured with the same parameters.
    weights : tuple of float
        Weight of each kind of evidence, from which a softmax computes the probabilities
        (:mod:`prosody_ser.learn.classifiers.evidence`).
    threshold : float
        The model abstains below this confidence; 0 if no risk was stated.
    risk : float or None
        The selective error for which the threshold was chosen.
    novelty : Novelty
    limits : Limits or None
        Limits beyond which the model abstains at any confidence; None for a model file of format version 1.
    card : dict
        What the model is, was trained on, scores, and must not be used for; see :mod:`prosody_ser.model.card`.

    Examples
    --------
    >>> ser.load_model(ser.default_model_path())
    <TrainedModel lda (blind): 7 emotions, trained on emodb, uar=0.824 on unheard speakers>
    """

    pipeline: Any
    labels: tuple[str, ...]
    features: tuple[str, ...]
    feature_set: str
    parameters: dict[str, Any]
    weights: tuple[float, ...]
    threshold: float
    risk: float | None
    novelty: Novelty
    card: dict[str, Any]
    limits: Limits | None = None

    @cached_property
    def predictor(self) -> Any:
        """What predicts: the pipeline, or the numbers of a linear one that was read from a file."""
        return self.pipeline

    @property
    def engine(self) -> str | None:
        """The engine that computed the contours of the training table, ``fast`` or ``reference``; None if unknown."""
        features = self.card["features"]
        return features.get("engine", FAST if features["feature_set"] else None)  # older models do not name it

    @property
    def reads_frames(self) -> bool:
        """Whether the model's input is sequences of frames (cnn, lstm) instead of rows of features."""
        return "read" in self.predictor.named_steps

    def predict(
        self,
        X: "pd.DataFrame | FeatureTable",
        *,
        reasons: bool = True,
        engine: str | None = None,
        speech_s: "ArrayLike | None" = None,
    ) -> "Predictions":
        """Predict the emotion of each row.

        The result for a row is identical whichever other rows are in the call, except if the model normalises speakers
        by all of their rows. Its probabilities are those that :meth:`probabilities` gives for that row alone.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_features), or FeatureTable
            As :attr:`prosody_ser.FeatureTable.X`; from a table, all rows that could be measured are used, labelled or
            not. Rows marked as enrolment clips (:func:`prosody_ser.learn.speakers.enrolment.with_enrolment`) serve to
            normalise their speaker and get no prediction; see :mod:`prosody_ser.model.speakers`.
        reasons : bool
            Whether to name the families of features that decided.
        engine : {"fast", "reference"}, optional
            Name the engine of the table here to accept it although the model was trained with the other engine.
        speech_s : array_like of shape (n_rows,), optional
            Seconds of speech in each row of a DataFrame, NaN where unknown; a FeatureTable provides its own. Without
            it, clips that are too short or too long are not detected.

        Returns
        -------
        Predictions
            A DataFrame whose index is that of the judged rows.

            - ``label``: the likeliest label, also if the model abstains.
            - ``confidence``: probability of the label, calibrated for speech like the training corpus. It falls with
              the distance from that speech (:meth:`prosody_ser.model.abstention.limits.Limits.temperature`).
            - ``abstain``: whether the model abstains, that is, does not claim the label.
            - ``abstain_reason``: no speech found, too short, too long, unlike the training speech, two emotions are
              close, or no emotion stands out (:mod:`prosody_ser.model.abstention.doubts`); empty if the model does not
              abstain.
            - ``novelty``: 0 to 1, see :class:`prosody_ser.model.abstention.novelty.Novelty`.
            - ``reasons``: at most three families of features with their contributions to the evidence for the label, in
              nats, the largest first: ``pitch +1.8, spectrum -0.4``. See :func:`prosody_ser.model.answers.pushes`.
            - ``p_<label>``: probability of each label.

        Raises
        ------
        ModelError
            If a feature is missing, the table was measured by the other engine, or values are too large for a finite
            result.
        ProtocolError
            If the model normalises speakers and there are too few clips of one of them.

        Examples
        --------
        >>> import pandas as pd
        >>> import prosody_ser as ser
        >>> model = ser.load_model(ser.default_model_path())
        >>> predictions = model.predict(pd.DataFrame(0.0, index=["clip"], columns=list(model.features)))
        >>> predictions["label"].isin(model.labels).tolist()
        [True]
        """
        from .answers import answers_of

        return answers_of(self, X, reasons, engine, speech_s)

    def probabilities(self, X: "pd.DataFrame") -> np.ndarray:
        """Compute calibrated probabilities.

        Parameters
        ----------
        X : DataFrame of shape (n_clips, n_features)
            Must have the columns of `features`, in any order, and a ``speaker`` level in its index if the model
            normalises speakers.

        Returns
        -------
        ndarray of shape (n_clips, n_labels)
            Rows sum to 1; columns in the order of `labels`. The largest is the confidence.

        Raises
        ------
        ModelError
            If X lacks a feature, or has values too large for a finite result.
        ProtocolError
            If the model normalises speakers, and X has no ``speaker`` level or only one clip of a speaker.
        """
        from .answers import probabilities_of

        return probabilities_of(self, X)

    def check_speakers(self, X: "pd.DataFrame") -> None:
        """Raise a ProtocolError if the model normalises speakers by all their clips and a speaker has a single clip.

        A single clip does not deviate from its own mean. All its features would be undefined after normalisation, and
        it would be judged like an average clip.

        Parameters
        ----------
        X : DataFrame
            As for :meth:`probabilities`.
        """
        step = self.predictor.named_steps.get("speaker_norm")
        if step is None or list(step.speakers_) != [NOBODY] or getattr(step, "clips", "all") != "all":
            return
        from ..learn.speakers.names import has_speakers, speakers_of

        if not has_speakers(X) and step.without_speakers == "pool":
            return
        names, counts = np.unique(speakers_of(X), return_counts=True)
        if (counts < 2).any():
            raise ProtocolError(
                f"speaker {names[counts.argmin()]!r} has a single clip: this model normalises each speaker by all of "
                "their clips and needs at least two"
            )

    def columns_of(self, X: "pd.DataFrame") -> "pd.DataFrame":
        """Select the features that the model uses, in its order; the DataFrame may have more columns.

        Parameters
        ----------
        X : DataFrame

        Returns
        -------
        DataFrame of shape (n_rows, n_features)

        Raises
        ------
        ModelError
            If a feature is missing, or X is not a DataFrame.
        """
        if not hasattr(X, "columns"):
            raise ModelError(f"X must be a DataFrame with the features as columns, not a {type(X).__name__}")
        places = X.columns.get_indexer(list(self.features)) if X.columns.is_unique else None
        if places is None or (places < 0).any():
            missing = [name for name in self.features if name not in X.columns]
            if missing:
                raise ModelError(f"the table lacks features that the model needs: {listed(missing, 3)}")
            return X[list(self.features)]
        return X if np.array_equal(places, np.arange(X.shape[1])) else X.iloc[:, places]

    def __repr__(self) -> str:
        model, training, score = (self.card[part] for part in ("model", "training", "score"))
        corpora = corpora_in_words(corpus["name"] for corpus in training["corpora"])
        return (
            f"<TrainedModel {model['name']} ({model['track']}): {len(self.labels)} emotions, trained on {corpora}, "
            f"uar={score['uar']:.3f} on unheard speakers>"
        )

    def _repr_html_(self) -> str:
        from .card_view import card_view

        return card_view(self.card)

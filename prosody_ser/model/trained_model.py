"""A trained model: the fitted pipeline and all that is needed to use it as it was meant."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..catalogue import FAST
from ..errors import ModelError, ProtocolError, listed
from .file_format import NOBODY
from .limits import Limits
from .novelty import Novelty

if TYPE_CHECKING:  # whoever only opens a model need not wait for pandas
    import pandas as pd
    from numpy.typing import ArrayLike

    from ..tables.feature_table import FeatureTable
    from .predictions import Predictions


@dataclass(frozen=True, eq=False, repr=False)
class TrainedModel:
    """What :func:`prosody_ser.model.train` makes and :func:`prosody_ser.model.load_model` gives back.

    Attributes
    ----------
    pipeline : sklearn.pipeline.Pipeline
        Fitted, without sampler. It takes X as :attr:`prosody_ser.FeatureTable.X` has it. With a `speaker_norm` step,
        each speaker is normalised by the rows of the same call (two clips at least); none is known from training.
    labels : tuple of str
        Sorted.
    features : tuple of str
        Columns of X, in order.
    feature_set : str
        Empty if the features are not those of a set: then only tables can be predicted, no recordings.
    parameters : dict
        Extraction parameters of the training table; what new recordings are measured with must be the same.
    weights : tuple of float
        Of each kind of evidence, of which a softmax makes probabilities
        (:mod:`prosody_ser.learn.classifiers.evidence`).
    threshold : float
        Below this confidence the model abstains; 0 if no risk was stated.
    risk : float or None
        The selective error that the threshold was chosen for.
    novelty : Novelty
    limits : Limits or None
        Beyond which the model abstains, however sure; None for a model file of format version 1.
    card : dict
        What it is, was trained on, scores, and must not be used for; see :mod:`prosody_ser.model.card`.

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
        """What computed the contours of the training table, ``fast`` or ``reference``; None where nobody knows."""
        features = self.card["features"]
        return features.get("engine", FAST if features["feature_set"] else None)  # older models do not name it

    @property
    def reads_frames(self) -> bool:
        """Whether it takes clips as sequences of frames (cnn, lstm), not as rows of features."""
        return "read" in self.predictor.named_steps

    def predict(
        self,
        X: "pd.DataFrame | FeatureTable",
        *,
        reasons: bool = True,
        engine: str | None = None,
        speech_s: "ArrayLike | None" = None,
    ) -> "Predictions":
        """What the model says of each row.

        What is said of a row is the same, to the bit, whichever other rows are asked about (but where a model
        normalises speakers by all of their rows), and its probabilities are those of :meth:`probabilities` of that row
        alone.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_features), or FeatureTable
            As :attr:`prosody_ser.FeatureTable.X`; of a table, all rows that could be measured, labelled or not. Rows
            marked as enrolment clips (:func:`prosody_ser.learn.speakers.enrolment.with_enrolment`) tell how their
            speaker sounds, and are not judged; see :mod:`prosody_ser.model.speakers`.
        reasons : bool
            Whether to say which families of features decided.
        engine : {"fast", "reference"}, optional
            To take a table of the other engine than the model's own all the same, name that engine.
        speech_s : array_like of shape (n_rows,), optional
            Seconds of speech of each row of a DataFrame, NaN where nobody knows; a table knows its own. Without it a
            clip that is too short or too long to be judged is not recognised as such.

        Returns
        -------
        Predictions
            A DataFrame on the index of the rows that are judged.

            - ``label``: the likeliest; also where it abstains.
            - ``confidence``: its probability, calibrated for speech like the training corpus. It falls with the
              distance from that (:meth:`prosody_ser.model.limits.Limits.temperature`).
            - ``abstain``: whether the model does not claim the label.
            - ``abstain_reason``: why not: no speech found, too short, too long, unlike the training speech, two
              emotions are close, no emotion stands out (:mod:`prosody_ser.model.doubts`); empty where it does.
            - ``novelty``: 0 to 1, see :class:`prosody_ser.model.novelty.Novelty`.
            - ``reasons``: at most three families with what each added to the evidence for the label, in nats, the
              strongest first: ``pitch +1.8, spectrum -0.4``. See :func:`prosody_ser.model.answers.pushes`.
            - ``p_<label>``: probabilities.

        Raises
        ------
        ModelError
            If a feature is missing, the table was measured by the other engine, or there is no finite answer.
        ProtocolError
            If the model normalises speakers and too little is known of one.

        Examples
        --------
        >>> import pandas as pd
        >>> import prosody_ser as ser
        >>> model = ser.load_model(ser.default_model_path())
        >>> said = model.predict(pd.DataFrame(0.0, index=["clip"], columns=list(model.features)))
        >>> said["label"].isin(model.labels).tolist()
        [True]
        """
        from .answers import answers_of

        return answers_of(self, X, reasons, engine, speech_s)

    def probabilities(self, X: "pd.DataFrame") -> np.ndarray:
        """Calibrated probabilities.

        Parameters
        ----------
        X : DataFrame of shape (n_clips, n_features)
            With the columns of `features`, in any order, and, for a model that normalises speakers, a ``speaker``
            level in its index.

        Returns
        -------
        ndarray of shape (n_clips, n_labels)
            Rows sum to 1; columns in the order of `labels`. The largest is the confidence.

        Raises
        ------
        ModelError
            If X lacks a feature, or has values so large that there is no finite answer.
        ProtocolError
            If the model normalises speakers, and X names none, or one with a single clip.
        """
        from .answers import probabilities_of

        return probabilities_of(self, X)

    def check_speakers(self, X: "pd.DataFrame") -> None:
        """Raise a ProtocolError if the model normalises speakers by all their clips and one has a single clip.

        A single clip has no deviation from its own mean: it would be all gaps, and pass for an average clip.

        Parameters
        ----------
        X : DataFrame
            As :meth:`probabilities` takes it.
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
                f"speaker {names[counts.argmin()]!r} has a single clip: this model normalises each speaker by their "
                "own clips, and needs two or more"
            )

    def columns_of(self, X: "pd.DataFrame") -> "pd.DataFrame":
        """The features that the model takes, in its order, of a DataFrame that may have more.

        Parameters
        ----------
        X : DataFrame

        Returns
        -------
        DataFrame of shape (n_rows, n_features)

        Raises
        ------
        ModelError
            If one is missing, or X is no DataFrame.
        """
        if not hasattr(X, "columns"):
            raise ModelError(f"a {type(X).__name__} does not name its features: give a DataFrame with them as columns")
        places = X.columns.get_indexer(list(self.features)) if X.columns.is_unique else None
        if places is None or (places < 0).any():
            missing = [name for name in self.features if name not in X.columns]
            if missing:
                raise ModelError(f"the table lacks features that the model needs: {listed(missing, 3)}")
            return X[list(self.features)]
        return X if np.array_equal(places, np.arange(X.shape[1])) else X.iloc[:, places]

    def __repr__(self) -> str:
        model, training, score = (self.card[part] for part in ("model", "training", "score"))
        corpora = ", ".join(corpus["name"] for corpus in training["corpora"])
        return (
            f"<TrainedModel {model['name']} ({model['track']}): {len(self.labels)} emotions, trained on {corpora}, "
            f"uar={score['uar']:.3f} on unheard speakers>"
        )

    def _repr_html_(self) -> str:
        from .card_view import card_view

        return card_view(self.card)

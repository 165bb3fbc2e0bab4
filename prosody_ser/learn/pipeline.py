"""The one pipeline: everything that learns, in a flat imbalanced-learn Pipeline that is fitted per fold."""

from typing import Any

from imblearn.pipeline import Pipeline
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from ..errors import ProtocolError
from .calibration import SpeakerCalibratedClassifier
from .registry import BALANCES, SPEAKER_NORMS, build, build_model, chosen
from .speaker_norm import ALL_CLIPS, ENROLMENT_CLIPS, SpeakerNormalizer


def make_pipeline(
    model: str = "svm",
    *,
    balance: str = "none",
    speaker_norm: str = "none",
    calibrate: bool = False,
    seed: int = 0,
) -> Any:
    """Speaker-normalise, impute, scale, rebalance, classify.

    Parameters
    ----------
    model : str
        One of :data:`prosody_ser.learn.registry.MODELS` (``prosody-ser models`` lists them), or a scikit-learn
        classifier of your own as ``package.module:Class``.
    balance : str
        One of :data:`prosody_ser.learn.registry.BALANCES`. Samplers change the training fold, never what is
        predicted.
    speaker_norm : {"none", "speaker", "enrol"}
        ``speaker`` z-scores each speaker's own clips, ``enrol`` by a few clips chosen beforehand; see
        :class:`SpeakerNormalizer`.
    calibrate : bool
        Probabilities learned on held-out training speakers; see
        :class:`prosody_ser.learn.calibration.SpeakerCalibratedClassifier`. Takes about six times as long.
    seed : int
        Seed of whatever is random in the model and the sampler, and of the inner folds that calibrate.

    Returns
    -------
    imblearn.pipeline.Pipeline
        Unfitted. It takes a DataFrame with speakers in its index (:attr:`FeatureTable.X`). Within a
        SpeakerCalibratedClassifier, if it is to be calibrated.

    Raises
    ------
    ProtocolError
        If one of the names is unknown, the model cannot be balanced so, or the seed is out of range.
    """
    balancing = chosen("balance", balance, BALANCES)
    chosen("speaker-norm", speaker_norm, SPEAKER_NORMS)
    if not 0 <= seed < 2**32:
        raise ProtocolError(f"seed is {seed}: take one from 0 to {2**32 - 1}")
    weight = {"class_weight": balancing["class_weight"]} if "class_weight" in balancing else {}
    classifier = build_model(model, seed=seed, **weight)
    steps: list[tuple] = []
    if speaker_norm != "none":
        clips = ENROLMENT_CLIPS if speaker_norm == "enrol" else ALL_CLIPS
        steps.append(("speaker_norm", SpeakerNormalizer(clips)))
    steps.append(("impute", SimpleImputer(strategy="median", keep_empty_features=True)))
    steps.append(("scale", StandardScaler()))
    if "sampler" in balancing:
        steps.append(("balance", build(balancing["sampler"], random_state=seed)))
    steps.append(("model", classifier))
    pipeline = Pipeline(steps)
    return SpeakerCalibratedClassifier(pipeline, seed=seed) if calibrate else pipeline

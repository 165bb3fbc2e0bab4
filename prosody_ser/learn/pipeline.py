"""The one pipeline: everything that learns, in a flat imbalanced-learn Pipeline that is fitted per fold."""

from imblearn.pipeline import Pipeline
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from ..errors import ProtocolError
from .registry import BALANCES, MODELS, SPEAKER_NORMS, build, chosen
from .speaker_norm import SpeakerNormalizer


def make_pipeline(model: str = "svm", *, balance: str = "none", speaker_norm: str = "none", seed: int = 0) -> Pipeline:
    """Speaker-normalise, impute, scale, rebalance, classify.

    Parameters
    ----------
    model : {"svm", "rf", "mlp"}
    balance : {"none", "class-weight", "smote"}
        ``smote`` adds synthetic clips of the rarer classes to the training fold (never at prediction).
    speaker_norm : {"none", "speaker"}
        ``speaker`` z-scores each speaker's own clips; see :class:`SpeakerNormalizer`.
    seed : int
        Seed of whatever is random in the model and the sampler.

    Returns
    -------
    imblearn.pipeline.Pipeline
        Unfitted. It takes a DataFrame with speakers in its index (:attr:`FeatureTable.X`).

    Raises
    ------
    ProtocolError
        If one of the names is unknown, or the seed is out of range.
    """
    entry = chosen("model", model, MODELS)
    balancing = chosen("balance", balance, BALANCES)
    chosen("speaker-norm", speaker_norm, SPEAKER_NORMS)
    if not 0 <= seed < 2**32:
        raise ProtocolError(f"seed is {seed}: take one from 0 to {2**32 - 1}")
    parameters = dict(entry.parameters, random_state=seed)
    if "class_weight" in balancing:
        parameters["class_weight"] = balancing["class_weight"]
    steps: list[tuple] = []
    if speaker_norm == "speaker":
        steps.append(("speaker_norm", SpeakerNormalizer()))
    steps.append(("impute", SimpleImputer(strategy="median", keep_empty_features=True)))
    steps.append(("scale", StandardScaler()))
    if "sampler" in balancing:
        steps.append(("balance", build(balancing["sampler"], random_state=seed)))
    steps.append(("model", build(entry.estimator, **parameters)))
    return Pipeline(steps)

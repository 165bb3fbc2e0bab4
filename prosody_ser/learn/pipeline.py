"""The pipeline: every step that learns, in a flat imbalanced-learn Pipeline that is fitted per fold."""

from collections.abc import Mapping, Sequence
from typing import Any

from imblearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from ..errors import ProtocolError, chosen, whole_number
from .classifiers.calibration import SpeakerCalibratedClassifier
from .classifiers.registry import BALANCES, MODELS, build, build_model
from .preprocessing.imputer import SimpleImputer
from .preprocessing.selection import make_selector
from .preprocessing.sequences.averager import FrameAverager
from .preprocessing.sequences.reader import SequenceReader
from .preprocessing.sequences.scaler import SequenceScaler
from .preprocessing.sequences.speaker_norm import SequenceNormalizer
from .preprocessing.speaker_norm import ALL_CLIPS, ENROLMENT_CLIPS, SPEAKER_NORMS, SpeakerNormalizer
from .tuning.candidates import candidates_of
from .tuning.classifier import SpeakerTunedClassifier
from .tuning.spaces import space_of


def make_pipeline(
    model: Any = "svm",
    *,
    balance: str = "none",
    speaker_norm: str = "none",
    select: str = "none",
    calibrate: bool = False,
    device: str | None = None,
    seed: int = 0,
) -> Any:
    """Make the pipeline of all steps that learn, from speaker normalisation to the classifier.

    For features, the steps are speaker normalisation, imputer, scaler, selection, sampler and classifier. For
    sequences, they are reader, speaker normalisation, scaler, frame averager and classifier.

    Parameters
    ----------
    model : str or classifier
        One of :data:`prosody_ser.learn.classifiers.registry.MODELS` (``prosody-ser models`` lists them), or your own
        scikit-learn classifier: an instance, of which an unfitted copy is used, or ``package.module:Class``.
    balance : str
        One of :data:`prosody_ser.learn.classifiers.registry.BALANCES`. Samplers change the training fold only, never
        the clips to be predicted.
    speaker_norm : {"none", "speaker", "enrol"}
        ``speaker`` z-scores each speaker by all of their clips, ``enrol`` by a few clips chosen beforehand; see
        :class:`SpeakerNormalizer`.
    select : str
        ``"none"``, or a selection of features on the training clips: ``"kbest:50"``, ``"mi:50"``, ``"rfe:50"``,
        ``"corr:0.9"``; see :func:`prosody_ser.learn.preprocessing.selection.make_selector`.
    calibrate : bool
        Whether to calibrate probabilities on held-out training speakers, which takes about six times as long; see
        :class:`prosody_ser.learn.classifiers.calibration.SpeakerCalibratedClassifier`.
    device : {"cpu", "cuda"}, optional
        Where a network is trained; by default on the CPU.
    seed : int
        Seed for everything random in the model, the sampler and the selection, and for the inner folds of the
        calibration.

    Returns
    -------
    imblearn.pipeline.Pipeline
        Unfitted; its input is a DataFrame with speakers in its index (:attr:`FeatureTable.X`). With `calibrate`, it is
        inside a SpeakerCalibratedClassifier.

    Raises
    ------
    ProtocolError
        If one of the names is unknown, the model cannot be balanced in this way, or the seed is out of range.

    Examples
    --------
    >>> [name for name, step in ser.make_pipeline("svm", speaker_norm="speaker", select="kbest:50").steps]
    ['speaker_norm', 'impute', 'scale', 'select', 'model']
    """
    balancing = chosen("balance", balance, BALANCES)
    chosen("speaker-norm", speaker_norm, SPEAKER_NORMS)
    whole_number("seed", seed, 0, 2**32 - 1)
    entry = MODELS.get(model) if isinstance(model, str) else None
    if entry is not None and entry.network and "sampler" in balancing:
        raise ProtocolError(
            f"{model} cannot be balanced by {balance}: artificial clips have no speaker, but the network needs "
            "speakers for early stopping; leave out the balance, because its loss weights the classes anyway"
        )
    given = {"class_weight": balancing["class_weight"]} if "class_weight" in balancing else {}
    if device is not None:
        given["device"] = device
    classifier = build_model(model, seed=seed, **given)
    clips = None if speaker_norm == "none" else ENROLMENT_CLIPS if speaker_norm == "enrol" else ALL_CLIPS
    selector = make_selector(select, seed)
    if entry is not None and entry.reads:
        if selector is not None:
            raise ProtocolError(f"{model} reads frames, but --select chooses among features: leave out --select")
        steps = _steps_of_sequences(entry.reads, clips)
    else:
        steps = _steps_of_features(clips, selector)
    if entry is not None and entry.needs_frame:
        for _, step in steps:
            step.set_output(transform="pandas")
    if "sampler" in balancing:
        steps.append(("balance", build(balancing["sampler"], random_state=seed)))
    steps.append(("model", classifier))
    pipeline = Pipeline(steps)
    return SpeakerCalibratedClassifier(pipeline, seed=seed) if calibrate else pipeline


def _steps_of_features(clips: str | None, selector: Any) -> list[tuple[str, Any]]:
    steps: list[tuple[str, Any]] = [] if clips is None else [("speaker_norm", SpeakerNormalizer(clips))]
    steps.append(("impute", SimpleImputer(strategy="median", keep_empty_features=True)))
    steps.append(("scale", StandardScaler()))
    return steps if selector is None else [*steps, ("select", selector)]


def _steps_of_sequences(contours: tuple[str, ...], clips: str | None) -> list[tuple[str, Any]]:
    normaliser = [] if clips is None else [("speaker_norm", SequenceNormalizer(clips))]
    return [("read", SequenceReader(contours)), *normaliser, ("scale", SequenceScaler()), ("average", FrameAverager())]


def make_tuned_pipeline(
    model: Any = "svm",
    *,
    search: str = "grid",
    space: str | Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Sequence[Any]]] = "small",
    inner_folds: int = 5,
    n_candidates: int | None = None,
    select: str = "none",
    seed: int = 0,
    **options: Any,
) -> SpeakerTunedClassifier:
    """Make a pipeline that searches its parameters on speaker-grouped inner folds of its training clips.

    Parameters
    ----------
    model : str or classifier
        As for :func:`make_pipeline`; your own needs your own values as its `space`.
    search : {"grid", "random", "halving"}
    space : str, dict, or sequence of dict
        ``"small"`` or ``"wide"``, from :data:`prosody_ser.learn.tuning.spaces.SPACES` (``prosody-ser models`` lists
        them), or your own values by name of parameter (``{"model__C": [0.1, 1]}``).
    inner_folds : int
    n_candidates : int, optional
        Number of candidates that a random or halving search draws; see
        :class:`prosody_ser.learn.tuning.classifier.SpeakerTunedClassifier`.
    select, seed, **options
        As for :func:`make_pipeline`; the seed is also used for the search. If `select` has a number (``"kbest:50"``),
        this number is used; without one (``"kbest"``), the number is searched, too.

    Returns
    -------
    SpeakerTunedClassifier
        Unfitted. With ``calibrate=True``, the calibrator is inside it.

    Raises
    ------
    ProtocolError
        As for :func:`make_pipeline`, or if the space or the search is unknown.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> ser.make_tuned_pipeline("lda", inner_folds=2).fit(table.X, table.y).best_params_
    {'model__shrinkage': 0.6}
    """
    pipeline = make_pipeline(model, select=select, seed=seed, **options)
    if isinstance(space, str):
        values: Any = space_of(model, space, select)
    else:
        values = dict(space) if isinstance(space, Mapping) else list(space)
    candidates_of(values, search, n_candidates, seed)  # raises errors now instead of in the first fold
    return SpeakerTunedClassifier(
        pipeline,
        values,
        search=search,
        n_folds=inner_folds,
        n_candidates=n_candidates,
        seed=seed,
        space_name=space if isinstance(space, str) else "own",
    )

"""Shortcuts: properties other than the voice that predict the emotion (row order, duration, silence, level, bandwidth).

Each property is tested alone on held-out speakers, as one number per clip (:mod:`prosody_ser.learn.audit.recovery`). If
it predicts something, this is seldom a fault, because sad people speak slowly and angry people loudly. Therefore most
findings are notes with points to consider. They are warnings if a shortcut alone reaches half of the way from chance to
perfect, which does not happen in acted speech, or if a quick model (:mod:`prosody_ser.learn.audit.quick_model`) gains
at least `MOST_WORTH` from the features that depend on the shortcut. (On EMO-DB, RAVDESS and EMOVO it gains .02 from the
level.) Sampling rate and bandwidth should have no relation to emotions at all.

The order of the rows matters only if folds are cut from the rows in order, or a feature follows it. Otherwise it only
means that files sorted by name are sorted by label.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ....catalogue import Feature, all_features
from ....catalogue.feature import ABSOLUTE
from ..finding import NOTE, WARNING, Finding
from ..material import Material
from ..quick_model import QuickModel
from ..recovery import Recovery, recover, within_speaker

CHECK = "shortcuts"
#: Skill (0 is chance, 1 is perfect) that duration, silence or level of acted speech do not reach alone.
MOST_SKILL = 0.5
#: Gain in UAR of a quick model from features that depend on a shortcut, which acted speech does not reach.
MOST_WORTH = 0.05
#: Correlation, among otherwise similar clips, from which a feature follows the order of the rows.
FOLLOWS = 0.8
#: With fewer rows, a feature may follow the order by chance.
LEAST_ROWS = 20
#: Features that represent the level of the recording; the first one in the table is used.
LEVELS = (
    *("intensity_mean_db", "intensity_energy_mean_db", "intensity_p50_db"),
    *("equivalentSoundLevel_dBp", "loudness_sma3_amean", "rms", "rms_mean", "energy"),
)
#: Features that represent silence between words: its amount and its level. The best predictor is used.
SILENCES = {
    "pauses": ("pause_share_ratio", "pause_mean_s", "pause_rate_per_s"),
    "noise floor": ("intensity_rel_p05_db", "intensity_rel_p20_db"),
}
_LOWEST = ("p05", "p20", "range_p20_p80")
#: The column with the noise floor itself, if `extract` has written it.
_FLOOR = "noise_floor_db"
#: Tests for features that depend on a shortcut.
_HOLDS: dict[str, Callable[[Feature], bool]] = {
    "level": lambda feature: feature.definition.endswith(ABSOLUTE),
    "pauses": lambda feature: feature.name.startswith("pause_"),
    "noise floor": lambda feature: (
        feature.family == "intensity" and feature.functional is not None and feature.functional.name in _LOWEST
    ),
    "bandwidth": lambda feature: feature.family == "spectrum" or feature.needs_rate_hz > 0,
}
_HOLDS["sample rate"] = _HOLDS["bandwidth"]
#: Noise affects the spectrum and the pauses, and makes the voice less harmonic.
_HOLDS[_FLOOR] = lambda feature: (
    feature.family == "spectrum" or feature.name.startswith(("hnr", "loudness")) or _HOLDS["noise floor"](feature)
)
#: Largest number of columns depending on a shortcut that the quick model uses in addition to the others.
_MOST_HOLDING = 64
_MEANING = {
    "duration": (
        "Speaking rate and pauses differ between emotions, so part of the score is genuine. It is not genuine if clips "
        "were cut or padded to a length that depends on the emotion, or if the emotions have sentences of different "
        "length."
    ),
    "leading silence": (
        "No direct effect, because no feature contains it. It shows that clips were cut or acted differently for each "
        "emotion: features that depend on the cut (onsets, rates) may be a cue that another corpus lacks."
    ),
    "level": (
        "Loud and soft speech differ between emotions, so part of the score is genuine if the gain was the same for "
        "all recordings. It is not genuine if the gain depends on the emotion, and it does not transfer to other "
        "recordings."
    ),
    "sample rate": (
        "The recording equipment predicts the emotion: features of high bands are undefined or filtered depending on "
        "the emotion. The score is too high. Resample all recordings to the lowest sampling rate."
    ),
    "bandwidth": (
        "The bandwidth of the recordings predicts the emotion, whatever their sampling rate: features of high bands "
        "are undefined or filtered depending on the emotion. The score is too high. Limit all recordings to the same "
        "bandwidth."
    ),
}
_MEANING["trailing silence"] = _MEANING["leading silence"]
_MEANING["pauses"] = (
    "Pauses differ between emotions, so part of the score is genuine. It is not genuine if clips were cut, joined or "
    "padded with silence depending on the emotion."
)
_MEANING["noise floor"] = (
    "Loud speech is farther above the noise of the room, so part of the score is genuine. It is not genuine if the "
    "emotions were recorded in different rooms, or some of them were denoised."
)
_ORDER_IN_FOLDS = (
    "Folds that are cut from the rows in order train without some of the emotions that they test, and neighbouring "
    "rows are on both sides. Hold out whole speakers instead."
)
_ORDER_IN_FEATURE = (
    "From this feature, the model can infer the position of a clip in the table, which predicts its emotion. Examples "
    "are a counter, a clock, or anything that drifted while the emotions were recorded one after the other. The score "
    "is too high. Remove the feature, or explain why it is one."
)


def find(material: Material) -> list[Finding]:
    """Find shortcuts that alone predict emotions of held-out speakers, and their effect on a quick model."""
    quick = QuickModel(material)
    findings = list(_order(material))
    for what, column, recovery in _most_telling(material):
        scores = _with_and_without(material, quick, column if column == _FLOOR else what)
        severe = what in ("sample rate", "bandwidth") or recovery.skill > MOST_SKILL
        # Noise affects many features that predict emotions legitimately, so a loss without them is no evidence.
        severe |= bool(scores) and column != _FLOOR and scores["with"] - scores["without"] >= MOST_WORTH
        if severe or what not in SILENCES:
            findings.append(_finding(WARNING if severe else NOTE, what, column, recovery, scores))
    return findings


def _finding(severity: str, what: str, column: str | None, recovery: Recovery, scores: dict[str, float]) -> Finding:
    plural = what.endswith("s")
    sentence = (
        f"The {what} alone {'predict' if plural else 'predicts'} the emotion of held-out speakers with a UAR of "
        f"{recovery.uar:.2f} (chance {recovery.chance:.2f})."
    )
    if scores:
        sentence += (
            f" A quick model scores {scores['with']:.2f} with all features and {scores['without']:.2f} without the "
            f"{scores['n_without']} that depend on {'them' if plural else 'it'}."
        )
    evidence: dict[str, Any] = {"what": what, "column": column} | recovery.data | {"skill": round(recovery.skill, 3)}
    if scores:
        evidence |= {"quick_model_with": scores["with"], "quick_model_without": scores["without"]}
    return Finding(severity, CHECK, sentence, _MEANING[what], evidence)


def _with_and_without(material: Material, quick: QuickModel, what: str) -> dict[str, Any]:
    """UAR of a quick model with and without the features that depend on a shortcut; empty if none does, or all do."""
    known = all_features()
    holds = _HOLDS.get(what, lambda feature: False)
    holding = np.array(
        [holds(known[name]) if name in known else what == "level" and name in LEVELS for name in material.features]
    )
    if not holding.any() or holding.all():
        return {}
    columns, others = np.flatnonzero(holding), np.flatnonzero(~holding)
    some = columns[np.unique(np.linspace(0, columns.size - 1, min(columns.size, _MOST_HOLDING)).astype(int))]
    scores = {"with": quick.score(others, and_also=some).uar, "without": quick.score(others).uar}
    return {name: round(score, 3) for name, score in scores.items()} | {"n_without": int(columns.size)}


def _order(material: Material) -> Iterator[Finding]:
    """Findings about the order of the rows, if it predicts emotions and folds or a feature follow it."""
    place = within_speaker(material, np.arange(len(material.y), dtype=float))
    in_order = _cut_in_order(material)
    following = _following(material, place)
    if not in_order and following is None:
        return
    recovery = recover(material, place)
    if recovery is None or not recovery.above_chance:
        return
    sentence = (
        f"The order of the rows alone predicts the emotion of held-out speakers with a UAR of {recovery.uar:.2f} "
        f"(chance {recovery.chance:.2f})"
    )
    evidence = {"what": "order of the rows", "column": following} | recovery.data | {"skill": round(recovery.skill, 3)}
    if in_order:
        yield Finding(WARNING, CHECK, f"{sentence}, and the folds are cut from it.", _ORDER_IN_FOLDS, evidence)
    if following is not None:
        yield Finding(
            WARNING, CHECK, f"{sentence}, and the feature {following!r} follows it.", _ORDER_IN_FEATURE, evidence
        )


def _cut_in_order(material: Material) -> bool:
    """Whether each test set is one block of consecutive rows, and speakers are on both sides."""
    blocks = all(test.size and np.ptp(test) == test.size - 1 for _, test in material.folds)
    return len(material.folds) > 1 and blocks and material.split_groups(material.speaker).size > 0


def _following(material: Material, place: np.ndarray) -> str | None:
    """The feature that is most correlated with the position of a clip, among otherwise similar clips, if there is one.

    Similar clips have the same speaker, emotion, sentence and intensity. If rows are sorted by one of these, every
    feature that depends on it is correlated with the position.
    """
    alike = [pd.factorize(material.frame[name])[0] for name in ("sentence", "intensity")]
    cells = np.stack([material.speaker, material.label, *alike], axis=1)
    _, cell = np.unique(cells, axis=0, return_inverse=True)
    values, place = (_centred(each, cell) for each in (material.values, place[:, None]))
    if np.count_nonzero(place) < LEAST_ROWS:
        return None
    norm = np.sqrt((values**2).sum(axis=0) * (place**2).sum())
    correlation = np.abs((values * place).sum(axis=0)) / np.where(norm > 0, norm, np.inf)
    most = int(correlation.argmax())
    return material.features[most] if correlation[most] >= FOLLOWS else None


def _centred(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Values minus the mean of their group; undefined values are 0."""
    finite = np.isfinite(values)
    member = sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))))
    mean = (member @ np.where(finite, values, 0.0)) / np.maximum(member @ finite.astype(float), 1)
    return np.where(finite, values - mean[group], 0.0)


def _most_telling(material: Material) -> Iterator[tuple[str, str | None, Recovery]]:
    """Yield each shortcut above chance, with the best predictor among the columns that represent it."""
    best: dict[str, tuple[str | None, Recovery]] = {}
    for what, number, column in _numbers(material):
        recovery = recover(material, number)
        if recovery is None or not recovery.above_chance:
            continue
        if what not in best or recovery.uar > best[what][1].uar:
            best[what] = column, recovery
    for what, (column, recovery) in best.items():
        yield what, column, recovery


def _numbers(material: Material) -> Iterator[tuple[str, np.ndarray, str | None]]:
    frame = material.frame
    silence = frame[["lead", "trail"]].fillna(0.0).sum(axis=1)
    yield "duration", (frame["end"] - frame["start"].fillna(0.0) - silence).to_numpy(dtype=float), "end - start"
    yield "leading silence", frame["lead"].to_numpy(dtype=float), "lead"
    yield "trailing silence", frame["trail"].to_numpy(dtype=float), "trail"
    levels = [name for name in LEVELS if name in material.features][:1]
    by_features = {"level": levels, **SILENCES}
    floor = frame[_FLOOR].to_numpy(dtype=float)
    if np.isfinite(floor).any():
        yield "noise floor", floor, _FLOOR
        del by_features["noise floor"]
    for what, names in by_features.items():
        for name in names:
            if name in material.features:
                yield what, material.values[:, material.features.index(name)], name
    yield "sample rate", frame["sample_rate_hz"].to_numpy(dtype=float), "sample_rate_hz"
    yield "bandwidth", frame["bandwidth_hz"].to_numpy(dtype=float), "bandwidth_hz"

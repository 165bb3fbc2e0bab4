"""Emotions told by what is not the voice: order of the rows, duration, silence, level, sample rate, band.

Each is tried alone on unheard speakers, as one number a clip (:mod:`.recovery`). That it tells something is seldom a
fault: the sad speak slowly, the angry loudly. So these are notes that say what to think of. They are warnings where a
shortcut alone goes half of the way from chance to perfect, which acted speech does not, or where a quick model
(:mod:`.quick_model`) scores `MOST_WORTH` more with the features that hold the shortcut than without them: of EMO-DB,
RAVDESS and EMOVO it scores .02 more with the level. Sample rate and band have nothing to do with emotions at all.

The order of the rows matters only where something follows it: folds that are cut from the rows in order, or a feature.
Elsewhere it says no more than that files sorted by name are sorted by label.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ...catalogue import Feature, all_features
from ...catalogue.feature import ABSOLUTE
from .finding import NOTE, WARNING, Finding
from .material import Material
from .quick_model import QuickModel
from .recovery import Recovery, recover, within_speaker

CHECK = "shortcuts"
#: Share of the way from chance to perfect that duration, silence or level of acted speech do not reach alone.
MOST_SKILL = 0.5
#: UAR that a quick model gains by the features that hold a shortcut, and does not gain by those of acted speech.
MOST_WORTH = 0.05
#: Correlation, among clips that should be alike, from which a feature follows the order of the rows.
FOLLOWS = 0.8
#: With fewer rows it may do so by chance.
LEAST_ROWS = 20
#: The first of these that is a feature stands for the level of the recording.
LEVELS = (
    *("intensity_mean_db", "intensity_energy_mean_db", "intensity_p50_db"),
    *("equivalentSoundLevel_dBp", "loudness_sma3_amean", "rms", "rms_mean", "energy"),
)
#: The most telling of these stands for the silence between words: how much of it there is, and how far down it goes.
SILENCES = {
    "pauses": ("pause_share_ratio", "pause_mean_s", "pause_rate_per_s"),
    "noise floor": ("intensity_rel_p05_db", "intensity_rel_p20_db"),
}
_LOWEST = ("p05", "p20", "range_p20_p80")
#: The column that holds the noise floor itself, where `extract` wrote it.
_FLOOR = "noise_floor_db"
#: Which features hold a shortcut.
_HOLDS: dict[str, Callable[[Feature], bool]] = {
    "level": lambda feature: feature.definition.endswith(ABSOLUTE),
    "pauses": lambda feature: feature.name.startswith("pause_"),
    "noise floor": lambda feature: (
        feature.family == "intensity" and feature.functional is not None and feature.functional.name in _LOWEST
    ),
    "bandwidth": lambda feature: feature.family == "spectrum" or feature.needs_rate_hz > 0,
}
_HOLDS["sample rate"] = _HOLDS["bandwidth"]
#: Noise fills the spectrum and the gaps, and makes the voice less harmonic.
_HOLDS[_FLOOR] = lambda feature: (
    feature.family == "spectrum" or feature.name.startswith(("hnr", "loudness")) or _HOLDS["noise floor"](feature)
)
#: Columns that hold a shortcut and are given to the quick model beside others, at most.
_MOST_HOLDING = 64
_MEANING = {
    "duration": (
        "Speaking rate and pauses do differ by emotion, so part of the score is fair. It is not where clips were cut "
        "or filled to a length by emotion, or sentences differ in length between emotions."
    ),
    "leading silence": (
        "No feature holds it, so none directly. It shows that clips were cut or acted differently by emotion: "
        "what depends on the cut (onsets, rates) may be a cue that another corpus lacks."
    ),
    "level": (
        "Loud and soft speech differ by emotion, so part of the score is fair as long as the gain was kept. "
        "It is not where the gain was set by emotion, and it does not carry over to other recordings."
    ),
    "sample rate": (
        "The recording equipment tells the emotion: features that look at high bands are undefined or filtered by "
        "emotion. The score is too high. Resample all recordings to the lowest rate."
    ),
    "bandwidth": (
        "The band that the recordings hold tells the emotion, whatever rate they are stored at: features that look at "
        "high bands are undefined or filtered by emotion. The score is too high. Limit all recordings to one band."
    ),
}
_MEANING["trailing silence"] = _MEANING["leading silence"]
_MEANING["pauses"] = (
    "Pauses do differ by emotion, so part of the score is fair. It is not where clips were cut, joined or filled with "
    "silence by emotion."
)
_MEANING["noise floor"] = (
    "Loud speech stands farther above the noise of the room, so part of the score is fair. It is not where the "
    "emotions were recorded in different rooms, or some of them were denoised."
)
_ORDER_IN_FOLDS = (
    "Folds that are cut from the rows in order train without some of the emotions that they test, and rows beside each "
    "other are on both sides. Hold out whole speakers instead."
)
_ORDER_IN_FEATURE = (
    "The model can read from the feature where in the table a clip stands, which tells its emotion. A counter or a "
    "clock does that, and so does anything that drifted while the emotions were recorded one after the other. The "
    "score is too high. Remove the feature, or say why it is one."
)


def find(material: Material) -> list[Finding]:
    """What alone tells emotions of unheard speakers above chance, and what a quick model makes of it."""
    quick = QuickModel(material)
    findings = list(_order(material))
    for what, column, found in _most_telling(material):
        scores = _with_and_without(material, quick, column if column == _FLOOR else what)
        severe = what in ("sample rate", "bandwidth") or found.skill > MOST_SKILL
        # What noise moves is much of what tells emotions fairly, too: that a model needs it says nothing.
        severe |= bool(scores) and column != _FLOOR and scores["with"] - scores["without"] >= MOST_WORTH
        if severe or what not in SILENCES:
            findings.append(_finding(WARNING if severe else NOTE, what, column, found, scores))
    return findings


def _finding(severity: str, what: str, column: str | None, found: Recovery, scores: dict[str, float]) -> Finding:
    plural = what.endswith("s")
    sentence = (
        f"The {what} alone {'tell' if plural else 'tells'} the emotion of unheard speakers with UAR {found.uar:.2f} "
        f"(chance {found.chance:.2f})."
    )
    if scores:
        sentence += (
            f" A quick model scores {scores['with']:.2f} with all features and {scores['without']:.2f} without the "
            f"{scores['n_without']} that hold {'them' if plural else 'it'}."
        )
    evidence: dict[str, Any] = {"what": what, "column": column} | found.data | {"skill": round(found.skill, 3)}
    if scores:
        evidence |= {"quick_model_with": scores["with"], "quick_model_without": scores["without"]}
    return Finding(severity, CHECK, sentence, _MEANING[what], evidence)


def _with_and_without(material: Material, quick: QuickModel, what: str) -> dict[str, Any]:
    """UAR of a quick model with the features that hold a shortcut and without them; nothing if none does, or all."""
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
    """The order of the rows, where it tells emotions and folds or a feature follow it."""
    place = within_speaker(material, np.arange(len(material.y), dtype=float))
    in_order = _cut_in_order(material)
    following = _following(material, place)
    if not in_order and following is None:
        return
    found = recover(material, place)
    if found is None or not found.above_chance:
        return
    sentence = (
        f"The order of the rows alone tells the emotion of unheard speakers with UAR {found.uar:.2f} "
        f"(chance {found.chance:.2f})"
    )
    evidence = {"what": "order of the rows", "column": following} | found.data | {"skill": round(found.skill, 3)}
    if in_order:
        yield Finding(WARNING, CHECK, f"{sentence}, and the folds are cut from it.", _ORDER_IN_FOLDS, evidence)
    if following is not None:
        yield Finding(
            WARNING, CHECK, f"{sentence}, and the feature {following!r} follows it.", _ORDER_IN_FEATURE, evidence
        )


def _cut_in_order(material: Material) -> bool:
    """Whether each test set is one stretch of rows, and speakers are on both sides."""
    stretches = all(test.size and np.ptp(test) == test.size - 1 for _, test in material.folds)
    return len(material.folds) > 1 and stretches and material.split_groups(material.speaker).size > 0


def _following(material: Material, place: np.ndarray) -> str | None:
    """The feature that goes most with the place of a clip, if any does, among clips that should be alike.

    They are of one speaker, emotion, sentence and intensity: in rows that are sorted by one of these every feature goes
    with the place that it moves.
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
    """Values less the mean of their group; undefined values are 0."""
    finite = np.isfinite(values)
    member = sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))))
    mean = (member @ np.where(finite, values, 0.0)) / np.maximum(member @ finite.astype(float), 1)
    return np.where(finite, values - mean[group], 0.0)


def _most_telling(material: Material) -> Iterator[tuple[str, str | None, Recovery]]:
    """Each shortcut that is above chance, by the column that tells most of those that stand for it."""
    best: dict[str, tuple[str | None, Recovery]] = {}
    for what, number, column in _numbers(material):
        found = recover(material, number)
        if found is None or not found.above_chance:
            continue
        if what not in best or found.uar > best[what][1].uar:
            best[what] = column, found
    for what, (column, found) in best.items():
        yield what, column, found


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

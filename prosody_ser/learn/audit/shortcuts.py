"""Emotions told by what is not the voice: order of the rows, duration, silence at the ends, level, sample rate, band.

Each is one number a clip, and is tried alone on unheard speakers (see :mod:`.recovery`). That it tells something is
seldom a fault: the sad speak slowly, the angry loudly, and files sorted by name are sorted by label where the name
holds it. So these are notes that say what to think of, and warnings beyond what acted speech shows: half of the way
from chance to perfect. Sample rate and band have nothing to do with
emotions at all.
"""

from collections.abc import Iterator

import numpy as np

from .finding import NOTE, WARNING, Finding
from .material import Material
from .recovery import recover, within_speaker

CHECK = "shortcuts"
#: Share of the way from chance to perfect that duration or level of acted speech do not reach.
MOST_SKILL = 0.5
#: The first of these that is a feature stands for the level of the recording.
LEVELS = (
    *("intensity_mean_db", "intensity_energy_mean_db", "intensity_p50_db"),
    *("equivalentSoundLevel_dBp", "loudness_sma3_amean", "rms", "rms_mean", "energy"),
)
_MEANING = {
    "order of the rows": (
        "None while no column counts rows: mostly the file names hold the label and the rows are sorted by them. "
        "But folds cut from the rows in order would be trained without some emotions, and if the recordings were made "
        "in this order, anything that drifts (room, level, hoarseness) is a cue."
    ),
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


def find(material: Material) -> list[Finding]:
    """What alone tells emotions of unheard speakers above chance."""
    findings = []
    for what, number, column in _numbers(material):
        found = recover(material, number)
        if found is None or not found.above_chance:
            continue
        severe = what in ("sample rate", "bandwidth") or (what != "order of the rows" and found.skill > MOST_SKILL)
        sentence = (
            f"The {what} alone tells the emotion of unheard speakers with UAR {found.uar:.2f} "
            f"(chance {found.chance:.2f})."
        )
        evidence = {"what": what, "column": column} | found.data | {"skill": round(found.skill, 3)}
        findings.append(Finding(WARNING if severe else NOTE, CHECK, sentence, _MEANING[what], evidence))
    return findings


def _numbers(material: Material) -> Iterator[tuple[str, np.ndarray, str | None]]:
    frame = material.frame
    yield "order of the rows", within_speaker(material, np.arange(len(frame), dtype=float)), None
    silence = frame[["lead", "trail"]].fillna(0.0).sum(axis=1)
    yield "duration", (frame["end"] - frame["start"].fillna(0.0) - silence).to_numpy(dtype=float), "end - start"
    yield "leading silence", frame["lead"].to_numpy(dtype=float), "lead"
    yield "trailing silence", frame["trail"].to_numpy(dtype=float), "trail"
    for name in LEVELS:
        if name in material.features:
            yield "level", material.values[:, material.features.index(name)], name
            break
    yield "sample rate", frame["sample_rate_hz"].to_numpy(dtype=float), "sample_rate_hz"
    yield "bandwidth", frame["bandwidth_hz"].to_numpy(dtype=float), "bandwidth_hz"

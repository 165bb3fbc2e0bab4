"""Check that no speaker is in both train and test of a fold, also under a second name, and that speakers are people."""

from typing import Any

import numpy as np

from ...corpus_names import is_own
from ...errors import listed
from .finding import ERROR, NOTE, SHOWN, WARNING, Finding
from .material import Material, look_alike

CHECK = "speakers"
#: From this many clips on, it is reported if each clip has a speaker of its own.
_LEAST_CLIPS = 10
_EFFECT = (
    "The model is tested on voices that it was trained on. The score is too high, often by 10 to 30 points, "
    "and says nothing about new speakers."
)


def find(material: Material) -> list[Finding]:
    """Find speakers in both train and test of a fold, by their names and by names that look alike."""
    findings = []
    shared = material.split_groups(material.speaker)
    if shared.size:
        names = material.speakers[shared].tolist()
        share = f"{len(names)} of {len(material.speakers)} speakers"
        sentence = f"{share} are in both train and test of a fold ({listed(names, SHOWN)})."
        evidence: dict[str, Any] = {"n_speakers_shared": len(names), "speakers": names[:SHOWN]}
        findings.append(Finding(ERROR, CHECK, sentence, _EFFECT, evidence))
    pairs = look_alike(material.speakers)
    if pairs:
        merged = material.speaker.copy()
        for name, other in pairs:
            first, second = np.searchsorted(material.speakers, [name, other])
            merged[material.speaker == second] = first
        split = set(material.speakers[material.split_groups(merged)]) - set(material.speakers[shared])
        pairs = [pair for pair in pairs if pair[0] in split]
    if pairs:
        sentence = (
            "Speakers whose names look like the same person are in train and test of a fold: "
            f"{listed(map(' and '.join, pairs), SHOWN)}. Write the name of one person in one way only, and give two "
            "people clearly different names."
        )
        evidence = {"n_pairs": len(pairs), "pairs": [list(pair) for pair in pairs[:SHOWN]]}
        findings.append(Finding(ERROR, CHECK, sentence, _EFFECT, evidence))
    return findings + _each_clip_its_own_speaker(material) + _same_name_in_two_folders(material)


def _each_clip_its_own_speaker(material: Material) -> list[Finding]:
    """Report a speaker column that seems to number the clips."""
    n_clips = len(material.speaker)
    if n_clips < _LEAST_CLIPS or len(material.speakers) < n_clips:
        return []
    sentence = (
        f"Each of the {n_clips} clips has a speaker of its own ({listed(material.speakers.tolist(), SHOWN)}). Check "
        "that the column names people and does not number the clips."
    )
    effect = (
        "None if each clip is of another person. If not, the same people are in both train and test of a fold, and the "
        "score is too high."
    )
    return [Finding(WARNING, CHECK, sentence, effect, {"n_clips": n_clips})]


def _same_name_in_two_folders(material: Material) -> list[Finding]:
    frame = material.frame
    if frame["corpus"].nunique() < 2:
        return []
    is_open = frame["corpus"].map(is_own).astype(bool)
    named = frame.loc[is_open & frame["speaker"].str.contains(r"[^\W\d]{3}", regex=True), ["corpus", "speaker"]]
    counts = named.drop_duplicates().groupby("speaker").size()
    twice = counts[counts > 1].index.tolist()
    if not twice:
        return []
    sentence = (
        f"Speaker names that occur in more than one of your corpora count as different people: {listed(twice, SHOWN)} "
        f"(number of such names: {len(twice)})."
    )
    effect = (
        "None if they are different people. If they are the same person, this person is in both train and test of a "
        "fold, and the score is too high."
    )
    return [Finding(NOTE, CHECK, sentence, effect, {"n_names": len(twice), "names": twice[:SHOWN]})]

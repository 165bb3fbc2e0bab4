"""No speaker, and no two names of one speaker, on both sides of a fold."""

from typing import Any

import numpy as np

from ...errors import listed
from .finding import ERROR, NOTE, SHOWN, Finding
from .material import Material, look_alike

CHECK = "speakers"
_EFFECT = (
    "The model is tested on voices it has trained on. The score is too high, often by 10 to 30 points, "
    "and says nothing about new speakers."
)
#: Adapters of a user's own recordings: nobody vouches that two folders' speakers of one name are two people.
_OPEN_CORPORA = ("folder", "csv", "audiofolder")


def find(material: Material) -> list[Finding]:
    """Speakers in train and test of one fold, by name and by names that look alike."""
    findings = []
    shared = material.split_groups(material.speaker)
    if shared.size:
        names = material.speakers[shared].tolist()
        share = f"{len(names)} of {len(material.speakers)} speakers"
        sentence = f"{share} are in train and test of one fold ({listed(names, SHOWN)})."
        evidence: dict[str, Any] = {"n_speakers_shared": len(names), "speakers": names[:SHOWN]}
        findings.append(Finding(ERROR, CHECK, sentence, _EFFECT, evidence))
    pairs = look_alike(material.speakers)
    if pairs:
        one = material.speaker.copy()
        for name, other in pairs:
            first, second = np.searchsorted(material.speakers, [name, other])
            one[material.speaker == second] = first
        split = set(material.speakers[material.split_groups(one)]) - set(material.speakers[shared])
        pairs = [pair for pair in pairs if pair[0] in split]
    if pairs:
        sentence = (
            "Speakers whose names look like one person are in train and test of one fold: "
            f"{listed(map(' and '.join, pairs), SHOWN)}. Write one person's name in one way, and two people's in two."
        )
        evidence = {"n_pairs": len(pairs), "pairs": [list(pair) for pair in pairs[:SHOWN]]}
        findings.append(Finding(ERROR, CHECK, sentence, _EFFECT, evidence))
    return findings + _same_name_in_two_folders(material)


def _same_name_in_two_folders(material: Material) -> list[Finding]:
    frame = material.frame
    if frame["corpus"].nunique() < 2:
        return []
    own = frame["corpus"].str.partition(":")[0].isin(_OPEN_CORPORA)
    named = frame.loc[own & frame["speaker"].str.contains(r"[^\W\d]{3}", regex=True), ["corpus", "speaker"]]
    counts = named.drop_duplicates().groupby("speaker").size()
    twice = counts[counts > 1].index.tolist()
    if not twice:
        return []
    sentence = (
        f"{len(twice)} names of speakers stand in more than one of your corpora and count as different people "
        f"({listed(twice, SHOWN)})."
    )
    effect = "None if they are. If one person is meant, they are on both sides of a fold and the score is too high."
    return [Finding(NOTE, CHECK, sentence, effect, {"n_names": len(twice), "names": twice[:SHOWN]})]

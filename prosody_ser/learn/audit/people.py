"""No speaker, and no two names of one speaker, on both sides of a fold."""

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
        findings.append(
            Finding(
                ERROR,
                CHECK,
                f"{len(names)} of {len(material.speakers)} speakers are in train and test of one fold "
                f"({listed(names, SHOWN)}).",
                _EFFECT,
                {"n_speakers_shared": len(names), "speakers": names[:SHOWN]},
            )
        )
    pairs = look_alike(material.speakers)
    if pairs:
        one = material.speaker.copy()
        for name, other in pairs:
            one[material.speaker == np.searchsorted(material.speakers, other)] = np.searchsorted(
                material.speakers, name
            )
        split = set(material.speakers[material.split_groups(one)]) - set(material.speakers[shared])
        pairs = [pair for pair in pairs if pair[0] in split]
    if pairs:
        findings.append(
            Finding(
                ERROR,
                CHECK,
                f"Speakers whose names look like one person are in train and test of one fold: "
                f"{listed([f'{a} and {b}' for a, b in pairs], SHOWN)}. Write one person's name in one way, "
                "and two people's in two.",
                _EFFECT,
                {"n_pairs": len(pairs), "pairs": [list(pair) for pair in pairs[:SHOWN]]},
            )
        )
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
    return [
        Finding(
            NOTE,
            CHECK,
            f"{len(twice)} names of speakers stand in more than one of your corpora and count as different people "
            f"({listed(twice, SHOWN)}).",
            "None if they are. If one person is meant, they are on both sides of a fold and the score is too high.",
            {"n_names": len(twice), "names": twice[:SHOWN]},
        )
    ]

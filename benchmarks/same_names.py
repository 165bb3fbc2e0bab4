"""How often a clip's most similar clip of another speaker is the one of the same name, for copies and for originals.

    python benchmarks/same_names.py emodb/wav

Of each speaker, every clip gets a copy with noise at 5 to 15 dB, under another speaker's name. For originals, a name is
the sentence, the emotion and the take, so that two speakers have the same names. The limit that the audit uses
(``_MOST_SIMILAR``) must lie between the two.
"""

import sys
from collections import Counter

import numpy as np
import pandas as pd

import prosody_ser as ser
from prosody_ser.learn.audit.checks.same_names import centred_by_speaker, share_nearest
from prosody_ser.learn.audit.material import Material

LEAST = 8  #: pairs of two speakers


def shares(table: ser.FeatureTable, names: np.ndarray) -> list[float]:
    """The share for each pair of speakers with enough clips of the same name."""
    material = Material(table)
    centred, found = centred_by_speaker(material), []
    rows_of = [np.flatnonzero(material.speaker == k) for k in range(len(material.speakers))]
    for first, mine in enumerate(rows_of):
        for theirs in rows_of[first + 1 :]:
            once = {name for name, n in Counter(names[theirs]).items() if n == 1}
            at = {names[row]: row for row in theirs}
            pairs = np.array([(row, at[names[row]]) for row in mine if names[row] in once]).reshape(-1, 2)
            if len(pairs) >= LEAST:
                found.append(share_nearest(centred, pairs[:, 0], pairs[:, 1], theirs))
    return found


def main(folder: str) -> None:
    """Print the least, mean and largest share for originals and for copies."""
    table = ser.extract_table(folder, augment="noise:5..15")
    frame = table.frame
    originals = frame[frame["variant"] == "original"].reset_index(drop=True)
    noisy = frame[frame["variant"] != "original"].reset_index(drop=True)
    copies = noisy.assign(
        speaker=originals["speaker"] + "x", emotion=originals["emotion"], variant="original", parent=""
    )
    both = pd.concat([originals, copies], ignore_index=True)
    said = (originals["emotion"] + originals["sentence"] + originals["take"]).to_numpy(dtype=object)
    features = table.feature_names
    of_originals = shares(ser.FeatureTable(originals, features), said)
    names = np.tile(originals["file"].to_numpy(dtype=object), 2)
    of_copies = shares(ser.FeatureTable(both, features), names)
    for what, found in (("originals", of_originals), ("copies", of_copies)):
        print(
            f"{what:10} {min(found):.2f} to {max(found):.2f}, mean {np.mean(found):.2f}, {len(found)} pairs of speakers"
        )


if __name__ == "__main__":
    main(sys.argv[1])

"""Agreement of our features with openSMILE's eGeMAPSv02: ``python benchmarks/egemaps_agreement.py DIR [SAVE.csv]``.

Spearman's correlation over all clips of a folder (EMO-DB for the table kept here), with the least that each gated
pair must reach; exit status 1 if one does not. SAVE.csv keeps openSMILE's values: the tests hold the gates against
``benchmarks/egemaps_emodb.csv``, so that they need no openSMILE. For comparison only: openSMILE's licence forbids
commercial use.
"""

import sys
from pathlib import Path

import pandas as pd

from prosody_ser import extract_table

F0 = "F0semitoneFrom27.5Hz_sma3nz"
#: Our feature, openSMILE's, the least agreement, and why it is not 1 or has no limit.
PAIRS = [
    ("f0_mean_st", f"{F0}_amean", 0.985, "other pitch trackers agree where the voice is clear"),
    ("f0_p20_st", f"{F0}_percentile20.0", 0.97, "creak and octave errors lie at the ends"),
    ("f0_p50_st", f"{F0}_percentile50.0", 0.985, ""),
    ("f0_p80_st", f"{F0}_percentile80.0", 0.97, ""),
    ("hnr_mean_db", "HNRdBACF_sma3nz_amean", 0.85, "both from the autocorrelation, over other windows"),
    ("intensity_energy_mean_db", "equivalentSoundLevel_dBp", 0.99, "ours is inside the endpoints"),
    ("shimmer_local_db", "shimmerLocaldB_sma3nz_amean", 0.65, "by glottal pulse here, by 60 ms frame there"),
    *(
        (f"mfcc{k}_mean_db", f"mfcc{k}_sma3_amean", 0.95, "26 bands and a lifter there, 40 bands here")
        for k in (1, 2, 3, 4)
    ),
    ("f1_mean_hz", "F1frequency_sma3nz_amean", None, "Burg below 5.375 kHz here, LPC to 5.5 kHz there"),
    ("f2_mean_hz", "F2frequency_sma3nz_amean", None, "as F1"),
    ("f3_mean_hz", "F3frequency_sma3nz_amean", None, "as F1, and F3 is where the ceiling matters most"),
    ("f1_bandwidth_mean_hz", "F1bandwidth_sma3nz_amean", None, "bandwidths follow the LPC order and window"),
    ("f2_bandwidth_mean_hz", "F2bandwidth_sma3nz_amean", None, "as for F1"),
    ("f3_bandwidth_mean_hz", "F3bandwidth_sma3nz_amean", None, "as for F1"),
    ("jitter_local_ratio", "jitterLocal_sma3nz_amean", None, "by glottal pulse here, by 60 ms frame there"),
    ("loudness_mean_db", "loudness_sma3_amean", None, "inside the endpoints here, over the whole file there"),
    ("alpha_ratio_voiced_mean_db", "alphaRatioV_sma3nz_amean", None, "other windows and voicing decisions"),
    ("hammarberg_voiced_mean_db", "hammarbergIndexV_sma3nz_amean", None, "as the alpha ratio"),
    (
        "slope_0_500_voiced_mean_db_per_khz",
        "slopeV0-500_sma3nz_amean",
        None,
        "openSMILE fits a differently scaled spectrum",
    ),
    ("slope_500_1500_voiced_mean_db_per_khz", "slopeV500-1500_sma3nz_amean", None, "as slope 0-500"),
    ("h1h2_mean_db", "logRelF0-H1-H2_sma3nz_amean", None, "openSMILE gives H2-H3: of synthetic harmonics exactly that"),
    ("h1a3_mean_db", "logRelF0-H1-A3_sma3nz_amean", None, "likewise near to H2-A3, and F3 differs"),
]


def egemaps(folder, files):
    """OpenSMILE's features in PAIRS, one row for each file."""
    import opensmile

    smile = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.Functionals)
    values = smile.process_files([str(folder / file) for file in files])[[theirs for _, theirs, _, _ in PAIRS]]
    return values.set_index(pd.Index(files, name="file"))


def agreement(frame, theirs):
    """Spearman's correlation of each pair of features, in the order of PAIRS."""
    ours = frame.set_index("file").loc[theirs.index]
    return [ours[name].corr(theirs[other], method="spearman") for name, other, _, _ in PAIRS]


def main():
    """Print the table of the folder named on the command line, as Markdown."""
    folder = Path(sys.argv[1])
    frame = extract_table(folder, features="full_v1").frame
    theirs = egemaps(folder, frame["file"])
    if len(sys.argv) > 2:
        theirs.to_csv(sys.argv[2], float_format="%.6g", lineterminator="\n")
    correlations = agreement(frame, theirs)
    lines = ["| prosody-ser | eGeMAPSv02 | Spearman | at least | why not 1 |", "|---|---|---|---|---|"]
    for (ours, theirs, least, why), correlation in zip(PAIRS, correlations, strict=True):
        gate = "" if least is None else f"{least:g}"
        lines.append(f"| `{ours}` | `{theirs}` | {correlation:.3f} | {gate} | {why} |")
    print("\n".join(lines))
    pairs = zip(PAIRS, correlations, strict=True)
    failed = [ours for (ours, _, least, _), c in pairs if least is not None and not c >= least]
    if failed:
        sys.exit(f"below the least agreement: {', '.join(failed)}")


if __name__ == "__main__":
    main()

"""A feature set of openSMILE as a table for ``prosody-ser cv``: ``python benchmarks/opensmile_table.py DIR OUT [SET]``.

The set is eGeMAPSv02 if not given, or ComParE_2016; OUT is a .csv or a .parquet. For comparison only: needs
``pip install opensmile``, whose licence forbids commercial use.
"""

import sys
from pathlib import Path

import opensmile
import soundfile

from prosody_ser.datasets import find_utterances


def main():
    """Write clip (named as by ``extract``), speaker, emotion and functionals, so that 'compare' accepts both tables."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    name = sys.argv[3] if len(sys.argv) > 3 else "eGeMAPSv02"
    utterances = find_utterances(folder).utterances
    smile = opensmile.Smile(getattr(opensmile.FeatureSet, name), opensmile.FeatureLevel.Functionals)
    table = smile.process_files([u.path for u in utterances]).reset_index()
    for name in ("file", "corpus", "speaker", "emotion"):
        table[name] = [getattr(u, name) for u in utterances]
    table["start"] = 0.0
    # openSMILE rounds times to microseconds, but 'compare' takes clips as the same only if their times are equal
    table["end"] = [info.frames / info.samplerate for info in (soundfile.info(u.path) for u in utterances)]
    if out.suffix == ".parquet":
        table.to_parquet(out, index=False)
    else:
        table.to_csv(out, index=False)


if __name__ == "__main__":
    main()

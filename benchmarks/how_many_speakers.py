"""How sure a score is with few speakers: ``python benchmarks/how_many_speakers.py``.

Speakers are drawn at random from the built-in table of EMO-DB, ten draws for each number of speakers, and evaluated
with an SVM on ``prosody_v1``, leave one speaker out. Printed are the mean UAR, and the mean, least and largest width
of its 95 % interval: with all clips (about 54 of each speaker), and with at most two clips of each speaker and
emotion.
"""

from collections.abc import Iterator

import numpy as np

from prosody_ser import FeatureTable, Result, evaluate, load_emodb_features, make_pipeline
from prosody_ser.errors import ProtocolError

N_DRAWS = 10


def draws(table: FeatureTable, n_speakers: int, most_clips: int | None) -> Iterator[Result]:
    """Evaluate draws of speakers in which every emotion has clips of two speakers or more."""
    rng = np.random.default_rng(0)
    frame, n_done = table.frame, 0
    speakers = sorted(frame["speaker"].unique())
    while n_done < (N_DRAWS if n_speakers < len(speakers) or most_clips else 1):
        kept = frame[frame["speaker"].isin(rng.choice(speakers, n_speakers, replace=False))]
        if most_clips is not None:
            shuffled = kept.sample(frac=1, random_state=int(rng.integers(2**31)))
            kept = shuffled.groupby(["speaker", "emotion"]).head(most_clips).sort_index()
        try:
            yield evaluate(FeatureTable(kept.reset_index(drop=True), table.feature_names), make_pipeline("svm"))
        except ProtocolError:  # an emotion has clips of one speaker only: draw again
            continue
        n_done += 1


def main() -> None:
    """Print a line for each number of speakers and of clips."""
    table = load_emodb_features("prosody_v1")
    for most_clips in (None, 2):
        for n_speakers in (2, 3, 5, 10):
            results = list(draws(table, n_speakers, most_clips))
            widths = [np.diff(result.data["intervals"]["uar"])[0] for result in results]
            clips = np.mean([result.data["n_clips"] / n_speakers for result in results])
            uar = np.mean([result.uar for result in results])
            print(
                f"{n_speakers:2} speakers, {clips:3.0f} clips of each: UAR {uar:.2f}, width of the interval "
                f"{np.mean(widths):.2f} ({min(widths):.2f} to {max(widths):.2f})",
                flush=True,
            )


if __name__ == "__main__":
    main()

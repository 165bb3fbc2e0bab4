"""The usual range of an emotion: percentiles over its clips, of values or of differences from the speaker's mean."""

import numpy as np
import pandas as pd

from prosody_ser import FeatureTable, load_emodb_features
from prosody_ser.learn.inspection.usual_ranges import usual_ranges


def table(n=40):
    """Pitch 0 to n - 1 in happiness and ten above it in anger, of two speakers whose voices lie 100 apart."""
    rows = [
        {"file": f"{speaker}{emotion}{i}.wav", "speaker": speaker, "emotion": emotion, "f0_p50_st": base + shift + i}
        for speaker, base in (("ann", 0), ("bob", 100))
        for emotion, shift in (("happiness", 0), ("anger", 10))
        for i in range(n)
    ]
    return FeatureTable(pd.DataFrame(rows), ("f0_p50_st",))


def test_eight_in_ten_clips_lie_within():
    whole = load_emodb_features()
    ranges = usual_ranges(whole)
    values, labels = whole.X["f0_range_p20_p80_st"].to_numpy(), whole.y.to_numpy()
    for emotion in ("anger", "sadness"):
        low, high = ranges.of(emotion, "f0_range_p20_p80_st")
        clips = values[labels == emotion]
        assert abs(((clips >= low) & (clips <= high)).mean() - 0.8) < 0.03


def test_against_the_speaker_voices_do_not_count():
    plain, within = (usual_ranges(table(), within_speaker=way) for way in (False, True))
    low, high = plain.of("happiness", "f0_p50_st")
    assert high - low > 100
    low, high = within.of("happiness", "f0_p50_st")
    np.testing.assert_allclose([low, high], [3.9 - 24.5, 35.1 - 24.5])  # the mean of all is 19.5 + 5 above the base


def test_of_few_clips_nothing_is_usual():
    assert usual_ranges(table(n=4)).of("anger", "f0_p50_st") is None
    assert usual_ranges(table()).of("anger", "f1_mean_hz") is None
    assert usual_ranges(table()).of("fear", "f0_p50_st") is None

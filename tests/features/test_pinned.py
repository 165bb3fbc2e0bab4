"""No feature changes unintentionally; see :mod:`tests.support.pin_features`."""

import numpy as np
import pandas as pd
import pytest

from prosody_ser.catalogue import FEATURE_SETS
from tests.support.pin_features import JOBS, PINNED, REAL, SYNTHETIC, measured, pinned_names

#: Of a feature's range over the pinned clips: what other processors and FFTs may do to a value, not what a change does.
TOLERANCE = 1e-3
#: These hum at one pitch: where such a contour is highest or lowest is a matter of rounding, and so of the processor.
STEADY = ("voice_120_hz", "voice_of_a_tenth_of_a_second")
BY_ROUNDING = ("f0_max_position_ratio", "h1h2_min_position_ratio")


@pytest.fixture(scope="module")
def pinned():
    return pd.read_csv(PINNED, index_col="feature")


def test_every_feature_of_twenty_clips_is_pinned(pinned):
    assert list(pinned.index) == pinned_names()
    assert {"prosody_v1", *(job.features for job in JOBS)} == set(FEATURE_SETS)
    assert set(pinned.columns) == {*SYNTHETIC, *REAL}
    assert pinned.shape[1] == 20


def test_values_are_the_pinned_ones(pinned):
    """Synthetic clips everywhere, real ones where the recordings are."""
    now = measured()
    assert set(SYNTHETIC) <= set(now.columns)
    then = pinned[now.columns]
    spread = (pinned.max(axis=1) - pinned.min(axis=1)).to_numpy()[:, np.newaxis]
    moved = np.abs(now - then) > TOLERANCE * spread + 1e-6 * np.abs(then)
    moved |= now.isna() != then.isna()
    moved.loc[list(BY_ROUNDING), list(STEADY)] = False
    names = [f"{feature} of {clip}" for clip in moved for feature in moved.index[moved[clip]]]
    assert not names, f"{len(names)} values moved: {', '.join(names[:10])} ..."

"""The noise floor: known levels are measured, and the rest of the recording has no influence."""

import math

import numpy as np
import pytest

from prosody_ser.audio.noise_floor import LEAST_DB, noise_floor_db
from prosody_ser.audio.prepare import prepare_audio
from tests.support.signals import RATE, voice


@pytest.mark.parametrize("level_db", [-80.0, -50.0, -30.0])
def test_the_level_of_noise_comes_out_whatever_is_spoken_in_it(level_db):
    rng = np.random.default_rng(0)
    noise = 10 ** (level_db / 20) * rng.normal(size=3 * RATE)
    assert noise_floor_db(noise) == pytest.approx(level_db, abs=1.0)
    speech = np.concatenate([np.zeros(RATE // 4), voice(150, 2.0), np.zeros(3 * RATE // 4)])
    assert noise_floor_db(noise + speech) == pytest.approx(level_db, abs=1.0)
    audio = prepare_audio(noise + speech, RATE)
    assert audio.noise_floor_db == pytest.approx(level_db, abs=1.0)


def test_digital_silence_is_the_least_and_of_too_little_nothing_is_known():
    assert noise_floor_db(np.concatenate([np.zeros(RATE), voice(150, 1.0)])) == LEAST_DB
    assert math.isnan(noise_floor_db(np.ones(100)))

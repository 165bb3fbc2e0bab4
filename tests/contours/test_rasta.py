"""RASTA filtering removes constant parts and keeps changes at the rate of speech."""

import numpy as np
import pytest

from prosody_ser.contours.mel import rasta_contours

TIMES = np.arange(600) * 0.01


def bands(contour_db):
    return np.tile(contour_db, (40, 1))


def test_a_microphone_and_gain_are_taken_off():
    """The same speech with a constant offset in dB in each band gives the same result."""
    speech = np.random.default_rng(0).normal(scale=5, size=(20, 300)).repeat(2, axis=0)
    fixed = np.linspace(-30, 10, 20).repeat(2)[:, np.newaxis]
    np.testing.assert_allclose(rasta_contours(speech + fixed), rasta_contours(speech), atol=1e-9)


def test_what_stays_fades_and_what_changes_as_syllables_do_is_kept():
    step = rasta_contours(bands(np.where(TIMES > 0.1, 20.0, 0.0)))
    assert np.abs(step[:, -1]).max() < 0.01
    for rate_hz in (4.0, 8.0):
        wave = rasta_contours(bands(np.sin(2 * np.pi * rate_hz * TIMES)))[:, 300:]
        zeros, poles = (
            np.polyval(c, np.exp(-2j * np.pi * rate_hz / 100)) for c in ([-0.2, -0.1, 0, 0.1, 0.2], [-0.98, 1])
        )
        assert wave.max() == pytest.approx(abs(zeros / poles), rel=0.02)
        assert wave.max() > 0.7
    slow = rasta_contours(bands(np.sin(2 * np.pi * 0.1 * TIMES)))
    assert np.abs(slow).max() < 0.5

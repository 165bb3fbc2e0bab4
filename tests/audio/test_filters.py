"""Windows and filters, held against SciPy's."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import signal

from prosody_ser.audio.filters import hann, lfilter, sosfilt
from prosody_ser.audio.frames import SAMPLE_RATE_HZ
from prosody_ser.audio.high_pass import SECTIONS
from prosody_ser.contours.mel import RASTA_POLES, RASTA_ZEROS


@pytest.mark.parametrize("size", [1, 2, 3, 25, 400, 641])
@pytest.mark.parametrize("periodic", [False, True])
def test_hann_windows_are_scipys(size, periodic):
    assert_array_equal(hann(size, periodic), signal.windows.hann(size, sym=not periodic))


@pytest.mark.parametrize("cutoff_hz", SECTIONS)
def test_sections_are_butterworths(cutoff_hz):
    expected = signal.butter(4, cutoff_hz, "high", fs=SAMPLE_RATE_HZ, output="sos")
    np.testing.assert_allclose(SECTIONS[cutoff_hz], expected, rtol=1e-14)  # another BLAS may round otherwise


@pytest.mark.parametrize("cutoff_hz", SECTIONS)
def test_sections_filter_as_scipys(cutoff_hz):
    samples = np.random.default_rng(0).normal(size=20_000)
    assert_array_equal(sosfilt(SECTIONS[cutoff_hz], samples), signal.sosfilt(SECTIONS[cutoff_hz], samples))


def test_rows_are_filtered_as_scipys():
    rows = np.random.default_rng(1).normal(size=(20, 500))
    assert_array_equal(lfilter(RASTA_ZEROS, RASTA_POLES, rows), signal.lfilter(RASTA_ZEROS, RASTA_POLES, rows, axis=1))

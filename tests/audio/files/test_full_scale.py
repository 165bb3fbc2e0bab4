"""Floats that are whole numbers of an integer format are scaled; other floats beyond full scale are not."""

import numpy as np
import pytest

from prosody_ser.audio.files.decode import open_recording
from prosody_ser.audio.prepare import prepare_audio, read_audio
from prosody_ser.errors import RecordingError
from tests.support.signals import RATE, speech_like, write_wav

SPEECH = np.clip(speech_like(), -1, 1)
BITS = {"16 bits": (15, 1), "24 bits": (23, 1), "32 bits": (31, 1), "24 in 32 bits": (31, 256)}


def whole(bits, step=1):
    return np.round(SPEECH * 2.0**bits / step) * step


@pytest.mark.parametrize("kind", BITS)
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("lead_s", [0, 3])
def test_whole_numbers_are_divided_by_their_full_scale(tmp_path, kind, channels, lead_s):
    bits, step = BITS[kind]
    samples = np.r_[np.zeros(lead_s * RATE), whole(bits, step)]
    samples = np.column_stack([samples] * channels)
    path = write_wav(tmp_path / "a.wav", samples, subtype="DOUBLE")
    scaled = prepare_audio(samples / 2.0**bits, RATE)
    for audio in (read_audio(path), prepare_audio(samples, RATE)):
        np.testing.assert_array_equal(audio.samples, scaled.samples)
        assert audio.notes == (f"the samples are whole numbers stored as floats; they were divided by {2**bits}",)
    # a quiet stretch as the whole
    if lead_s:
        assert np.abs(read_audio(path, lead_s - 1, lead_s + 1).samples).max() <= 1.1


@pytest.mark.parametrize("peak", [1, 3, 30, 90])
def test_what_exceeds_full_scale_a_little_stays(tmp_path, peak):
    samples = SPEECH / np.abs(SPEECH).max() * peak
    path = write_wav(tmp_path / "a.wav", samples, subtype="DOUBLE")
    with open_recording(path) as recording:
        np.testing.assert_array_equal(np.concatenate(list(recording.blocks())), samples)
        assert recording.notes == ()


def test_clicks_between_plus_and_minus_one_are_no_integers(tmp_path):
    samples = np.sign(SPEECH)
    audio = read_audio(write_wav(tmp_path / "a.wav", samples, subtype="FLOAT"))
    assert (audio.notes, np.abs(audio.samples).max() > 0.9) == ((), True)


@pytest.mark.parametrize(("bits", "by"), [(15, "32768"), (23, "8388608"), (31, "2147483648")])
def test_large_fractions_are_refused_with_the_factor(tmp_path, bits, by):
    samples = 0.9 * SPEECH / np.abs(SPEECH).max() * 2.0**bits + 0.25
    path = write_wav(tmp_path / "a.wav", samples, subtype="DOUBLE")
    for attempt in (lambda: read_audio(path), lambda: prepare_audio(samples, RATE)):
        with pytest.raises(RecordingError, match=f"full scale is 1: divide them by {by}$") as error:
            attempt()
        assert error.value.status == "non_finite"

"""Pitch by autocorrelation, compared with Praat's track frame by frame, and with known frequencies."""

import numpy as np
import parselmouth
import pytest

from prosody_ser.audio.frames import FRAME_STEP, FRAME_STEP_S
from prosody_ser.audio.prepare import read_audio
from prosody_ser.contours.grid import sound_on_grid
from prosody_ser.contours.kernels.autocorrelation import pitch_track
from prosody_ser.contours.pitch import search_range
from prosody_ser.contours.reference.pitch import praat_pitch
from tests.support.measuring import analysis
from tests.support.signals import RATE, speech_like, voice


def both_tracks(audio, floor_hz, ceiling_hz):
    """Frequency and strength by Praat and by the kernel for the same samples, 0 where unvoiced."""
    samples = sound_on_grid(audio, 3 / floor_hz).values[0].copy()
    margin = (samples.size - (audio.end - audio.start)) // 2
    centres = margin + FRAME_STEP // 2 + FRAME_STEP * np.arange(audio.n_frames)
    asked = (samples, RATE, centres, FRAME_STEP_S, floor_hz, ceiling_hz)
    return [np.nan_to_num(track) for tracker in (praat_pitch, pitch_track) for track in tracker(*asked)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("search", [(60.0, 750.0), (75.0, 600.0), (133.7, 411.3), (50.0, 1000.0)])
def test_the_track_is_praat_s(seed, search):
    audio = analysis(speech_like(seed)).audio
    theirs, their_strength, ours, our_strength = both_tracks(audio, *search)
    np.testing.assert_array_equal(ours > 0, theirs > 0)
    np.testing.assert_allclose(ours, theirs, rtol=1e-4)
    voiced = theirs > 0
    np.testing.assert_allclose(our_strength[voiced], their_strength[voiced], atol=1e-3)


@pytest.mark.parametrize("corpus", ["emodb", "ravdess"])
def test_the_track_of_real_speech_is_praat_s(request, corpus):
    """One in a thousand frames may differ, because candidates can be equal up to the last digits."""
    folder = request.getfixturevalue(corpus)
    files = sorted([*folder.glob("*.wav"), *folder.glob("*/*.flac")])[::40]
    tracks = []
    for path in files:
        audio = read_audio(path)
        tracks.append(np.stack(both_tracks(audio, *search_range(audio))))
    theirs, their_strength, ours, our_strength = np.concatenate(tracks, axis=1)
    assert ((ours > 0) != (theirs > 0)).mean() < 1e-3
    voiced = (ours > 0) & (theirs > 0)
    apart = np.abs(ours[voiced] / theirs[voiced] - 1)
    assert (apart > 1e-4).mean() < 1e-3
    assert np.median(apart) < 1e-5
    assert np.quantile(np.abs(our_strength - their_strength)[voiced], 0.999) < 1e-3


@pytest.mark.parametrize("f0_hz", [60, 97.3, 150, 333, 700])
def test_known_frequencies(f0_hz):
    samples = voice(f0_hz, 1.0)
    centres = np.arange(1000, samples.size - 1000, 160)
    f0, strength = pitch_track(samples, RATE, centres, 0.01, 50.0, 1000.0)
    np.testing.assert_allclose(f0, f0_hz, rtol=5e-4)
    assert (strength > 0.99).all()


@pytest.mark.praat
def test_jumps_cost_the_same_per_second_at_any_step():
    """As in Praat, the costs are defined for frames of 10 ms."""
    samples = speech_like(5)
    sound = parselmouth.Sound(samples, RATE)
    praat = sound.to_pitch_ac(time_step=0.02, pitch_floor=75, pitch_ceiling=600)
    centres = np.rint(praat.xs() * RATE).astype(int)
    f0_hz, _ = pitch_track(samples, RATE, centres, 0.02, 75.0, 600.0)
    assert (np.isfinite(f0_hz) == (praat.selected_array["frequency"] > 0)).mean() > 0.98


def test_silence_is_unvoiced():
    f0_hz, strength = pitch_track(np.zeros(RATE), RATE, np.arange(1000, 15000, 160), 0.01, 75.0, 600.0)
    assert np.isnan(f0_hz).all()
    assert np.isnan(strength).all()


def test_neighbours_that_differ_in_their_last_digit_only():
    """Long steady tones have very flat maxima."""
    for f0_hz in (53.0, 61.0, 100.0, 400.0):
        samples = np.sin(2 * np.pi * f0_hz * np.arange(2 * RATE) / RATE)
        for rate_hz in (RATE, 4000):
            f0, _ = pitch_track(samples[:: RATE // rate_hz], rate_hz, np.arange(400, 6000, 40), 0.01, 60.0, 750.0)
            assert np.isfinite(f0).any() or f0_hz < 60

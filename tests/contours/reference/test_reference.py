"""Both engines on the same clips: every contour and every feature, frame by frame and clip by clip."""

from functools import cache, reduce

import librosa
import numpy as np
import pytest

from prosody_ser.audio.frames import FRAME_STEP, FRAME_STEP_S, SAMPLE_RATE_HZ
from prosody_ser.audio.prepare import prepare_audio, read_audio
from prosody_ser.catalogue import CONTOURS, FAST, FEATURE_SETS, MEASURES, REFERENCE, feature_set
from prosody_ser.contours import contour_matrix
from prosody_ser.contours.grid import MARGIN
from prosody_ser.contours.kernels.autocorrelation import pitch_track
from prosody_ser.contours.pitch import search_range
from prosody_ser.contours.reference import formants, pitch, spectrum, voice
from prosody_ser.contours.reference.pitch import praat_pitch
from prosody_ser.features import RowPlan, engine_of
from tests.support.corpora import SHARED
from tests.support.signals import RATE, speech_like
from tests.support.signals import voice as buzz

pytestmark = pytest.mark.praat
#: In standard deviations of the contour over all frames.
SAME = 1e-4


def synthetic():
    return [prepare_audio(speech_like(seed), RATE) for seed in range(4)]


def real():
    files = [*sorted((SHARED / "emodb" / "wav").glob("*.wav"))[::60], *sorted(SHARED.glob("ravdess/*/*.flac"))[::80]]
    if not files:
        pytest.skip("needs the recordings of EMO-DB and RAVDESS")
    return [read_audio(file) for file in files]


CLIPS = [pytest.param(synthetic, id="synthetic"), pytest.param(real, id="real", marks=pytest.mark.real_data)]


@cache
def analyses(clips):
    """The analyses of each clip by both engines, with the pitch of the fast one, so that the same frames are voiced."""
    pairs = []
    for audio in clips():
        fast, reference = (engine_of(name).analyse(audio) for name in (FAST, REFERENCE))
        reference.__dict__["pitch"] = fast.pitch
        pairs.append((fast, reference))
    return pairs


@cache
def frames(clips):
    """All contours over all frames of both engines, each of shape (n_contours, n_frames)."""
    wanted = list(CONTOURS.values())
    groups = [engine_of(name).contour_groups for name in (FAST, REFERENCE)]
    both = [[contour_matrix(a, wanted, g) for a, g in zip(pair, groups, strict=True)] for pair in analyses(clips)]
    return [np.concatenate(matrices, axis=1) for matrices in zip(*both, strict=True)]


@pytest.mark.parametrize("clips", CLIPS)
def test_the_pitch_of_every_frame_is_praat_s_before_octave_slips_are_mended(clips):
    """Candidates that are equal up to the last digits can be decided differently, in less than 0.1 % of frames."""
    tracks = []
    for audio in clips():
        centres = MARGIN + FRAME_STEP // 2 + FRAME_STEP * np.arange(audio.n_frames)
        asked = (audio.around(MARGIN, voice=True), SAMPLE_RATE_HZ, centres, FRAME_STEP_S, *search_range(audio))
        tracks.append([track(*asked)[0] for track in (pitch_track, praat_pitch)])
    ours, theirs = np.concatenate(tracks, axis=1)
    assert (np.isnan(ours) != np.isnan(theirs)).mean() < 1e-3
    off = np.abs(ours / theirs - 1)
    assert (off[np.isfinite(off)] > 1e-4).mean() < 1e-3


@pytest.mark.parametrize("clips", CLIPS)
def test_the_search_range_is_the_same(clips):
    for audio in clips():
        np.testing.assert_allclose(search_range(audio), search_range(audio, praat_pitch), rtol=0.01)


@pytest.mark.parametrize("clips", CLIPS)
@pytest.mark.parametrize("descriptor", CONTOURS)
def test_every_contour_is_the_same_by_both_engines(clips, descriptor):
    """In about one of a hundred frames the formants differ more, because of roots near the limits for formants."""
    row = list(CONTOURS).index(descriptor)
    ours, theirs = (matrix[row] for matrix in frames(clips))
    assert (np.isnan(ours) != np.isnan(theirs)).mean() <= 1e-3
    off = np.abs(ours - theirs)[np.isfinite(ours) & np.isfinite(theirs)] / np.nanstd(ours)
    assert off.size
    assert np.median(off) < SAME
    assert np.quantile(off, 0.98) < 0.01


@pytest.mark.parametrize("clips", CLIPS)
@pytest.mark.parametrize("name", FEATURE_SETS)
def test_every_feature_is_the_same_by_both_engines(clips, name):
    plans = [RowPlan(feature_set(name), engine=engine) for engine in (FAST, REFERENCE)]
    rows = [[plan.compute(a) for plan, a in zip(plans, pair, strict=True)] for pair in analyses(clips)]
    ours, theirs = np.array(rows).transpose(1, 0, 2)
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
    with np.errstate(invalid="ignore", divide="ignore"):
        off = np.abs(ours - theirs) / np.nanstd(ours, axis=0)
    for feature, apart in zip(feature_set(name), off.T, strict=True):
        known = apart[np.isfinite(apart)]
        # The last coefficients of a prediction stand on what the others leave.
        limit = 0.05 if feature.name == "hnr_lpc5_ratio" else 0.02
        assert not known.size or np.median(known) < limit, feature.name


@pytest.mark.parametrize("clips", CLIPS)
def test_jitter_and_shimmer_are_praat_s(clips):
    """With the same pitch, the pulses are the same."""
    ours, theirs = (engine_of(name).measure_groups["perturbation"] for name in (FAST, REFERENCE))
    for fast, reference in analyses(clips):
        np.testing.assert_allclose(fast.pulses_s, reference.pulses_s, rtol=0, atol=1e-9)
        assert ours(fast) == pytest.approx(theirs(reference), rel=1e-6, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("f0_hz", [100, 150, 220, 400])
def test_harmonicity_of_a_clean_tone_is_praat_s(f0_hz):
    """The range in which an autocorrelation under a window saturates, near 28 dB."""
    fast, reference = (engine_of(name).analyse(prepare_audio(buzz(f0_hz), RATE)) for name in (FAST, REFERENCE))
    ours, theirs = np.nanmedian(fast.hnr_db), np.nanmedian(reference.hnr_db)
    assert theirs > 40
    assert ours == pytest.approx(theirs, abs=0.2)


@pytest.mark.parametrize("thing", [*CONTOURS.values(), *MEASURES.values()], ids=lambda thing: thing.name)
def test_everything_says_whose_it_is(thing):
    """The catalogue names what the reference engine calls, and gives a reason for what is only the package's own."""
    assert thing.deviation
    assert bool(thing.original) != thing.deviation.startswith("the package computes all of it")
    for word in thing.original.replace(",", " ").split():
        if word.startswith("librosa."):
            assert callable(reduce(getattr, word.split(".")[1:], librosa))
    if thing.original.startswith("Praat"):
        told = " ".join([*(module.__doc__ for module in (formants, pitch, voice)), "Sound: To Intensity"])
        command = thing.original.removeprefix("Praat, ").partition(",")[0]
        assert command in " ".join(told.split())


@pytest.mark.parametrize("group", ["mel", "spectrum", "chroma"])
def test_a_spectral_contour_that_names_librosa_is_computed_by_it(group, monkeypatch):
    """Without librosa's functions the reference engine has no such contour."""
    monkeypatch.setattr(spectrum, "librosa", None)
    clip = engine_of(REFERENCE).analyse(prepare_audio(speech_like(), RATE))
    with pytest.raises(AttributeError):
        engine_of(REFERENCE).contour_groups[group](clip)

"""Segments of long recordings: their boundaries, and the memory used."""

import math
import pickle
from itertools import pairwise

import numpy as np
import pytest
import soundfile
import soxr

from prosody_ser.audio.prepare import Audio, read_audio
from prosody_ser.audio.segments import Segmentation, parse_segmentation, segments
from prosody_ser.audio.voice_activity import MAX_SEGMENT_S, frame_power, voice_activity
from prosody_ser.errors import ProtocolError, RecordingError
from tests.support.memory import peak_mib
from tests.support.signals import RATE, speech_like, voice, write_wav

VAD = Segmentation(None)


@pytest.mark.parametrize(
    ("text", "seconds", "key"), [("10", 10.0, "10"), ("2.50", 2.5, "2.5"), ("1e2", 100.0, "100"), ("VAD", None, "vad1")]
)
def test_segmentations_are_read_from_text_and_back(text, seconds, key):
    segmentation = parse_segmentation(text)
    assert segmentation == Segmentation(seconds)
    assert segmentation.key == key
    assert parse_segmentation(str(segmentation)) == segmentation == pickle.loads(pickle.dumps(segmentation))


@pytest.mark.parametrize("text", ["", "words", "0", "0.5", "-3", "nan", "inf", "1.234"])
def test_no_segmentation(text):
    with pytest.raises(ProtocolError, match="invalid segment length"):
        parse_segmentation(text)


@pytest.mark.parametrize(
    ("seconds", "ends"),
    [
        (10.0, [3, 6, 9, 10]),
        (9.5, [3, 6, 9.5]),  # half a second belongs to the piece before
        (9.0, [3, 6, 9]),
        (0.7, [0.7]),
        (3.987, [3.987]),
        (4.003, [3, 4.003]),
    ],
)
@pytest.mark.parametrize("kind", ["WAV", "FLAC", "FLAC of unknown length"])
def test_pieces_of_one_length(tmp_path, seconds, ends, kind):
    path = write_wav(tmp_path / "a.wav", voice(seconds=seconds), format=kind.split()[0])
    if "unknown" in kind:
        with open(path, "r+b") as file:
            file.seek(21)
            file.write(b"\xf0" + bytes(4))
    pieces = list(segments(path, Segmentation(3.0)))
    assert [end for _, end, _ in pieces] == pytest.approx(ends)
    assert [start for start, _, _ in pieces] == [0, *(end for _, end, _ in pieces[:-1])]
    assert all(isinstance(audio, Audio) for _, _, audio in pieces)


@pytest.mark.parametrize("segmentation", [Segmentation(2.5), VAD])
@pytest.mark.parametrize("rate", [16000, 11025, 44100])
def test_each_is_what_reading_the_stretch_gives(tmp_path, segmentation, rate):
    samples = soxr.resample(np.concatenate([np.zeros(RATE), np.tile(speech_like(), 4), np.zeros(9 * RATE)]), RATE, rate)
    samples[-3 * rate : -rate] += voice(seconds=2, rate=rate)
    path = write_wav(tmp_path / "a.wav", np.column_stack([samples, 0.3 * samples]), rate)
    stretches_read = list(segments(path, segmentation))
    assert len(stretches_read) == (2 if segmentation is VAD else 7)
    for start_s, end_s, audio in stretches_read:
        assert start_s * 100 == pytest.approx(round(start_s * 100))
        alone = read_audio(path, start_s, end_s) if isinstance(audio, Audio) else None
        if alone is None:  # a piece between two sounds
            assert audio.status in ("silent", "too_short")
        else:
            np.testing.assert_array_equal(audio.samples, alone.samples)


def test_how_a_recording_is_cut_into_blocks_does_not_matter():
    rng = np.random.default_rng(3)
    for rate in (8000, 11025, 22050, 48000):
        samples = 0.2 + rng.normal(size=7 * rate + 123) * np.repeat([1e-3, 0.3, 1e-3], [rate, 3 * rate, 3 * rate + 123])
        whole = frame_power([samples], rate)
        assert whole.size == samples.size * 100 // rate
        for size in (61, 1000, 65536):
            power = frame_power((samples[i : i + size] for i in range(0, samples.size, size)), rate)
            np.testing.assert_array_equal(power, whole)


def test_power_of_a_frame():
    """Each 10 ms of a sine with amplitude 0.5 and whole periods has a power of 0.125, independent of DC."""
    for rate in (16000, 22050, 44100):
        t = np.arange(3 * rate) / rate
        np.testing.assert_allclose(frame_power([0.1 + 0.5 * np.sin(2 * np.pi * 400 * t)], rate), 0.125, rtol=0.01)


def trimmed(path):
    """A clip without its soft ends, at 16 kHz: from the first to the last 50 ms within 20 dB of the loudest."""
    audio = read_audio(path)
    samples = audio.samples[audio.start : audio.end]
    power = np.convolve((samples**2).reshape(-1, 160).sum(axis=1), np.ones(5), mode="same")
    loud = np.flatnonzero(power > power.max() / 100)
    gaps = np.diff(loud).max() * 0.01
    return samples[loud[0] * 160 : (loud[-1] + 1) * 160], gaps


def pauses_between(clips, snr_db, seed=0):
    """Clips with pauses of 0.6 to 3 s between them in white noise, and where each begins and ends in s."""
    rng = np.random.default_rng(seed)
    parts, known, n = [], [], 0
    for clip in clips:
        pause = int(rng.uniform(0.6, 3.0) * RATE)
        parts += [np.zeros(pause), clip]
        known.append(((n + pause) / RATE, (n + pause + clip.size) / RATE))
        n += pause + clip.size
    samples = np.concatenate([*parts, np.zeros(RATE)])
    noise = np.sqrt(np.mean(np.concatenate(clips) ** 2) / 10 ** (snr_db / 10))
    return samples + noise * rng.normal(size=samples.size), np.array(known)


def check_boundaries(path, known):
    """Without the padding, no boundary is wrong by more than 0.1 s."""
    stretches_read = list(segments(path, VAD))
    assert len(stretches_read) == len(known)
    assert all(isinstance(audio, Audio) for _, _, audio in stretches_read)
    boundaries = np.array([(start + 0.1, end - 0.1) for start, end, _ in stretches_read])
    assert np.abs(boundaries - known).max() < 0.1


@pytest.mark.parametrize("snr_db", [20, 40])
@pytest.mark.parametrize("gain", [1.0, 0.01])
def test_voice_activity_finds_synthetic_speech(tmp_path, snr_db, gain):
    clips = [speech_like(seed)[: round(RATE * seconds)] for seed, seconds in enumerate((1.5, 2.06, 1.4, 1.9))]
    samples, known = pauses_between(clips * 6, snr_db)
    check_boundaries(write_wav(tmp_path / "a.wav", gain * samples, subtype="FLOAT"), known)


@pytest.mark.parametrize("snr_db", [20, 40])
@pytest.mark.parametrize("corpus", ["emodb", "ravdess"])
def test_voice_activity_finds_real_speech(tmp_path, request, corpus, snr_db):
    folder = request.getfixturevalue(corpus)
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".wav", ".flac"))[::23]
    clips = [trimmed(path) for path in paths]
    clips = [0.3 * clip / np.abs(clip).max() for clip, gap in clips if clip.size > RATE and gap < 0.3]
    assert len(clips) >= 10
    samples, known = pauses_between(clips, snr_db)
    check_boundaries(write_wav(tmp_path / "a.wav", samples, subtype="FLOAT"), known)


def test_noise_that_comes_and_goes(tmp_path):
    """After two minutes an air conditioner starts; its hum is not speech, and speech in it is found."""
    samples, known = pauses_between([speech_like(seed) for seed in range(80)], 40)
    samples[samples.size // 2 :] += 0.01 * np.random.default_rng(1).normal(size=samples.size - samples.size // 2)
    stretches_read = [(start, end) for start, end, _ in segments(write_wav(tmp_path / "a.wav", samples), VAD)]
    spoken = np.zeros(samples.size, bool)
    taken = np.zeros(samples.size, bool)
    for marks, stretches in ((spoken, known), (taken, stretches_read)):
        for start, end in stretches:
            marks[round(start * RATE) : round(end * RATE)] = True
    assert taken[spoken].mean() > 0.98
    assert taken[~spoken].mean() < 0.35  # padding, and what the floor takes to follow


def level(*parts):
    """Power of frames from successive parts (dB, seconds)."""
    return np.concatenate([np.full(round(100 * seconds), 10 ** (db / 10)) for db, seconds in parts])


def seconds(stretches):
    return [(start / 100, end / 100) for start, end in stretches]


def test_rules_of_voice_activity():
    """Sound at 0 dB in noise at -50 dB; smoothing over 50 ms lengthens it by 0.02 s at both ends."""
    near = 0.021
    for parts, known in (
        ([(-50, 3), (0, 2), (-50, 3)], [(2.9, 5.1)]),
        ([(-50, 3), (0, 2), (-50, 0.4), (0, 2), (-50, 3)], [(2.9, 7.5)]),  # too short a pause
        ([(-50, 3), (0, 2), (-50, 0.6), (0, 2), (-50, 3)], [(2.9, 5.1), (5.5, 7.7)]),
        ([(-50, 3), (0, 0.03), (-50, 3), (0, 2), (-50, 3)], [(5.93, 8.13)]),  # a click
        ([(-50, 3), (0, 0.4), (-50, 1), (0, 2), (-50, 3)], [(2.9, 6.5)]),  # joins its neighbour
        ([(-50, 3), (0, 0.4), (-50, 3), (0, 2), (-50, 3)], [(2.6, 3.8), (6.3, 8.5)]),  # widened to 1 s
        ([(-50, 0.1), (0, 0.4), (-50, 0.2)], [(0, 0.7)]),  # all there is
        ([(0, 20), (-10, 0.1), (0, 8), (-20, 0.1), (0, 8)], [(0, 28.13), (28.13, 36.2)]),  # too long: its deepest dip
        ([(-20, 4)], [(0, 4)]),  # nothing to tell apart
        ([(-20, 40)], [(0, 10), (10, 40)]),
        ([(-50, 5), (0, 0.05)], []),
    ):
        stretches_read = seconds(voice_activity(level(*parts)))
        assert len(stretches_read) == len(known), (parts, stretches_read)
        assert np.ravel(stretches_read) == pytest.approx(np.ravel(known), abs=near), parts


def test_stretches_are_neither_long_nor_short_nor_overlapping():
    rng = np.random.default_rng(0)
    for _ in range(200):
        parts = [(db, float(rng.exponential(1.5))) for db in rng.uniform(-60, 0, size=rng.integers(1, 60))]
        power = level(*parts)
        stretches = voice_activity(power * rng.chisquare(100, size=power.size) / 100)
        assert stretches == sorted(stretches)
        for start, end in stretches:
            assert 0 <= start < end <= power.size
            assert min(100, power.size) <= end - start <= MAX_SEGMENT_S * 100
        assert all(a[1] <= b[0] for a, b in pairwise(stretches))


def test_a_silent_recording_is_one_error(tmp_path):
    for samples in (np.zeros(40 * RATE), np.full(40 * RATE, 0.25)):
        ((start, end, error),) = segments(write_wav(tmp_path / "a.wav", samples), VAD)
        assert (start, end, error.status) == (0.0, 40.0, "silent")


@pytest.mark.parametrize("segmentation", [Segmentation(5.0), VAD])
@pytest.mark.parametrize(
    ("content", "status"), [(b"", "empty"), (b"text", "unreadable"), (None, "unreadable"), ("no samples", "empty")]
)
def test_what_cannot_be_read_is_one_error(tmp_path, segmentation, content, status):
    path = tmp_path / "a.wav"
    if content == "no samples":
        soundfile.write(path, np.zeros(0), RATE)
    elif content is not None:
        path.write_bytes(content)
    ((start, _, error),) = segments(path, segmentation)
    assert start == 0.0
    assert isinstance(error, RecordingError)
    assert error.status == status


@pytest.mark.parametrize("segmentation", [Segmentation(5.0), VAD])
@pytest.mark.parametrize("kind", ["WAV", "FLAC"])
def test_of_a_truncated_recording_one_error_stands_for_what_is_missing(tmp_path, segmentation, kind):
    clip = np.concatenate([speech_like(), np.zeros(RATE)])
    path = write_wav(tmp_path / "a.wav", np.tile(clip, 10), format=kind)
    whole = list(segments(path, segmentation))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    *there, (start, end, error) = segments(path, segmentation)
    assert error.status == "truncated"
    assert end == pytest.approx(clip.size * 10 / RATE)
    assert 0.3 * end < start < 0.55 * end
    assert len(there) >= 2
    for before, after in zip(whole, there[:-1], strict=False):
        assert before[:2] == after[:2]
        np.testing.assert_array_equal(before[2].samples, after[2].samples)


@pytest.mark.parametrize("segmentation", [Segmentation(5.0), VAD])
def test_undefined_samples_cost_their_segment(tmp_path, segmentation):
    samples = 1e-4 * np.random.default_rng(0).normal(size=30 * RATE)
    for at in (2, 12, 22):
        samples[at * RATE : (at + 2) * RATE] += voice(seconds=2)
    samples[17 * RATE + 5] = math.nan
    path = write_wav(tmp_path / "a.wav", samples, subtype="FLOAT")
    wrong = [(start, end) for start, end, audio in segments(path, segmentation) if isinstance(audio, RecordingError)]
    assert any(start <= 17 <= end for start, end in wrong)
    stretches_read = [(start, end) for start, end, audio in segments(path, segmentation) if isinstance(audio, Audio)]
    assert all(any(start <= at + 1 <= end for start, end in stretches_read) for at in (2, 12, 22))


@pytest.fixture(scope="module")
def hour(tmp_path_factory):
    """An hour of speech and pauses, 48 kHz, stereo."""
    path = tmp_path_factory.mktemp("hour") / "hour.wav"
    minute = soxr.resample(np.tile(np.concatenate([speech_like(), np.zeros(RATE)]), 20)[: 60 * RATE], RATE, 48000)
    with soundfile.SoundFile(path, "w", 48000, 2, "PCM_16") as file:
        for _ in range(60):
            file.write(np.column_stack([minute, 0.8 * minute]))
    yield path
    path.unlink()


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", [pytest.param("vad", marks=pytest.mark.thorough), pytest.param("10", marks=pytest.mark.thorough), "60"]
)
def test_an_hour_takes_little_memory(hour, text):
    code = f"""
from prosody_ser.audio.segments import parse_segmentation, segments
n = sum(not isinstance(audio, RecordingError) for _, _, audio in segments({str(hour)!r}, parse_segmentation({text!r})))
assert n >= 60
"""
    assert peak_mib(code) < 150

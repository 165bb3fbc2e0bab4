"""The choice of a channel, on recordings that are made from a known mono original."""

import numpy as np
import pytest
import soundfile

from prosody_ser.audio.channels import mixing, parse_channel
from prosody_ser.audio.prepare import Audio, prepare_audio, read_audio
from prosody_ser.audio.segments import parse_segmentation, segments
from prosody_ser.errors import ProtocolError, RecordingError
from prosody_ser.extraction import extract_table, measure_file, measure_signal
from tests.support.corpora import corpus_folder
from tests.support.memory import peak_mib
from tests.support.signals import RATE, speech_like, voice, write_wav

NOISE = np.random.default_rng(7)


def beside(*channels):
    return np.column_stack(channels)


def late(samples, delay_s, rate=RATE):
    """The same sound later, by any fraction of a sample."""
    padded = np.pad(samples, (0, rate // 10))
    shift = np.exp(-2j * np.pi * np.fft.rfftfreq(padded.size, 1 / rate) * delay_s)
    return np.fft.irfft(np.fft.rfft(padded) * shift, padded.size)[: samples.size]


def noise(samples, snr_db):
    return NOISE.normal(size=samples.size) * np.sqrt(np.mean(samples**2) / 10 ** (snr_db / 10))


def hum(samples, level):
    t = np.arange(samples.size) / RATE
    return level * sum(np.sin(2 * np.pi * 50 * k * t) / k for k in range(1, 8))


#: What a second channel may be, beside the first; which is measured, and what the note says of the other.
SECOND = {
    "the same": (lambda x: x, "mean", ""),
    "3 dB weaker": (lambda x: x * 10 ** (-3 / 20), "mean", ""),
    "6 dB weaker": (lambda x: 0.5 * x, "1", "6 dB weaker"),
    "40 dB weaker": (lambda x: 0.01 * x, "1", "40 dB weaker"),
    "0.05 ms late": (lambda x: late(x, 0.05e-3), "1", "with a delay"),
    "0.1 ms late": (lambda x: late(x, 0.1e-3), "1", "with a delay"),
    "0.5 ms late, weaker": (lambda x: 0.8 * late(x, 0.5e-3), "1", "with a delay"),
    "1.5 ms late": (lambda x: late(x, 1.5e-3), "1", "with a delay"),
    "5 ms late": (lambda x: late(x, 5e-3), "1", "with a delay"),
    "opposite": (lambda x: -x, "1", "opposite polarity"),
    "silent": (lambda x: 0 * x, "1", "silent"),
    "hum": (lambda x: hum(x, 0.02), "1", "weaker"),
    "loud hum": (lambda x: hum(x, 0.1), "1", ""),
    "hiss": (lambda x: noise(x, 0), "1", "a different sound"),
    "faint hiss": (lambda x: noise(x, 40), "1", "weaker"),
    "another voice": (lambda x: np.roll(speech_like(5), RATE // 3)[: x.size], None, "a different sound"),
}


@pytest.mark.parametrize("kind", SECOND)
@pytest.mark.parametrize("hiss", [False, True])
def test_which_is_measured(kind, hiss):
    make, channel, note = SECOND[kind]
    original = speech_like()
    pair = [original, make(original)]
    if hiss:  # noise of its own in each channel, 20 dB down
        pair = [x + noise(original, 20) for x in pair]
    audio = prepare_audio(beside(*pair), RATE)
    if channel is not None and not (hiss and kind in ("40 dB weaker", "silent", "hum")):  # the noise is as loud there
        assert audio.channel == channel
        assert note in "".join(audio.notes)
        assert bool(audio.notes) == (channel != "mean")
    if audio.channel != "mean":
        alone = prepare_audio(pair[int(audio.channel) - 1], RATE)
        np.testing.assert_array_equal(audio.samples, alone.samples)
    turned = prepare_audio(beside(*pair[::-1]), RATE)
    assert {audio.channel, turned.channel} in ({"mean"}, {"1", "2"}, {"1"})  # as loud, it is the first


@pytest.fixture(scope="module")
def clips():
    """A few real clips of speech, mono, with their rates."""
    files = (
        sorted(corpus_folder("emodb", "wav").glob("*.wav"))[3::130]
        + sorted(corpus_folder("ravdess").rglob("*-01-01-0[12].flac"))[::14]
    )
    return [(samples.mean(axis=1), rate) for samples, rate in (soundfile.read(f, always_2d=True) for f in files)]


@pytest.mark.parametrize("delay_ms", [0.05, 0.3, 1.5, 5])
def test_two_microphones_measure_as_one(clips, delay_ms):
    for samples, rate in clips:
        pair = beside(samples + noise(samples, 30), 0.9 * late(samples, delay_ms / 1000, rate) + noise(samples, 30))
        audio = prepare_audio(pair, rate)
        assert audio.channel == "1"
    measured, right = measure_signal(pair, rate), measure_signal(pair[:, 0], rate)
    assert measured.equals(right)


def test_real_clips_that_agree_are_averaged(clips):
    for samples, rate in clips:
        for pair in (
            beside(samples, 0.7 * samples),
            beside(samples + noise(samples, 20), samples + noise(samples, 20)),
            beside(samples + noise(samples, 10), samples + noise(samples, 10)),
        ):
            audio = prepare_audio(pair, rate)
            assert (audio.channel, audio.notes) == ("mean", ())
            np.testing.assert_array_equal(audio.samples, prepare_audio(pair.mean(axis=1), rate).samples)


@pytest.mark.parametrize("quality", [0.0, 0.9])
def test_joint_stereo_of_an_mp3_is_averaged(tmp_path, clips, quality):
    for samples, rate in clips:
        path = tmp_path / "a.mp3"
        pair = beside(samples, samples + noise(samples, 40))
        soundfile.write(path, pair, rate, subtype="MPEG_LAYER_III", compression_level=quality)
        assert read_audio(path).channel == "mean"


def test_stereo_clips_of_ravdess_are_averaged():
    files = [file for file in corpus_folder("ravdess").rglob("*.flac") if soundfile.info(file).channels == 2]
    assert files
    for file in files:
        samples, rate = soundfile.read(file)
        audio = read_audio(file)
        assert audio.channel == "mean"
        np.testing.assert_array_equal(audio.samples, prepare_audio(samples.mean(axis=1), rate).samples)


def test_a_channel_that_is_named(tmp_path):
    left, right = speech_like(1), 0.1 * speech_like(2)
    path = write_wav(tmp_path / "a.wav", beside(left[: right.size], right[: left.size]), subtype="DOUBLE")
    stored, _ = soundfile.read(path)
    for name, channel, samples in (
        ("left", "1", stored[:, 0]),
        (1, "1", stored[:, 0]),
        ("RIGHT", "2", stored[:, 1]),
        ("2", "2", stored[:, 1]),
        ("louder", "1", stored[:, 0]),
        ("mean", "mean", stored.mean(axis=1)),
    ):
        audio = read_audio(path, channel=name)
        assert (audio.channel, audio.notes) == (channel, ())
        np.testing.assert_array_equal(audio.samples, prepare_audio(samples, RATE).samples)
        np.testing.assert_array_equal(audio.samples, prepare_audio(stored, RATE, channel=name).samples)
    with pytest.raises(RecordingError, match="channel 3 was requested") as error:
        read_audio(path, channel=3)
    assert error.value.status == "no_channel"


@pytest.mark.parametrize("name", ["auto", "mean", "left", "louder", 1])
def test_one_channel_is_what_it_is(name):
    audio = prepare_audio(speech_like(), RATE, channel=name)
    assert (audio.channel, audio.notes) == ("", ())
    np.testing.assert_array_equal(audio.samples, prepare_audio(speech_like(), RATE).samples)


@pytest.mark.parametrize("name", ["right", 2, "3"])
def test_one_channel_is_no_other(name):
    number = {"right": 2}.get(name, name)
    with pytest.raises(RecordingError, match=rf"channel {number} was requested, but the recording has only 1 channel$"):
        prepare_audio(speech_like(), RATE, channel=name)


@pytest.mark.parametrize("name", ["", "both", "0", "-1", "1.5", "²", None, True])
def test_what_is_no_channel(name):
    with pytest.raises(ProtocolError, match="choose auto, mean, left, right, louder or a number"):
        parse_channel(name)


def test_of_many_channels_the_one_that_speaks():
    speech = speech_like()
    surround = beside(0 * speech, noise(speech, 50), speech, hum(speech, 0.01), 0 * speech, -0.3 * speech)
    assert prepare_audio(surround, RATE).channel == "3"
    assert prepare_audio(beside(*[speech] * 6), RATE).channel == "mean"


def test_how_a_recording_is_cut_into_blocks_does_not_matter():
    samples = np.tile(speech_like(), 30)
    pair = beside(samples + noise(samples, 30), 0.9 * late(samples, 1e-3))
    whole = mixing(lambda: [pair], 2, RATE, "auto")
    assert whole.channel == "1"
    for size in (333, RATE, 65536):
        assert mixing(lambda n=size: (pair[i : i + n] for i in range(0, len(pair), n)), 2, RATE, "auto") == whole


@pytest.mark.parametrize("text", ["5", "vad"])
def test_pieces_of_one_recording_are_of_one_channel(tmp_path, text):
    """First both channels have one voice, then the second is louder; over the whole recording, the first is louder."""
    first = np.concatenate([np.zeros(RATE), np.tile(speech_like(), 4)])
    left, right = np.concatenate([first, 0.2 * first]), np.concatenate([late(first, 2e-3), 0.5 * first])
    path = write_wav(tmp_path / "a.wav", beside(1.5 * left, right))
    pieces = [audio for _, _, audio in segments(path, parse_segmentation(text)) if isinstance(audio, Audio)]
    assert len(pieces) >= 2
    assert {audio.channel for audio in pieces} == {read_audio(path).channel} == {read_audio(path, 8.0).channel} == {"1"}


def test_speech_after_minutes_of_hiss_decides(tmp_path):
    hiss = [1e-4 * NOISE.normal(size=60 * RATE) for _ in range(2)]
    speech = np.tile(speech_like(), 5)
    path = write_wav(tmp_path / "a.wav", beside(*(np.concatenate([h, speech]) for h in hiss)))
    assert read_audio(path).channel == "mean"


def test_the_table_says_which(tmp_path):
    x = speech_like()
    for name, samples in (("a", x), ("b", beside(x, x)), ("c", beside(0 * x, x))):
        write_wav(tmp_path / f"{name}.wav", samples)
    frame = extract_table([tmp_path / f"{name}.wav" for name in "abc"], jobs=1, cache=False).frame
    assert frame["channel"].tolist() == ["", "mean", "2"]
    assert [bool(note) for note in frame["note"]] == [False, False, True]
    assert measure_file(tmp_path / "c.wav").equals(measure_file(tmp_path / "a.wav"))
    one = extract_table(tmp_path / "c.wav", jobs=1, cache=False, channel=1).frame
    assert one["status"].tolist() == ["silent"]


@pytest.mark.slow
def test_an_hour_of_two_microphones_is_looked_at_in_little_memory(tmp_path):
    path = tmp_path / "hour.wav"
    minute = np.tile(np.concatenate([voice(), speech_like(), np.zeros(RATE)]), 30)[: 60 * RATE]
    with soundfile.SoundFile(path, "w", RATE, 2, "PCM_16") as file:
        for _ in range(60):
            file.write(beside(minute, np.roll(minute, 40)))
    code = f"""
from prosody_ser.audio.channels import mixing_of_recording
from prosody_ser.audio.files.decode import open_recording
with open_recording({str(path)!r}) as recording:
    assert mixing_of_recording(recording, {str(path)!r}, "auto").channel == "1"
"""
    assert peak_mib(code) < 100

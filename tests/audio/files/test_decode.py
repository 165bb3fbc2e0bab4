"""Decoding in blocks and segments, declared sizes, and formats that ffmpeg reads."""

import os
import re
import shutil
import stat
import struct
import subprocess
from itertools import pairwise

import numpy as np
import pytest
import soundfile

from prosody_ser.audio.files import decode
from prosody_ser.audio.files.decode import BLOCK_VALUES, ONE_READ_VALUES, open_recording
from prosody_ser.audio.prepare import prepare_blocks, read_audio
from prosody_ser.errors import RecordingError
from tests.support.memory import peak_mib
from tests.support.signals import RATE, speech_like, voice, write_wav

FORMATS = {
    "wav": {},
    "24-bit": {"subtype": "PCM_24"},
    "float": {"subtype": "FLOAT"},
    "aiff": {"format": "AIFF"},
    "flac": {"format": "FLAC"},
    "adpcm": {"subtype": "IMA_ADPCM"},
    "gsm": {"subtype": "GSM610"},  # cannot seek
    "vorbis": {"format": "OGG"},
}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(("start_s", "end_s"), [(0.0, 0.7), (0.31, 1.0), (1.2, None), (0.5, float("nan"))])
def test_a_stretch_is_what_its_samples_are_as_a_file_of_their_own(tmp_path, kind, start_s, end_s):
    path = write_wav(tmp_path / "whole.wav", speech_like(), **FORMATS[kind])
    samples, _ = soundfile.read(path)
    stop = None if end_s is None or np.isnan(end_s) else round(end_s * RATE)
    alone = write_wav(tmp_path / "alone.wav", samples[round(start_s * RATE) : stop], subtype="DOUBLE")
    stretch, whole_file = read_audio(path, start_s, end_s), read_audio(alone)
    np.testing.assert_array_equal(stretch.samples, whole_file.samples)
    assert (stretch.start, stretch.end) == (whole_file.start, whole_file.end)


def test_a_stretch_of_a_resampled_stereo_recording(tmp_path):
    samples = np.column_stack([voice(140, 2, rate=44100), voice(170, 2, rate=44100)])
    path = write_wav(tmp_path / "whole.wav", samples, 44100, subtype="DOUBLE")
    alone = write_wav(tmp_path / "alone.wav", samples[22050:66150], 44100, subtype="DOUBLE")
    np.testing.assert_array_equal(read_audio(path, 0.5, 1.5).samples, read_audio(alone).samples)


@pytest.mark.parametrize(
    ("start_s", "end_s"),
    [(5.0, 6.0), (2.0, None), (1.0, 2.2), (1.0, 1.0), (1.5, 1.0), (-1.0, 1.0), (float("nan"), 1.0)],
)
def test_a_stretch_beyond_the_recording(tmp_path, start_s, end_s):
    path = write_wav(tmp_path / "a.wav", voice(seconds=2.0))
    with pytest.raises(RecordingError) as error:
        read_audio(path, start_s, end_s)
    assert error.value.status == "out_of_range"


def test_an_end_rounded_to_a_tenth_of_a_second_is_the_end(tmp_path):
    path = write_wav(tmp_path / "a.wav", voice(seconds=1.96))
    assert read_audio(path, 1.0, 2.0).duration_s == pytest.approx(0.96)


@pytest.mark.parametrize(("kind", "exact"), [("wav", True), ("aiff", True), ("flac", False)])
def test_a_stretch_before_the_break_is_whole_and_one_after_it_is_truncated(tmp_path, kind, exact):
    samples = np.tile(speech_like(), 4)
    path = write_wav(tmp_path / "a.wav", samples, **FORMATS[kind])
    whole = read_audio(path, 1.0, 3.0)
    os.truncate(path, round(path.stat().st_size * 0.5))
    np.testing.assert_array_equal(read_audio(path, 1.0, 3.0).samples, whole.samples)
    for stretch in ((0.0, None), (1.0, 7.0), (6.0, 7.0)):
        with pytest.raises(RecordingError, match=r"first \d\.\d\d s of the 8\.27 s") as error:
            read_audio(path, *stretch)
        assert error.value.status == "truncated"
        there_s = float(re.search(r"first (\d\.\d\d)", str(error.value))[1])
        assert there_s == pytest.approx(4.13, abs=0.006 if exact else 0.5)  # FLAC's frames are not of equal size


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_broken_flac_file_is_good_up_to_the_break(tmp_path, monkeypatch, share):
    """After one flipped bit, everything before it is unchanged, in one read and in blocks."""
    samples = np.tile(speech_like(), 4)
    path = write_wav(tmp_path / "a.wav", samples, format="FLAC")
    whole, _ = soundfile.read(path)
    content = bytearray(path.read_bytes())
    content[round(share * len(content))] ^= 4
    path.write_bytes(content)
    for one_read in (ONE_READ_VALUES, 0):
        monkeypatch.setattr(decode, "ONE_READ_VALUES", one_read)
        monkeypatch.setattr(decode, "BLOCK_VALUES", 10_000)
        blocks = []
        with open_recording(path) as recording, pytest.raises(RecordingError, match="can be read"):
            blocks.extend(recording.blocks())
        read = np.concatenate(blocks)
        assert read.size == pytest.approx(share * whole.size, abs=10_000)
        np.testing.assert_array_equal(read, whole[: read.size])


@pytest.mark.parametrize(("missing", "status"), [(100, "ok"), (1500, "ok"), (4000, "truncated")])
def test_a_little_may_be_missing(tmp_path, missing, status):
    """1 % of 10 s are 3,200 bytes."""
    path = write_wav(tmp_path / "a.wav", np.tile(voice(), 10))
    os.truncate(path, path.stat().st_size - missing)
    if status == "ok":
        assert read_audio(path).duration_s == pytest.approx(10, abs=0.1)
    else:
        with pytest.raises(RecordingError, match="can be read"):
            read_audio(path)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF - 36, 0x7FFFF000])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_U8", "FLOAT", "ULAW"])
def test_sizes_that_a_pipe_leaves_open(tmp_path, size, subtype):
    samples = np.column_stack([speech_like(), 0.5 * speech_like()])
    path = write_wav(tmp_path / "a.wav", samples, subtype=subtype)
    whole, stretch = read_audio(path), read_audio(path, 0.5, 1.5)
    content = path.read_bytes()
    at = content.index(b"data") + 4
    end = at + 4 + struct.unpack("<I", content[at : at + 4])[0]  # libsndfile writes PEAK after floats
    path.write_bytes(content[:at] + struct.pack("<I", size) + content[at + 4 : end])
    np.testing.assert_array_equal(read_audio(path).samples, whole.samples)
    np.testing.assert_array_equal(read_audio(path, 0.5, 1.5).samples, stretch.samples)


def test_no_samples_before_another_chunk_are_no_samples(tmp_path):
    path = write_wav(tmp_path / "a.wav", np.zeros(0))
    path.write_bytes(path.read_bytes() + b"LIST" + struct.pack("<I", 20000) + bytes(20000))
    with pytest.raises(RecordingError) as error:
        read_audio(path)
    assert error.value.status == "empty"


@pytest.mark.parametrize("rate", [RATE, 8000, 44100, 48000])
def test_how_samples_are_cut_into_blocks_changes_nothing(rate):
    samples = np.random.default_rng(0).normal(size=3 * rate) * 0.1
    whole = prepare_blocks([samples], rate)
    for size in (997, 10_000, 2 * rate):
        blocks = prepare_blocks((samples[i : i + size] for i in range(0, samples.size, size)), rate)
        np.testing.assert_array_equal(blocks.samples, whole.samples)


def test_what_is_long_is_read_in_blocks(tmp_path):
    n = ONE_READ_VALUES // 2 + 1000
    samples = np.random.default_rng(0).normal(size=(n, 2)) * 0.1
    path = write_wav(tmp_path / "a.wav", samples, 48000, subtype="DOUBLE")
    with open_recording(path) as recording:
        blocks = list(recording.blocks())
    assert max(block.size for block in blocks) == BLOCK_VALUES // 2
    np.testing.assert_allclose(np.concatenate(blocks), samples.mean(axis=1), rtol=0, atol=1e-15)


@pytest.mark.parametrize("claim", ["flac", "channels", "wav"])
def test_nothing_is_allocated_because_a_header_says_so(tmp_path, claim):
    path = tmp_path / "a.wav"
    soundfile.write(path, voice(), RATE, format="FLAC" if claim == "flac" else "WAV")
    at, content = {"flac": (21, b"\xff" * 5), "channels": (22, b"\xff\xff"), "wav": (40, b"\0\0\0\x70")}[claim]
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(content)
    code = f"try: read_audio({str(path)!r}); 1 / 0\nexcept RecordingError: pass"
    assert peak_mib(code) < 100


@pytest.fixture
def ffmpeg(tmp_path, monkeypatch):
    """Put a stand-in for ffmpeg on the path, a shell script."""

    def install(script):
        path = tmp_path / "bin" / "ffmpeg"
        path.parent.mkdir()
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")

    if os.name != "posix":
        pytest.skip("needs a shell")
    (tmp_path / "a.m4a").write_bytes(b"nothing that libsndfile knows")
    return install


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 76844\n",
            "a pointer of Git LFS; 'git lf",
        ),
        (b"\n<!DOCTYPE html>\n<title>404</title>", "a web page"),
        (b"PK\x03\x04\x14\0", "a ZIP archive"),
        ("Öffnen Sie die Datei\n".encode(), "text"),
    ],
)
def test_what_is_no_recording_says_what_it_is(tmp_path, monkeypatch, content, what):
    monkeypatch.setenv("PATH", "")  # without ffmpeg
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(RecordingError, match=rf"^not a recording that can be read: it is {what}"):
        read_audio(tmp_path / "a.wav")


@pytest.mark.parametrize("script", ["exit 1", "exit 0", "echo nonsense", "cat /dev/urandom | head -c 30; exit 1"])
def test_an_ffmpeg_that_fails(tmp_path, ffmpeg, script):
    ffmpeg(script)
    with pytest.raises(RecordingError, match="not a recording that can be read"):
        read_audio(tmp_path / "a.m4a")


@pytest.mark.timeout(50)  # it would sleep for 60 s
def test_an_ffmpeg_that_hangs_is_killed(tmp_path, ffmpeg, monkeypatch):
    ffmpeg(f"echo $$ > {tmp_path}/pid; exec sleep 60")
    monkeypatch.setattr(decode, "FFMPEG_TIMEOUT_S", 0.5)
    with pytest.raises(RecordingError, match=r"did not finish within 0\.5 s"):
        read_audio(tmp_path / "a.m4a")
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_an_ffmpeg_that_is_no_longer_needed_is_killed(tmp_path, ffmpeg):
    """A decoder that never stops: stereo at 16 kHz with a silent left channel."""
    samples = np.column_stack([np.zeros(RATE), np.full(RATE, 0.5)]).astype(">f4").tobytes()
    (tmp_path / "au").write_bytes(struct.pack(">4s5I", b".snd", 28, 0xFFFFFFFF, 6, RATE, 2) + b"note")
    (tmp_path / "second").write_bytes(samples)
    ffmpeg(f"cd {tmp_path}; echo $$ > pid; cat au; while cat second; do :; done 2> /dev/null")
    with open_recording(tmp_path / "a.m4a") as recording:
        assert (recording.sample_rate_hz, recording.n_channels, recording.n_samples) == (RATE, 2, None)
        np.testing.assert_array_equal(np.concatenate(list(recording.blocks(3, 20_000))), np.full(19_997, 0.25))
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize("codec", ["aac.m4a", "libopus.webm", "flac.mkv", "pcm_s16le.wav"])
def test_what_a_real_ffmpeg_makes_and_reads(tmp_path, codec):
    if shutil.which("ffmpeg") is None:
        pytest.skip("needs ffmpeg, which is not installed")
    clip = write_wav(tmp_path / "clip.wav", np.column_stack([speech_like()] * 2))
    name, _, suffix = codec.partition(".")
    path = tmp_path / f"a.{suffix}"
    command = ["ffmpeg", "-v", "error", "-i", str(clip), "-c:a", name]
    if suffix == "wav":  # through a pipe, so that the sizes stay open
        path.write_bytes(subprocess.run([*command, "-f", "wav", "-"], capture_output=True, check=True).stdout)
    else:
        subprocess.run([*command, str(path)], check=True)
    original, audio = read_audio(clip), read_audio(path)
    assert audio.duration_s == pytest.approx(original.duration_s, abs=0.1)
    assert np.corrcoef(original.samples[:16000], audio.samples[:16000])[0, 1] > 0.95
    assert read_audio(path, 0.5, 1.5).duration_s == pytest.approx(1.0)
    with pytest.raises(RecordingError, match="is outside the recording of"):
        read_audio(path, 5.0, 6.0)


@pytest.mark.parametrize(
    "content",
    [
        "ffconcat version 1.0\nfile other.mp3\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nother.mp3\n#EXT-X-ENDLIST\n",
    ],
)
def test_a_playlist_does_not_lead_ffmpeg_to_another_file(tmp_path, content):
    if shutil.which("ffmpeg") is None:
        pytest.skip("needs ffmpeg, which is not installed")
    soundfile.write(tmp_path / "other.mp3", voice(), RATE)
    (tmp_path / "list.m4a").write_text(content)
    with pytest.raises(RecordingError, match="ffmpeg found no audio"):
        read_audio(tmp_path / "list.m4a")


def test_an_mp3_is_the_same_however_it_is_read(tmp_path):
    """Reading in blocks, and reading a segment from the middle, gives the same samples as the whole file."""
    rate = 44100
    path = tmp_path / "a.mp3"
    soundfile.write(path, 0.3 * np.random.default_rng(0).normal(size=3 * rate), rate)
    with open_recording(path) as recording:
        whole = np.concatenate(list(recording.blocks()))
    places = [0, 10_000, 33_333, 80_000, whole.size]
    with open_recording(path) as recording:
        parts = [np.concatenate(list(recording.blocks(*ends))) for ends in pairwise(places)]
    assert np.array_equal(np.concatenate(parts), whole)
    with open_recording(path) as recording:
        assert np.array_equal(np.concatenate(list(recording.blocks(33_333, 80_000))), whole[33_333:80_000])

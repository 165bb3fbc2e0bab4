"""Headers with a wrong or missing size of the samples: all sound is read, and nothing else."""

import contextlib
import io
import os
import random
import struct
from itertools import pairwise

import numpy as np
import pytest
import soundfile

from prosody_ser.audio.files.decode import open_recording
from prosody_ser.audio.prepare import read_audio
from prosody_ser.audio.segments import Segmentation, segments
from prosody_ser.errors import RecordingError
from tests.support.corpora import case_file
from tests.support.memory import peak_mib
from tests.support.signals import RATE, speech_like, write_wav

#: Of a container: its size of samples in a file that soundfile wrote: what stands before it, and how it is packed.
SIZES = {
    "WAV": (b"data", 0, "<I"),
    "RF64": (b"ds64", 12, "<Q"),
    "AIFF": (b"SSND", 0, ">I"),
    "W64": (b"data", 12, "<Q"),
    "CAF": (b"data", 0, ">Q"),
    "AU": (b".snd", 4, ">I"),
}
SAMPLES = np.round(speech_like() * 32000) / 32768
ORDERS = {"WAV": "<", "RF64": "<", "AIFF": ">"}  # of formats whose chunks can be cut away by what they look like


def chunk(name, content, order="<"):
    return name + struct.pack(order + "I", len(content)) + content + bytes(len(content) % 2)


def info(order="<"):
    return chunk(
        b"LIST", b"INFO" + chunk(b"ISFT", b"Lavf59.27.100", order) + chunk(b"ICMT", b"loud and clear " * 40, order)
    )


def with_size(path, change, behind=b"", kind="WAV", samples=SAMPLES, **options):
    """Write a recording with another declared size, and with further bytes after its samples."""
    soundfile.write(path, samples, RATE, format=kind, **options)
    content = path.read_bytes()
    mark, further, form = SIZES[kind]
    at = content.index(mark) + 4 + further
    size = struct.unpack_from(form, content, at)[0]
    most = (1 << 8 * struct.calcsize(form)) - 1
    written = struct.pack(form, change(size, most))
    path.write_bytes(content[:at] + written + content[at + len(written) :] + behind)
    return path


def read(path):
    with open_recording(path) as recording:
        return np.concatenate([np.zeros(0), *recording.blocks()]), recording.notes


OPEN = {
    "0": lambda size, most: 0,
    "largest": lambda size, most: most,
    "near the largest": lambda size, most: most - 36,
    "largest signed": lambda size, most: most >> 1,
    "of sox": lambda size, most: (most >> 1) - 0xFFF,
}


@pytest.mark.parametrize("kind", SIZES)
@pytest.mark.parametrize("declared", OPEN)
def test_an_open_size_means_to_the_end(tmp_path, kind, declared):
    samples, notes = read(with_size(tmp_path / "a", OPEN[declared], kind=kind))
    np.testing.assert_array_equal(samples, SAMPLES)
    assert notes == ()


@pytest.mark.parametrize("kind", ORDERS)
@pytest.mark.parametrize("declared", OPEN)
@pytest.mark.parametrize("chunks", ["LIST", "id3 and bext", "odd and not aligned", "cut off"])
def test_chunks_behind_samples_of_open_size_are_no_sound(tmp_path, kind, declared, chunks):
    order = ORDERS[kind]
    text = info(order)
    behind = {
        "LIST": text,
        "id3 and bext": chunk(b"id3 ", b"ID3\x04" + bytes(range(200)), order)
        + chunk(b"bext", bytes(602), order)
        + text,
        "odd and not aligned": chunk(b"own ", b"12345", order)[:-1],
        "cut off": text[:-100],
    }[chunks]
    samples, notes = read(with_size(tmp_path / "a", OPEN[declared], behind, kind))
    np.testing.assert_array_equal(samples, SAMPLES)
    assert notes == ()


@pytest.mark.parametrize("kind", SIZES)
@pytest.mark.parametrize("with_list", [False, True])
def test_samples_beyond_what_the_header_says_are_read_and_noted(tmp_path, kind, with_list):
    behind = info(ORDERS[kind]) if with_list and kind in ORDERS else b""
    path = with_size(tmp_path / "a", lambda size, _: size // 4 * 2, behind, kind)
    samples, (note,) = read(path)
    np.testing.assert_array_equal(samples, SAMPLES)
    assert note == "the header declares 1.03 s, but the file contains 2.07 s; all of it was read"
    assert read_audio(path).notes == (note,)
    *_, (_, end_s, last) = segments(path, Segmentation(1.0))
    assert (end_s, last.notes) == (SAMPLES.size / RATE, (note,))


@pytest.mark.parametrize("riff", [0, 36, 5000, 0xFFFFFFFF])
def test_the_size_of_the_whole_file_does_not_matter(tmp_path, riff):
    path = write_wav(tmp_path / "a.wav", SAMPLES)
    content = path.read_bytes()
    path.write_bytes(content[:4] + struct.pack("<I", riff) + content[8:])
    np.testing.assert_array_equal(read(path)[0], SAMPLES)


@pytest.mark.parametrize(
    "behind", [bytes(9000), b"TAG" + bytes(range(125)), b"recorded by ann\n" * 40, b"\1\2\3", info(), info()[:300]]
)
def test_what_is_no_sound_is_not_read_as_sound(tmp_path, behind):
    path = write_wav(tmp_path / "a.wav", SAMPLES)
    path.write_bytes(path.read_bytes() + behind)
    samples, notes = read(path)
    np.testing.assert_array_equal(samples, SAMPLES)
    assert notes == ()


@pytest.mark.parametrize("between", [b"", info()])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_several_chunks_of_samples_are_read_in_order(tmp_path, between, subtype):
    path = write_wav(tmp_path / "a.wav", SAMPLES, subtype=subtype)
    content = path.read_bytes()
    at = content.index(b"data")
    size = struct.unpack_from("<I", content, at + 4)[0]
    width = size // SAMPLES.size
    ends = [0, 5000 * width, 5001 * width, size]
    parts = [content[at + 8 :][first:last] for first, last in pairwise(ends)]
    path.write_bytes(content[:at] + between.join(chunk(b"data", part) for part in parts) + between)
    samples, (note,) = read(path)
    np.testing.assert_allclose(samples, SAMPLES, atol=1e-7, rtol=0)
    assert "in 3 chunks" in note
    stretch = read_audio(path, 0.25, 1.5)
    assert stretch.duration_s == 1.25


def test_files_put_one_behind_the_other(tmp_path):
    one, other = write_wav(tmp_path / "a.wav", SAMPLES), write_wav(tmp_path / "b.wav", SAMPLES, 8000)
    content = one.read_bytes()
    one.write_bytes(content + content)
    samples, (note,) = read(one)
    np.testing.assert_array_equal(samples, np.r_[SAMPLES, SAMPLES])
    assert "2 chunks" in note
    one.write_bytes(content + other.read_bytes())
    samples, (note,) = read(one)
    np.testing.assert_array_equal(samples, SAMPLES)
    assert "a second recording in another format" in note


def test_a_file_cut_off_within_its_second_chunk_is_truncated(tmp_path):
    path = write_wav(tmp_path / "a.wav", SAMPLES)
    path.write_bytes((path.read_bytes() * 2)[:-40_000])
    with pytest.raises(RecordingError, match=r"first 2\.88 s of the 4\.13 s") as error:
        read_audio(path)
    assert error.value.status == "truncated"


@pytest.mark.parametrize("kind", ["AU", "W64", "CAF"])
def test_formats_without_a_word_of_their_own_are_truncated_too(tmp_path, kind):
    path = tmp_path / "a"
    soundfile.write(path, SAMPLES, RATE, format=kind)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(RecordingError, match=r"of the 2\.07 s"):
        read_audio(path)


# MP3


def mp3(samples, **options):
    content = io.BytesIO()
    with soundfile.SoundFile(content, "w", RATE, 1, format="MP3", **options) as file:
        file.write(samples)
    return content.getvalue()


def in_wav(content):
    head = struct.pack("<HHIIHHHHIHHH", 0x55, 1, RATE, 4000, 1, 0, 12, 1, 2, 384, 1, 1393)
    body = b"WAVE" + chunk(b"fmt ", head) + chunk(b"fact", struct.pack("<I", SAMPLES.size)) + chunk(b"data", content)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def without_length(content):
    """Write an MP3 without its first frame, which states its length."""
    return content[content.index(content[:2], 4) :]


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("says", [False, True])
def test_an_mp3_is_not_truncated_because_its_length_is_guessed(tmp_path, mode, wrapped, says):
    """It starts with silence, so an estimate from the first frames would be much too long."""
    samples = np.r_[np.zeros(2 * RATE), SAMPLES, SAMPLES, 0.1 * np.random.default_rng(0).normal(size=RATE)]
    content = mp3(samples, bitrate_mode=mode)
    content = content if says else without_length(content)
    path = tmp_path / "a.wav"
    path.write_bytes(in_wav(content) if wrapped else content)
    read_s = read(path)[0].size / RATE
    assert read_s == pytest.approx(samples.size / RATE, abs=0.0 if says else 0.15)
    *_, (_, end_s, last) = segments(path, Segmentation(1.0))
    assert not isinstance(last, RecordingError)
    assert end_s == pytest.approx(read_s)


def test_half_an_mp3_is_truncated_where_something_says_how_long_it_is(tmp_path):
    content = mp3(np.tile(SAMPLES, 3))
    for whole in (content, in_wav(content), in_wav(without_length(content))):
        path = tmp_path / "a.wav"
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(RecordingError, match="can be read"):
            read_audio(path)


WAV_SUBTYPES = [name for name in soundfile.available_subtypes("WAV") if not name.startswith("MPEG")]


@pytest.mark.parametrize("subtype", WAV_SUBTYPES)
@pytest.mark.parametrize("size", [16001, 30372])
def test_no_codec_of_a_wav_is_called_truncated(tmp_path, subtype, size):
    path = write_wav(tmp_path / "a.wav", np.resize(SAMPLES, size), subtype=subtype)
    assert read(path)[0].size == pytest.approx(size, abs=1100)  # whole blocks
    path.write_bytes(path.read_bytes() + info())
    assert read(path)[1] == ()


# What there is no end of


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_headers_with_random_words_never_crash(tmp_path, seed):
    pick = random.Random(seed)
    path = tmp_path / "a.wav"
    for _ in range(250):
        content = io.BytesIO()
        kind = pick.choice(list(SIZES))
        soundfile.write(content, SAMPLES[:3000], RATE, format=kind)
        raw = bytearray(content.getvalue())
        for _ in range(pick.randint(1, 4)):
            place, width = pick.randrange(min(120, len(raw) - 8)), pick.choice([1, 2, 4, 8])
            size = pick.choice([pick.randrange(70_000), 0, (1 << 64) - 1, pick.getrandbits(64)])
            raw[place : place + width] = struct.pack(pick.choice("<>") + "Q", size)[:width]
        behind = pick.choice([b"", pick.randbytes(300), b"LIST" + pick.randbytes(4) + b"INFO", bytes(raw)])
        path.write_bytes(bytes(raw)[: pick.choice([len(raw), pick.randrange(len(raw))])] + behind)
        with contextlib.suppress(RecordingError):
            read(path)


@pytest.mark.parametrize("word", [b"data\xf0\xff\xff\x6f", b"LIST\xf0\xff\xff\x6f", b"LIST\xff\xff\xff\xff"])
def test_no_word_of_a_header_makes_memory_grow(tmp_path, word):
    path = write_wav(tmp_path / "a.wav", SAMPLES)
    content = path.read_bytes()
    path.write_bytes(content[:36] + word + content[36:])
    code = f"try: read_audio({str(path)!r})\nexcept RecordingError: pass"
    assert peak_mib(code) < 100


# The cases


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("header-says-less/data_minus.wav", "placeholder-then-list/plain.wav"),
        ("header-says-less/two_data.wav", "placeholder-then-list/plain.wav"),
        ("placeholder-then-list/data7ff_trailing_list.wav", "placeholder-then-list/plain.wav"),
        ("float-in-int16-range/int16range.wav", "float-in-int16-range/normal.wav"),
    ],
)
def test_cases_are_read_as_if_they_were_plain(name, plain):
    np.testing.assert_array_equal(read(case_file(name))[0], read(case_file(plain))[0])
    assert bool(read(case_file(name))[1]) == ("placeholder" not in name)


def test_the_mp3_of_the_cases_is_measured():
    assert read_audio(case_file("mp3-inside-wav/mp3inside.wav")).duration_s == pytest.approx(1.98)

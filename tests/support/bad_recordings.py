"""Files that are no recordings, or odd ones, and what becomes of them."""

import os
import socket
import struct
from pathlib import Path

import numpy as np
import soundfile

from tests.support.signals import RATE, speech_like, voice


def not_a_recording(path):
    path.write_text("not a recording")


def truncated_header(path):
    soundfile.write(path, voice(), RATE)
    path.write_bytes(path.read_bytes()[:20])


def empty_file(path):
    path.write_bytes(b"")


def samples(values, **options):
    return lambda path: soundfile.write(path, values, RATE, **options)


BAD = {
    "text": (not_a_recording, "unreadable"),
    "truncated header": (truncated_header, "unreadable"),
    "empty file": (empty_file, "empty"),
    "no samples": (samples(np.zeros(0)), "empty"),
    "silence": (samples(np.zeros(RATE)), "silent"),
    "constant": (samples(np.full(RATE, 0.25)), "silent"),
    "10 ms": (samples(voice(seconds=0.01)), "too_short"),
    "NaN": (samples(np.full(RATE, np.nan), subtype="FLOAT"), "non_finite"),
    "overflowing": (samples(np.r_[voice(), 1e200], subtype="DOUBLE"), "non_finite"),
    "infinite": (samples(np.r_[voice(), np.inf], subtype="FLOAT"), "non_finite"),
    "folder": (lambda path: path.mkdir(), "unreadable"),
    "dangling link": (lambda path: path.symlink_to("nowhere.wav"), "unreadable"),
    "looping link": (lambda path: path.symlink_to(path), "unreadable"),
}


def sound(values=None, rate=RATE, **options):
    """Something that writes samples as WAV, or as the format it is told."""
    values = voice() if values is None else values

    def make(path):
        with open(path, "wb") as file:  # soundfile would not take every name
            soundfile.write(file, values, rate, **({"format": "WAV"} | options))

    return make


def cut(share, **options):
    """A recording that ends before its header says so."""

    def make(path):
        sound(**options)(path)
        content = Path(path).read_bytes()
        Path(path).write_bytes(content[: round(share * len(content))])

    return make


def patched(at, content, **options):
    def make(path):
        sound(**options)(path)
        with open(path, "r+b") as file:
            file.seek(at)
            file.write(content)

    return make


def socket_at(path):
    here = os.getcwd()
    os.chdir(path.parent)  # the path of a socket may not be long
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
    finally:
        os.chdir(here)


#: What is made, and the status it must have.
MATRIX = {
    "empty file": (lambda path: path.write_bytes(b""), "empty"),
    "text": (lambda path: path.write_text("not a recording"), "unreadable"),
    "truncated header": (cut(0.0006), "unreadable"),
    "header alone": (lambda path: (sound()(path), os.truncate(path, 44)), "truncated"),
    "truncated data": (cut(0.6), "truncated"),
    "truncated AIFF": (cut(0.6, format="AIFF"), "truncated"),
    "truncated FLAC": (cut(0.6, format="FLAC", values=speech_like()), "truncated"),
    "truncated 24-bit stereo": (cut(0.6, values=np.column_stack([voice()] * 2), subtype="PCM_24"), "truncated"),
    "truncated RF64": (cut(0.6, format="RF64"), "truncated"),
    "trailing chunk cut": (
        lambda path: (sound()(path), path.write_bytes(path.read_bytes() + b"LIST\x40\0\0\0IN")),
        "ok",
    ),
    "0 samples": (sound(np.zeros(0)), "empty"),
    "1 sample at 48 kHz": (sound(np.ones(1), rate=48000), "too_short"),
    "10 ms": (sound(voice(seconds=0.01)), "too_short"),
    "silence": (sound(np.zeros(RATE)), "silent"),
    "DC": (sound(np.full(RATE, 0.25)), "silent"),
    "full-scale clipping": (sound(np.clip(50 * voice(), -1, 1)), "ok"),
    "NaN": (sound(np.r_[voice(), np.nan], subtype="FLOAT"), "non_finite"),
    "all NaN": (sound(np.full(RATE, np.nan), subtype="FLOAT"), "non_finite"),
    "infinite": (sound(np.r_[voice(), -np.inf], subtype="DOUBLE"), "non_finite"),
    "overflowing": (sound(np.r_[voice(), 1e200], subtype="DOUBLE"), "non_finite"),
    "8-bit": (sound(subtype="PCM_U8"), "ok"),
    "24-bit": (sound(subtype="PCM_24"), "ok"),
    "6 channels": (sound(np.column_stack([voice()] * 6)), "ok"),
    "8 kHz": (sound(voice(rate=8000), rate=8000), "ok"),
    "192 kHz": (sound(voice(rate=192000), rate=192000), "ok"),
    "a MIDI sample dump": (sound(format="SDS"), "unreadable"),
    "AIFF named wav": (sound(format="AIFF"), "ok"),
    "1 Hz": (patched(24, struct.pack("<I", 1)), "unreadable"),
    "2 GHz": (patched(24, struct.pack("<I", 2_000_000_000)), "unreadable"),
    "no channels": (patched(22, b"\0\0"), "unreadable"),
    "65535 channels": (patched(22, b"\xff\xff"), "unreadable"),
    "sizes 0 of a pipe": (lambda path: (patched(4, bytes(4))(path), overwrite(path, 40, bytes(4))), "ok"),
    "sizes -1 of a pipe": (lambda path: (patched(4, b"\xff" * 4)(path), overwrite(path, 40, b"\xff" * 4)), "ok"),
    "sizes of sox in a pipe": (patched(40, struct.pack("<I", 0x7FFFF000)), "ok"),
    "claims 1.6 GB": (patched(40, struct.pack("<I", 1_600_000_000)), "truncated"),
    "FLAC that claims 2^36 samples": (patched(21, b"\xff" * 5, format="FLAC"), "truncated"),
    "FLAC of unknown length": (patched(21, b"\xf0" + bytes(4), format="FLAC"), "ok"),
    "unicode schön 語": (sound(), "ok"),
    "new\nline": (sound(), "ok"),
    "dangling link": (lambda path: path.symlink_to("nowhere.wav"), "unreadable"),
    "looping link": (lambda path: path.symlink_to(path), "unreadable"),
    "link to a device": (lambda path: path.symlink_to("/dev/zero"), "unreadable"),
    "folder": (lambda path: path.mkdir(), "unreadable"),
}
if hasattr(os, "mkfifo"):
    MATRIX["named pipe"] = (os.mkfifo, "unreadable")
    MATRIX["not UTF-8 \udcff"] = (sound(), "ok")
if hasattr(socket, "AF_UNIX"):
    MATRIX["socket"] = (socket_at, "unreadable")


def overwrite(path, at, content):
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(content)


def is_a_sentence(error):
    return error and "\n" not in error and "Traceback" not in error and "Error:" not in error

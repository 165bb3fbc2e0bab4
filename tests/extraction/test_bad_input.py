"""Every file of a folder becomes a row with values or a row with an error: a matrix of cases, and seeded fuzzing."""

import contextlib
import os
import struct
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile

from prosody_ser import extract_table
from prosody_ser.audio.segments import Segmentation, segments
from prosody_ser.catalogue import DEFAULT_SET
from prosody_ser.extraction.workers import measure_all
from prosody_ser.features import Job, Task, column_names, measure_file
from prosody_ser.tables.feature_table import STATUSES
from prosody_ser.tables.file import read_table
from tests.support.bad_recordings import MATRIX, is_a_sentence
from tests.support.project import ROOT
from tests.support.signals import RATE, speech_like, voice, write_wav

JOB = Job(DEFAULT_SET)
#: Of the buzz at 150 Hz that every sane file of the matrix holds.
F0_ST = 12 * np.log2(150 / 27.5)


@pytest.mark.parametrize("case", MATRIX)
def test_each_ends_as_a_row_or_says_why(tmp_path, case):
    make, status = MATRIX[case]
    path = tmp_path / f"{case}.wav"
    make(path)
    measured = measure_file(str(path), JOB)
    assert measured.facts["status"] == status, measured.facts
    if status == "ok":
        assert measured.facts["error"] == ""
        assert dict(zip(column_names(JOB), measured.values[0], strict=True))["f0_mean_st"] == pytest.approx(
            F0_ST, abs=0.05
        )
    else:
        assert measured.values is None
        assert is_a_sentence(measured.facts["error"])


@pytest.fixture(scope="module")
def lot(tmp_path_factory):
    """All of the matrix in one folder."""
    folder = tmp_path_factory.mktemp("lot")
    (folder / "sad").mkdir()
    for case, (make, _) in MATRIX.items():
        make(folder / "sad" / f"ann_{case}.wav")
    write_wav(folder / "happy" / "bob_a.wav", voice(180))
    return folder


def check_lot(frame):
    """Every case has a row; a folder is not a clip, whatever its name."""
    frame = frame.set_index("file")
    assert len(frame) == len(MATRIX)  # one more, and one less
    for case, (_, status) in MATRIX.items():
        if case != "folder":
            row = frame.loc[f"sad/ann_{case}.wav".replace("\udcff", "\\xff")]
            assert row["status"] == status, case
            assert (row["error"] == "") if status == "ok" else is_a_sentence(row["error"]), case
            expected = pytest.approx(F0_ST if status == "ok" else np.nan, abs=0.05, nan_ok=True)
            assert row["f0_mean_st"] == expected, case


def test_the_whole_lot_in_one_folder(lot):
    check_lot(extract_table(lot, jobs=2).frame)


def test_the_whole_lot_on_the_command_line(lot, tmp_path):
    command = [sys.executable, "-m", "prosody_ser", "extract", str(lot), str(tmp_path / "t.csv"), "--jobs", "2"]
    done = subprocess.run(command, capture_output=True, timeout=300, env=os.environ | {"PYTHONPATH": str(ROOT)})
    err = done.stderr.decode()
    assert done.returncode == 0, err
    assert "Traceback" not in err
    n_ok = sum(status == "ok" for _, status in MATRIX.values()) + 1
    assert f"{len(MATRIX)}: {n_ok} ok, {len(MATRIX) - n_ok} failed" in done.stdout.decode()
    for status in {status for _, status in MATRIX.values()} - {"ok"}:
        assert status in err
    check_lot(read_table(tmp_path / "t.csv").frame)


@contextlib.contextmanager
def nobody():
    """The user who runs the tests, or nobody if that is root, who can read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="needs permissions as on Unix")
def test_what_may_not_be_read_says_so(tmp_path, monkeypatch):
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)  # the folders above may not be open to nobody
    for name, mode in (("open.wav", 0o644), ("locked.wav", 0o000)):
        write_wav(Path(name), voice())
        os.chmod(name, mode)
    assert measure_file("open.wav", JOB).facts["status"] == "ok"  # also compiles what is to be cached
    with nobody():
        assert measure_file("open.wav", JOB).facts["status"] == "ok"
        facts = measure_file("locked.wav", JOB).facts
    assert facts["status"] == "unreadable"
    assert "ermission" in facts["error"]


def test_a_file_that_shrinks_between_two_stretches(tmp_path):
    """The segments before the damage have values, and one error stands for the rest."""
    path = write_wav(tmp_path / "a.wav", np.tile(speech_like(), 20))
    stretches = segments(path, Segmentation(5.0))
    first = next(stretches)
    os.truncate(path, 44 + 2 * 12 * RATE)
    rest = list(stretches)
    assert [(start, end) for start, end, _ in [first, *rest[:1]]] == [(0.0, 5.0), (5.0, 10.0)]
    start, end, error = rest[-1]
    assert len(rest) == 2
    assert (start, end) == (10.0, pytest.approx(20 * speech_like().size / RATE))
    assert error.status == "truncated"


def test_a_file_that_shrinks_and_grows_while_it_is_read(tmp_path):
    content = write_wav(tmp_path / "whole.wav", np.tile(speech_like(), 3)).read_bytes()
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    done = threading.Event()

    def change():
        rng = np.random.default_rng(0)
        while not done.is_set():
            os.truncate(path, int(rng.integers(len(content))))
            with open(path, "r+b") as file:
                file.write(content)

    writer = threading.Thread(target=change)
    writer.start()
    try:
        seen = Counter(measure_file(str(path), JOB).facts["status"] for _ in range(60))
    finally:
        done.set()
        writer.join()
    assert set(seen) <= {"ok", "truncated", "unreadable", "empty", "too_short", "silent"}, seen


# ---- fuzz

N_FUZZED = 2000
EXTREMES = (0, 1, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF)
KINDS = {
    "wav": {"format": "WAV"},
    "float": {"format": "WAV", "subtype": "FLOAT"},
    "adpcm": {"format": "WAV", "subtype": "IMA_ADPCM"},
    "flac": {"format": "FLAC"},
    "aiff": {"format": "AIFF"},
    "ogg": {"format": "OGG"},
    "opus": {"format": "OGG", "subtype": "OPUS"},
    "mp3": {"format": "MP3"},
}


def flipped(rng, content, _):
    """A few bits, in the header or anywhere."""
    content = bytearray(content)
    reach = 100 if rng.random() < 0.5 else len(content)
    for bit in rng.integers(8 * reach, size=rng.integers(1, 20)):
        content[bit // 8] ^= 1 << (bit % 8)
    return content


def cut_off(rng, content, _):
    return content[: rng.integers(1, len(content))]


def spliced(rng, content, other):
    """The beginning of one file, the end of another."""
    return content[: rng.integers(1, len(content))] + other[rng.integers(len(other)) :]


def oversized(rng, content, _):
    """Numbers in the header at their extremes, of either byte order."""
    content = bytearray(content)
    for _ in range(rng.integers(1, 4)):
        at = int(rng.integers(0, 60)) // 2 * 2
        size = rng.choice(["<I", ">I", "<H", ">H"])
        number = int(rng.choice(EXTREMES)) & (0xFFFF if size[1] == "H" else 0xFFFFFFFF)
        content[at : at + struct.calcsize(size)] = struct.pack(size, number)
    return content


def blanked(rng, content, _):
    """A run of one byte over something."""
    at, n = rng.integers(len(content)), rng.integers(1, 2000)
    return content[:at] + bytes([int(rng.choice([0, 255, 127]))]) * len(content[at : at + n]) + content[at + n :]


def test_a_thousand_mutated_files(tmp_path, capsys):
    rng = np.random.default_rng(20)
    clip = speech_like()[: round(0.3 * RATE)]
    kinds = {}
    for kind, options in KINDS.items():
        if kind == "mp3" and "MP3" not in soundfile.available_formats():
            continue
        soundfile.write(tmp_path / kind, clip, RATE, **options)
        kinds[kind] = (tmp_path / kind).read_bytes()
    paths, made = [], []
    for i in range(N_FUZZED):
        kind = list(kinds)[i % len(kinds)]
        mutate = (flipped, oversized, cut_off, spliced, blanked)[i // len(kinds) % 5]
        other = kinds[str(rng.choice(list(kinds)))]
        paths.append(str(tmp_path / f"{i:04}.wav"))
        made.append(f"{kind} {mutate.__name__}")
        Path(paths[-1]).write_bytes(bytes(mutate(rng, kinds[kind], other)))
    index = {path: i for i, path in enumerate(paths)}
    outcomes = measure_all([Task(path) for path in paths], JOB, 2)
    results = {index[task.path]: rows[0] for task, rows in outcomes}
    assert sorted(results) == list(range(N_FUZZED))
    for i, measured in results.items():
        status = measured.facts["status"]
        assert status in STATUSES, (made[i], measured.facts)
        if status == "ok":
            assert np.nan_to_num(measured.values).any(), (made[i], "all zero")
        else:
            assert is_a_sentence(measured.facts["error"]), (made[i], measured.facts)
            assert measured.values is None
    counts = Counter(measured.facts["status"] for measured in results.values())
    with capsys.disabled():
        print(f"\nfuzz, {N_FUZZED} files: {', '.join(f'{n} {status}' for status, n in counts.most_common())}")
    # Neither everything refused nor everything taken: the mutations do reach the decoders.
    assert counts["ok"] > N_FUZZED / 10
    assert N_FUZZED - counts["ok"] > N_FUZZED / 10
    assert not counts["unmeasurable"], [
        (made[i], m.facts["error"]) for i, m in results.items() if m.facts["status"] == "unmeasurable"
    ]

"""Tables of frames read as tables of clips."""

import os
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from prosody_ser import Extraction, extract_table, read_table, write_table
from prosody_ser.errors import TableError
from prosody_ser.paths import cache_folder
from prosody_ser.tables.feature_table import FRAMES, FeatureTable
from prosody_ser.tables.sequences import read_sequences, sequence_table


def frames_of(lengths, n_contours=3, **metadata):
    """Rows of frames of clips ``0.wav``, ``1.wav``; each value says its clip, frame and contour."""
    rows = []
    for clip, length in enumerate(lengths):
        for at in range(length):
            start = round(0.1 + 0.01 * at, 6)
            values = {f"c{i}": 100 * clip + at + i / 10 for i in range(n_contours)}
            place = {"file": f"{clip}.wav", "start": start, "end": round(start + 0.01, 6), "lead": 0.1, "trail": 0.05}
            place |= {"clip_start": 0.0, "clip_end": round(0.15 + 0.01 * length, 6)}
            rows.append(place | {"speaker": f"s{clip % 2}", "emotion": "joy", "status": "ok", "corpus": ""} | values)
    return pd.DataFrame(rows).assign(**metadata)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_what_was_measured_comes_back_clip_by_clip(tmp_path, synthetic, suffix):
    files = sorted(synthetic.glob("*.wav"))[:4]
    table = extract_table(files, level="frames", jobs=1)
    path = tmp_path / f"frames{suffix}"
    write_table(table, path)
    sequences = read_sequences(path)
    clips = extract_table(files, jobs=1)
    assert sequences.level == "sequences"
    assert len(sequences.feature_names) == 117
    for column in ("file", "start", "end", "speaker", "emotion", "lead", "trail"):
        assert sequences.frame[column].tolist() == clips.frame[column].tolist(), column
    whole = read_table(path)
    for file, cell in zip(sequences.frame["file"], sequences.X.iloc[:, 0], strict=True):
        clip_rows = whole.frame[whole.frame["file"] == file]
        values = clip_rows[list(whole.feature_names)].to_numpy()
        assert len(cell) == len(clip_rows)
        np.testing.assert_allclose(cell.read(), values, rtol=1e-6)
        mean = sequences.frame.loc[sequences.frame["file"] == file, list(sequences.feature_names)].to_numpy()[0]
        with np.errstate(invalid="ignore"):
            np.testing.assert_allclose(mean, pd.DataFrame(values).mean().to_numpy(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize("cuts", [(), (3,), (5, 6, 7, 15)])
def test_clips_may_lie_on_several_blocks(in_memory, cuts):
    lengths = [7, 1, 12, 4]
    frame = frames_of(lengths)
    edges = [0, *cuts, len(frame)]
    blocks = [frame.iloc[a:b].reset_index(drop=True) for a, b in pairwise(edges)]
    sequences = sequence_table(blocks, ["c0", "c1", "c2"], {"level": FRAMES}, in_memory=in_memory)
    assert [len(cell) for cell in sequences.X["c0"]] == lengths
    assert sequences.frame["start"].tolist() == [0.0] * 4
    assert sequences.frame["end"].tolist() == pytest.approx([0.15 + 0.01 * n for n in lengths])
    for clip, cell in enumerate(sequences.X["c0"]):
        assert cell.read()[:, 0].tolist() == [100 * clip + at for at in range(lengths[clip])]
    assert sequences.frame["c0"].tolist() == pytest.approx([100 * c + (n - 1) / 2 for c, n in enumerate(lengths)])


def test_a_recording_that_comes_twice_is_two_clips():
    frame = pd.concat([frames_of([5]), frames_of([5]), frames_of([3], variant="noise:20", parent="0.wav")])
    sequences = sequence_table([frame.reset_index(drop=True)], ["c0", "c1", "c2"], {"level": FRAMES})
    assert [len(cell) for cell in sequences.frame["sequence"]] == [5, 5, 3]
    assert sequences.copies.sum() <= 1


def test_recordings_that_failed_are_rows_that_are_left_out(tmp_path):
    (tmp_path / "bad.wav").write_bytes(b"no sound")
    rng = np.random.default_rng(0)
    import soundfile

    soundfile.write(tmp_path / "03a01Fa.wav", 0.1 * rng.normal(size=16000), 16000)
    extraction = Extraction([tmp_path / "03a01Fa.wav", tmp_path / "bad.wav"], "emodb", level="frames")
    sequences = sequence_table(extraction.frames(jobs=0), extraction.names, extraction.about)
    assert sequences.frame["status"].tolist() == ["ok", "unreadable"]
    assert sequences.left_out == {"unreadable": 1}


def test_a_table_of_clips_is_no_table_of_frames(tmp_path):
    write_table(FeatureTable(frames_of([2]).drop(columns="status"), ("c0",)), tmp_path / "clips.csv")
    with pytest.raises(TableError, match=r"clips.csv: the table has a row for each clip, not for each frame"):
        read_sequences(tmp_path / "clips.csv")
    with pytest.raises(TableError, match="no such table"):
        read_sequences(tmp_path / "none.parquet")
    (tmp_path / "none.parquet").write_bytes(b"PAR1")
    with pytest.raises(TableError, match=r"none\.parquet"):
        read_sequences(tmp_path / "none.parquet")


def test_the_file_of_frames_goes_with_its_last_reader():
    def laid_out():
        return set(cache_folder().glob("frames-*.f32"))

    before = laid_out()
    sequences = sequence_table([frames_of([5, 6])], ["c0", "c1", "c2"], {"level": FRAMES})
    (frame_file,) = laid_out() - before
    X = sequences.X
    del sequences
    assert X.iloc[1, 2].read().shape == (6, 3)
    del X
    assert frame_file not in laid_out()


def test_what_dead_processes_left_is_removed_and_what_others_use_is_not(monkeypatch, tmp_path):
    """Several machines may share the folder, and cannot see each other's processes."""
    monkeypatch.setenv("PROSODY_SER_CACHE", str(tmp_path))
    table = sequence_table([frames_of([5])], ["c0"], {"level": FRAMES})
    (laid_out,) = tmp_path.iterdir()
    assert str(os.getpid()) in laid_out.name
    orphan, stuck = (
        tmp_path / laid_out.name.replace(str(os.getpid()), number) for number in ("999999999", "999999998")
    )
    orphan.write_bytes(b"left")
    stuck.mkdir()  # as what another user left: it cannot be removed
    other = tmp_path / "frames-othernode-999999999-x.f32"
    other.write_bytes(b"in use")
    sequence_table([frames_of([5])], ["c0"], {"level": FRAMES})
    assert not orphan.exists()
    assert other.exists()
    assert table.X.iloc[0, 0].read().shape == (5, 1)


@pytest.mark.parametrize("change", [os.unlink, lambda path: os.truncate(path, 4)])
def test_frames_that_vanish_are_told_in_a_line(monkeypatch, tmp_path, change):
    monkeypatch.setenv("PROSODY_SER_CACHE", str(tmp_path))
    table = sequence_table([frames_of([5])], ["c0"], {"level": FRAMES})
    (path,) = tmp_path.iterdir()
    change(path)
    with pytest.raises(TableError, match=r"frames-.*f32: .*; run the command again"):
        table.X.iloc[0, 0].read()


FULL = """
import resource, signal, sys
from prosody_ser.tables.sequences import read_sequences
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))
try:
    read_sequences("frames.parquet")
except Exception as error:
    print(error)
"""


@pytest.mark.skipif(os.name != "posix", reason="file sizes are limited on POSIX only")
def test_a_full_folder_is_named_and_not_the_table(tmp_path):
    table = FeatureTable(frames_of([70]), ("c0", "c1"), {"level": FRAMES}, ("clip_start", "clip_end"))
    write_table(table, tmp_path / "frames.parquet")
    (tmp_path / "cache").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", FULL],
        cwd=tmp_path,
        env=os.environ | {"PROSODY_SER_CACHE": "cache"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(
        f"frames.parquet: the temporary file of frames cannot be written in {tmp_path / 'cache'} ("
    )
    assert not list((tmp_path / "cache").iterdir())


GROWTH = """
import resource, sys
import numpy as np, pandas as pd
from prosody_ser.learn.preprocessing.sequences.rows import SequenceRows
from prosody_ser.learn.preprocessing.sequences.scaler import SequenceScaler
from prosody_ser.tables.sequences import sequence_table
from tests.tables.test_sequences import frames_of
import torch, skorch  # what a network needs in any case
names = [f"c{i}" for i in range(20)]
some = frames_of([100] * 100, 20)
def blocks(n):
    for number in range(n // 100):
        yield some.assign(file=some["file"] + f"-{number}")
table = sequence_table(blocks(int(sys.argv[1])), names, {"level": "frames"})
rows = SequenceScaler().fit_transform(SequenceRows.of(table.X))
total = sum(float(rows[i].sum()) for i in range(len(rows)))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.thorough
def test_many_clips_need_hardly_more_memory_than_few():
    """10,000 clips of 100 frames and 20 contours are 80 MB of frames; the metadata of a clip take some kB."""
    few, many = (
        int(subprocess.run([sys.executable, "-c", GROWTH, n], capture_output=True, text=True, check=True).stdout)
        for n in ("500", "10000")
    )
    assert many - few < 60


def broken(frame, how):
    """A table of frames after an edit."""
    middle = 5
    return {
        "shuffled": lambda: frame.sample(frac=1, random_state=0),
        "reversed": lambda: frame.iloc[::-1],
        "sorted by time": lambda: frame.sort_values("start", kind="stable"),
        "a row twice": lambda: pd.concat([frame.iloc[: middle + 1], frame.iloc[middle:]]),
        "a row less": lambda: frame.drop(index=middle),
        "the first row less": lambda: frame.iloc[1:],
        "the last row less": lambda: frame.iloc[:-1],
        "the last row of a clip less": lambda: frame.drop(index=6),
        "another speaker within a clip": lambda: frame.assign(speaker=["x"] * middle + ["y"] * (len(frame) - middle)),
        "no start": lambda: frame.assign(start=np.nan),
        "no end": lambda: frame.assign(end=np.nan),
        "no start of the clips": lambda: frame.assign(clip_start=np.nan),
        "a start of the clip for each frame": lambda: frame.assign(clip_start=frame["start"]),
    }[how]().reset_index(drop=True)


@pytest.mark.parametrize(
    "how",
    [
        *("shuffled", "reversed", "sorted by time", "a row twice", "a row less", "the first row less"),
        *("the last row less", "the last row of a clip less"),
        *("another speaker within a clip", "no start", "no end", "no start of the clips"),
        "a start of the clip for each frame",
    ],
)
@pytest.mark.parametrize("cut", [None, 5])
def test_frames_that_are_not_whole_and_in_order_are_no_clips(how, cut):
    """Otherwise each frame would count as a separate clip."""
    frame = broken(frames_of([7, 9, 8]), how)
    blocks = [frame] if cut is None else [frame.iloc[:cut], frame.iloc[cut:]]
    with pytest.raises(TableError, match=r"the frames of \d.wav are incomplete or out of order"):
        sequence_table(blocks, ["c0", "c1", "c2"], {"level": FRAMES}, in_memory=True)


@pytest.mark.parametrize(
    "column", ["start", "end", "lead", "trail", "clip_start", "clip_end", "file", "speaker", "emotion", "c1"]
)
def test_a_column_that_is_missing_is_named(column):
    with pytest.raises(TableError, match=f"lacks the column '?{column}"):
        sequence_table([frames_of([7]).drop(columns=column)], ["c0", "c1", "c2"], {"level": FRAMES}, in_memory=True)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
@pytest.mark.parametrize("value", [np.inf, -1e300])
def test_infinite_frames_are_refused_as_in_tables_of_clips(tmp_path, suffix, value):
    frame = frames_of([7, 9])
    frame.loc[4, "c1"] = value
    path = tmp_path / f"frames{suffix}"
    write_table(FeatureTable(frame, ("c0", "c1", "c2"), {"level": FRAMES}, ("clip_start", "clip_end")), path)
    with pytest.raises(TableError, match=r"frames\..*c1 contains .*infinite"):
        read_sequences(path)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_frames_are_never_taken_for_clips_when_their_description_is_lost(tmp_path, suffix):
    """As pandas writes them, and as a spreadsheet saves them."""
    path = tmp_path / f"frames{suffix}"
    table = FeatureTable(frames_of([7, 9]), ("c0", "c1", "c2"), {"level": FRAMES}, ("clip_start", "clip_end"))
    write_table(table, path)
    if suffix == ".csv":
        path.write_text(path.read_text().replace("joy", "fear"))
        assert len(read_sequences(path)) == 2
        assert read_table(path).level == FRAMES
        table.frame.to_csv(tmp_path / "pandas.csv", index=False)
    else:
        table.frame.to_parquet(tmp_path / "pandas.parquet")
    with pytest.raises(TableError, match="the rows are frames of 10 ms, but the description"):
        read_table(tmp_path / f"pandas{suffix}")

"""From a folder to a table, with any number of processes and with bad clips."""

import multiprocessing
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from prosody_ser import Extraction, extract_table, read_table, write_table
from prosody_ser.errors import CorpusError, ProtocolError, WorkerError
from prosody_ser.extraction.workers import BATCH
from prosody_ser.parallel import worker_pool as processes
from prosody_ser.tables.feature_table import STATUSES
from tests.support.bad_recordings import BAD
from tests.support.signals import RATE, voice, write_wav


@pytest.fixture
def folder(tmp_path):
    """Two good clips and one of each bad kind."""
    for name in BAD:
        if name not in ("folder", "looping link"):
            make, _ = BAD[name]
            path = tmp_path / "happy" / f"ann_{name}.wav"
            path.parent.mkdir(exist_ok=True)
            make(path)
    write_wav(tmp_path / "happy" / "ann_good.wav", voice(180))
    write_wav(tmp_path / "sad" / "bob_good.wav", voice(120))
    return tmp_path


def test_bad_clips_become_rows_that_say_why(folder):
    table = extract_table(folder, jobs=2)
    frame = table.frame.set_index("file")
    assert len(frame) == 13
    for name, (_, status) in BAD.items():
        if name not in ("folder", "looping link"):
            row = frame.loc[f"happy/ann_{name}.wav"]
            assert row["status"] == status
            assert row["error"]
            assert row[list(table.feature_names)].isna().all()
    good = frame[frame["status"] == "ok"]
    assert list(good.index) == ["happy/ann_good.wav", "sad/bob_good.wav"]
    assert (good["error"] == "").all()
    assert set(frame["status"]) <= set(STATUSES)
    assert table.left_out == {"empty": 2, "non_finite": 3, "silent": 2, "too_short": 1, "unreadable": 3}


def test_any_number_of_jobs_gives_the_same_table(folder):
    pd.testing.assert_frame_equal(extract_table(folder, jobs=1).frame, extract_table(folder, jobs=3).frame)


def test_all_bad_is_a_table_too(tmp_path):
    (tmp_path / "happy").mkdir()
    (tmp_path / "happy" / "ann_a.wav").write_text("no")
    table = extract_table(tmp_path)
    assert table.frame[list(table.feature_names)].isna().all(axis=None)


def test_metadata_of_a_row(tmp_path):
    samples = np.concatenate([np.zeros(8000), voice(120), np.zeros(4000)])
    write_wav(tmp_path / "wav" / "03a01Fa.wav", samples)
    row = extract_table(tmp_path).frame.iloc[0]
    assert row["file"] == "wav/03a01Fa.wav"
    assert (row["start"], row["end"]) == (0.0, 1.75)
    assert row["lead"] == pytest.approx(0.5, abs=0.035)
    assert row["trail"] == pytest.approx(0.25, abs=0.035)
    assert (row["corpus"], row["speaker"], row["sex"], row["age"], row["language"]) == ("emodb", "03", "male", 31, "de")
    assert (row["sentence"], row["take"], row["emotion"], row["variant"]) == ("a01", "a", "happiness", "original")
    assert row["pitch_floor_hz"] == pytest.approx(0.75 * 120, rel=0.02)
    assert row["pitch_ceiling_hz"] == pytest.approx(2.5 * 120, rel=0.02)


def test_progress_counts_every_clip(folder):
    seen = []
    extract_table(folder, jobs=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(i, 13) for i in range(1, 14)]


TROUBLE = """
import os, signal, time
from prosody_ser.plugin import measure

@measure(unit="ratio", family="timing", low=0, high=1)
def trouble_ratio(analysis):
    "dies or hangs on clips longer than 1.5 s, and leaves a note of it"
    if analysis.audio.duration_s > 1.5:
        with open("tries.txt", "a") as file:
            file.write("x")
        {trouble}
    return 0.5
"""


@pytest.mark.parametrize(
    ("trouble", "status"), [("os.kill(os.getpid(), signal.SIGKILL)", "crashed"), ("time.sleep(600)", "timed_out")]
)
@pytest.mark.parametrize("jobs", [pytest.param(1, marks=pytest.mark.thorough), 2])
def test_a_clip_that_kills_or_stops_its_worker_costs_nothing_of_its_batch(tmp_path, monkeypatch, trouble, status, jobs):
    """Each clip of a failed batch is measured again on its own; the bad one is tried twice in total."""
    monkeypatch.chdir(tmp_path)
    plugin = f"trouble_{status}_{jobs}"
    (tmp_path / f"{plugin}.py").write_text(TROUBLE.format(trouble=trouble))
    n_clips = 8 * BATCH
    for i in range(n_clips):
        write_wav(tmp_path / "corpus" / "sad" / f"bob_{i:03}.wav", voice(150 + i, 2.0 if i == 20 else 0.3))
    seen = []
    table = extract_table(
        "corpus", plugin=plugin, jobs=jobs, timeout_s=2, progress=lambda done, total: seen.append(done)
    )
    assert list(np.flatnonzero(table.frame["status"] != "ok")) == [20]
    assert table.frame["status"][20] == status
    assert table.frame["error"][20]
    assert seen == list(range(1, n_clips + 1))
    assert (tmp_path / "tries.txt").read_text() == "xx"


def test_workers_that_die_at_their_start_end_the_run(tmp_path, monkeypatch):
    """As with too little memory: it must not start new processes forever."""
    write_wav(tmp_path / "sad" / "bob_1.wav", voice(150))
    monkeypatch.setattr(processes, "_prepare", lambda: os._exit(3))
    with pytest.raises(WorkerError, match=r"die when they start.*exit code 3"):
        extract_table(tmp_path, cache=False)


def test_copies_are_measured_once_and_come_from_no_cache(tmp_path, monkeypatch):
    """At any time after the first one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "counted_copies.py").write_text(TROUBLE.format(trouble=""))
    for i in range(40):
        write_wav(tmp_path / "corpus" / "sad" / f"bob_{i:02}.wav", voice(150, 0.3 + 0.005 * i))
    for i in (0, 20, 30, 39):
        write_wav(tmp_path / "corpus" / "sad" / f"bob_{i:02}_again.wav", voice(150, 1.6))
    for cache, n_cached in ((False, 0), (True, 0), (True, 44)):
        extraction = Extraction("corpus", plugin="counted_copies")
        list(extraction.blocks(jobs=1, cache=cache))
        assert (extraction.tally.clips, extraction.tally.cached) == (44, n_cached)
    assert (tmp_path / "tries.txt").read_text() == "xx"  # one for each run that measured


def test_no_process_stays_where_an_error_is_kept(tmp_path):
    def stop(done, total):
        raise KeyError("enough")

    before = set(multiprocessing.active_children())  # other tests' pools may still be there
    for i in range(20):
        write_wav(tmp_path / "sad" / f"bob_{i}.wav", voice(150 + i, 0.3))
    with pytest.raises(KeyError) as kept:
        extract_table(tmp_path, jobs=2, cache=False, progress=stop)
    assert kept.value.__traceback__  # and with it all that was at work
    assert set(multiprocessing.active_children()) <= before


def test_a_stretch_of_years_is_out_of_range(tmp_path):
    write_wav(tmp_path / "a.wav", voice(150))
    (tmp_path / "labels.csv").write_text("file,start,end,speaker,emotion\na.wav,0,1e9,ann,sad\n")
    assert list(extract_table(tmp_path / "labels.csv", cache=False).frame["status"]) == ["out_of_range"]


def test_names_that_are_not_utf8_are_kept_as_escapes(tmp_path):
    folder = os.fsencode(tmp_path / "sad")
    os.makedirs(folder)
    for name in (b"bob_\xff.wav", b"bob_a\nb.wav", "bob_schön.wav".encode()):
        with open(os.path.join(folder, name), "wb") as file:
            soundfile.write(file, voice(120), 16000, format="WAV")
    table = extract_table(tmp_path)
    assert (table.frame["status"] == "ok").all()
    assert list(table.frame["file"]) == ["sad/bob_a\nb.wav", "sad/bob_schön.wav", "sad/bob_\\xff.wav"]
    write_table(table, tmp_path / "t.csv")
    assert list(read_table(tmp_path / "t.csv").frame["file"]) == list(table.frame["file"])


def test_narrow_band_recordings_are_marked(tmp_path):
    write_wav(tmp_path / "sad" / "bob_1.wav", voice(120, rate=8000), rate=8000)
    write_wav(tmp_path / "sad" / "bob_2.wav", voice(120, rate=48000), rate=48000)
    assert list(extract_table(tmp_path).frame["sample_rate_hz"]) == [8000, 48000]


@pytest.mark.parametrize("jobs", [0, -1, 1.5, True, "2"])
def test_impossible_jobs(folder, jobs):
    with pytest.raises(ProtocolError, match=rf"`jobs` must be a whole number of at least 1 \(got {jobs!r}\)"):
        extract_table(folder, jobs=jobs)


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        ([], "no recording or folder was given"),
        ("", "not a path"),
        (3, "3 is not a path"),
        ("gone.wav", "no such file"),
    ],
)
def test_what_names_no_recording(sources, says):
    with pytest.raises(CorpusError, match=says):
        extract_table(sources)


def test_recordings_named_one_by_one_are_rows_in_that_order(cli):
    for name in ("b.wav", "a.wav", "c/a.wav"):
        write_wav(cli.folder / name, voice())
    named = ["b.wav", "c/a.wav", "a.wav"]
    table = extract_table(map(Path, named))
    assert table.frame["file"].tolist() == named
    assert cli("extract", *named).status == 0
    pd.testing.assert_frame_equal(read_table("features.csv").frame, table.frame)
    done = cli("extract", "a.wav", "one.csv")
    assert done.status == 0
    assert "'cv' needs speakers: fill the column 'speaker'" in done.out
    assert "'cv' needs emotions: fill the column 'emotion'" in done.out
    assert read_table("one.csv").frame["file"].tolist() == ["a.wav"]


def test_unknown_set_is_reported_before_any_work(folder):
    with pytest.raises(ProtocolError, match="unknown feature set"):
        extract_table(folder, features="egemaps")


def test_a_table_of_frames_holds_the_contours(folder):
    """One row each 10 ms, whose statistics are the features of the clip."""
    frames, clips = extract_table(folder, level="frames", jobs=2), extract_table(folder, jobs=2)
    assert frames.level == "frames"
    for file in ("happy/ann_good.wav", "sad/bob_good.wav"):
        rows = frames.frame[frames.frame["file"] == file]
        clip = clips.frame.set_index("file").loc[file]
        np.testing.assert_allclose(rows["end"] - rows["start"], 0.01, atol=1e-6)
        np.testing.assert_allclose(np.diff(rows["start"]), 0.01, atol=1e-6)
        assert rows["start"].iloc[0] == pytest.approx(clip["lead"])
        assert rows["end"].iloc[-1] == pytest.approx(clip["end"] - clip["trail"])
        assert rows["f0_st"].mean() == pytest.approx(clip["f0_mean_st"])
        assert rows["mfcc3_db"].std(ddof=0) == pytest.approx(clip["mfcc3_sd_db"])
    bad = frames.frame[frames.frame["status"] != "ok"]
    assert len(bad) == 11
    assert bad[list(frames.feature_names)].isna().all(axis=None)


def test_frames_are_no_clips_to_score(folder, tmp_path):
    from prosody_ser import evaluate, make_pipeline

    write_table(extract_table(folder, level="frames"), tmp_path / "frames.csv")
    with pytest.raises(ProtocolError, match="one row for each frame"):
        evaluate(read_table(tmp_path / "frames.csv"), make_pipeline("svm"))


def test_unknown_level(folder):
    with pytest.raises(ProtocolError, match="choose clips or frames"):
        extract_table(folder, level="words")


def test_a_table_over_corpora_keeps_their_speakers_apart(tmp_path):
    write_wav(tmp_path / "a" / "03a01Fa.wav", voice(120, 0.3))
    write_wav(tmp_path / "b" / "Actor_03" / "03-01-03-01-01-01-03.wav", voice(130, 0.3))
    write_wav(tmp_path / "c" / "joy" / "03_x.wav", voice(140, 0.3))
    write_wav(tmp_path / "d" / "joy" / "03_x.wav", voice(150, 0.3))
    table = extract_table([tmp_path / name for name in "abcd"])
    assert list(table.frame["corpus"]) == ["emodb", "ravdess", "folder:c", "folder:d"]
    assert set(table.frame["emotion"]) == {"happiness"}
    assert list(table.frame["label"]) == ["F", "03", "joy", "joy"]
    assert list(table.frame["vocal_channel"]) == ["", "speech", "", ""]
    assert len(set(table.X.index.get_level_values("speaker"))) == 4


def test_stretches_of_a_file_have_the_values_of_files_of_their_own(tmp_path, cli):
    """A CSV of labels: a missing file is a row, too, and other columns are kept."""
    samples = [voice(150, 0.6), voice(220, 0.8)]
    write_wav(tmp_path / "both.wav", np.concatenate(samples))
    for i, part in enumerate(samples):
        write_wav(tmp_path / f"part{i}.wav", part)
    labels = tmp_path / "labels.csv"
    labels.write_text(
        "file,start,end,speaker,emotion,room\nboth.wav,0,0.6,ann,sad,7\nboth.wav,0.6,,ann,joy,8\n"
        "part0.wav,,,ann,sad,7\npart1.wav,,,ann,joy,8\ngone.wav,,,ann,joy,9\n"
    )
    table = extract_table(labels)
    frame = table.frame.set_index(["file", "start"])
    assert frame.loc["gone.wav", "status"].item() == "unreadable"
    assert frame["room"].to_dict() == {
        ("both.wav", 0.0): "7", ("both.wav", 0.6): "8", ("gone.wav", 0.0): "9", ("part0.wav", 0.0): "7",
        ("part1.wav", 0.0): "8",
    }  # fmt: skip
    assert frame.loc[("both.wav", 0.0), "end"] == pytest.approx(0.6)
    assert frame.loc[("both.wav", 0.6), "end"] == pytest.approx(1.4)
    for stretch, alone in ((("both.wav", 0.0), "part0.wav"), (("both.wav", 0.6), "part1.wav")):
        values = frame.loc[stretch, list(table.feature_names)].astype(float).to_numpy()
        expected = frame.loc[(alone, 0.0), list(table.feature_names)].astype(float).to_numpy()
        np.testing.assert_allclose(values, expected, rtol=1e-9)
    done = cli("extract", labels, "out.csv")
    assert done.status == 0
    assert "gone.wav" in done.err
    assert "room" in (cli.folder / "out.csv").read_text().splitlines()[0]
    refused = cli("extract", tmp_path, labels)  # named last, it must not be overwritten
    assert refused.status == 2
    assert "labels" in refused.err
    assert labels.read_text().startswith("file,start")


def test_no_column_of_labels_passes_for_a_feature(tmp_path):
    write_wav(tmp_path / "a.wav", voice(150, 0.3))
    (tmp_path / "labels.csv").write_text("file,speaker,emotion,f0_mean_st\na.wav,ann,sad,7\n")
    with pytest.raises(ProtocolError, match="'f0_mean_st', which is the name of a feature; rename"):
        extract_table(tmp_path / "labels.csv")


def test_all_bad_frames_are_rows_too(tmp_path, cli):
    for i in range(3):
        (tmp_path / "corpus" / "sad").mkdir(parents=True, exist_ok=True)
        (tmp_path / "corpus" / "sad" / f"bob_{i}.wav").write_text("no recording")
    refused = cli("extract", tmp_path / "corpus", "--level", "frames")
    assert refused.status == 2
    assert "unreadable: 3, e.g. sad/bob_0.wav" in refused.err
    assert "none of the 3 recordings" in refused.err


def test_the_real_tess_can_be_measured(tess):
    """Two AIFF files named .wav, one of 96 kHz, one misnamed."""
    frame = extract_table(tess).frame
    assert (frame["status"] == "ok").all()
    assert sorted(frame["sample_rate_hz"].unique()) == [24414, 96000]
    assert frame["f0_mean_st"].notna().all()
    assert (frame["speaker"] == "OAF").sum() + (frame["speaker"] == "YAF").sum() == 60


def test_long_recordings_give_a_row_for_each_segment(tmp_path, cli):
    """By seconds and by voice activity; each row has the values of its stretch, start and end lie in the file."""
    parts = [voice(120, 1.5), np.zeros(RATE), voice(220, 2.0)]
    write_wav(tmp_path / "corpus" / "sad" / "bob_1.wav", np.concatenate(parts))
    by_seconds = extract_table(tmp_path / "corpus", segment="2")
    assert list(by_seconds.frame["start"]) == [0.0, 2.0]
    assert list(by_seconds.frame["end"]) == [2.0, 4.5]
    assert list(by_seconds.frame["speaker"]) == ["bob", "bob"]
    by_voice = extract_table(tmp_path / "corpus", segment="vad")
    np.testing.assert_allclose(by_voice.frame["start"], [0.0, 2.4], atol=0.12)
    np.testing.assert_allclose(by_voice.frame["end"], [1.6, 4.5], atol=0.12)
    f0_hz = 27.5 * 2 ** (by_voice.frame["f0_p50_st"] / 12)
    np.testing.assert_allclose(f0_hz, [120, 220], rtol=0.01)
    assert by_voice.about["segment"] == "vad"
    done = cli("extract", tmp_path / "corpus", "turns.csv", "--segment", "vad")
    assert done.status == 0
    assert "in 2 rows" in done.out
    assert len(read_table(cli.folder / "turns.csv").X) == 2
    refused = cli("extract", tmp_path / "corpus", "--segment", "words")
    assert refused.status == 2
    frames = extract_table(tmp_path / "corpus", segment="vad", level="frames").frame
    voiced = frames[frames["f0_st"].notna()]
    assert not ((voiced["start"] > 1.6) & (voiced["start"] < 2.3)).any()
    assert voiced["start"].max() > 4.0


def test_ten_minutes_in_one_row_are_refused(tmp_path, monkeypatch):
    from prosody_ser.features import clip

    monkeypatch.setattr(clip, "LONGEST_S", 1.5)
    write_wav(tmp_path / "sad" / "bob_1.wav", voice(150, 2.0))
    row = extract_table(tmp_path, cache=False).frame.iloc[0]
    assert row["status"] == "too_long"
    assert "--segment" in row["error"]

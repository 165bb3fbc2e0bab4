"""Augmented copies in a table: originals are unchanged, and copies are cached and resumed with any workers."""

import numpy as np
import pandas as pd
import pytest

from prosody_ser import Extraction, extract_table, extract_to_file, read_table
from prosody_ser.errors import ProtocolError
from tests.support.signals import speech_like, voice, write_wav

AUGMENT = "noise:20..30,speed:0.93"


@pytest.fixture
def folder(tmp_path):
    for seed, name in enumerate(("happy/ann_1.wav", "sad/ann_2.wav", "happy/bob_1.wav", "sad/bob_2.wav")):
        write_wav(tmp_path / "in" / name, speech_like(seed))
    (tmp_path / "in" / "sad" / "bob_bad.wav").write_text("no")
    return tmp_path / "in"


def test_copies_stand_beside_their_originals_which_stay_as_they_are(folder):
    plain, both = extract_table(folder, jobs=1), extract_table(folder, augment=AUGMENT, jobs=2)
    frame = both.frame
    assert list(frame["variant"].str.partition(":")[0]) == ["original", "noise", "speed"] * 5
    original = frame["variant"] == "original"
    pd.testing.assert_frame_equal(frame[original].reset_index(drop=True), plain.frame)
    for name in ("file", "start", "speaker", "emotion", "corpus", "sentence"):
        assert (frame[name].to_numpy().reshape(5, 3) == frame[name].to_numpy().reshape(5, 3)[:, :1]).all()
    assert (frame["parent"][~original] == frame["file"][~original]).all()
    assert (frame["parent"][original] == "").all()
    assert both.about["augmentation"] == {"copies": ["noise:20..30", "speed:0.93"], "seed": 0}
    bad = frame["file"] == "sad/bob_bad.wav"
    assert (frame["status"] == "ok").tolist() == (~bad).tolist()
    # what is scored is what was recorded
    pd.testing.assert_frame_equal(both.X, plain.X)
    assert both.left_out == {"unreadable": 3}
    assert both.copies.sum() == 8
    assert "5 clips and 10 augmented copies (3 left out), 2 speakers" in repr(both)


def test_speed_is_seen_in_the_features(tmp_path):
    write_wav(tmp_path / "a.wav", voice(200, 1.0))
    frame = extract_table(tmp_path / "a.wav", augment="speed:0.5,speed:1.5", jobs=1, cache=False).frame
    change = frame["f0_p50_st"] - frame["f0_p50_st"].iloc[0]
    assert change.to_numpy() == pytest.approx([0, -12, 12 * np.log2(1.5)], abs=0.05)
    assert frame["end"].to_numpy() == pytest.approx([1, 2, 2 / 3], abs=0.01)


def test_what_is_measured_is_kept_by_its_copy_and_seed(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("PROSODY_SER_CACHE", str(tmp_path / "cache"))

    def cached(**how):
        extraction = Extraction(folder, **how)
        frames = list(extraction.frames(jobs=2))
        return extraction.tally.cached, pd.concat(frames, ignore_index=True)

    assert cached()[0] == 0
    n, first = cached(augment=AUGMENT)
    assert n == 4  # originals are there from before
    n, again = cached(augment=AUGMENT)
    pd.testing.assert_frame_equal(first, again)
    _, other = cached(augment=AUGMENT, seed=1)
    moved = (first["variant"] != other["variant"]).to_numpy()
    assert moved.tolist() == [False, True, False] * 5  # strengths are drawn anew; a fixed one stays
    counts = []
    list(Extraction(folder, augment=AUGMENT).frames(jobs=2, progress=lambda done, total: counts.append((done, total))))
    assert counts[-1] == (15, 15)


def test_frames_have_copies_too(folder, tmp_path):
    extraction = Extraction(folder, level="frames", augment="speed:0.8")
    extract_to_file(extraction, tmp_path / "frames.parquet", jobs=2)
    table = read_table(tmp_path / "frames.parquet")
    frame = table.frame
    assert table.copies.sum() == ((frame["variant"] != "original") & (frame["status"] == "ok")).sum()
    n = frame[frame["status"] == "ok"].groupby(["variant", "file"]).size()
    assert (n["speed:0.8"] / n["original"]).to_numpy() == pytest.approx([1.25] * 4, rel=0.06)
    assert (extraction.tally.clips, extraction.tally.copies, extraction.tally.copies_failed.total()) == (5, 5, 1)


def test_what_does_not_go_together_is_refused(folder):
    with pytest.raises(ProtocolError, match="--segment and --augment cannot be combined"):
        Extraction(folder, augment="noise", segment=1)
    with pytest.raises(ProtocolError, match="unknown augmentation 'echo'"):
        Extraction(folder, augment="echo")
    with pytest.raises(ProtocolError, match=r"seed must be a whole number, 0 or more \(got -1"):
        Extraction(folder, augment="noise", seed=-1)


def test_the_command_says_what_copies_are_for(cli, folder):
    done = cli("extract", folder, "out.csv", "--augment", AUGMENT)
    assert done.status == 0, done.err
    assert "copies    10, 2 of them failed (noise:20..30, speed:0.93); used for training with their" in done.out
    assert "in 15 rows" in done.out

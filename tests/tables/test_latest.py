"""Finding the newest table in a folder, ignoring files of other programs."""

import os

import pandas as pd

from prosody_ser import FeatureTable, write_table
from prosody_ser.tables.latest import tables_in
from tests.support.tables import random_table


def test_the_last_one_first_and_ours_only(tmp_path):
    for seconds, name in ((100, "old.csv"), (300, "new.parquet"), (200, "middle.csv")):
        write_table(random_table(), tmp_path / name)
        os.utime(tmp_path / name, (seconds, seconds))
    pd.DataFrame({"file": ["a.wav"], "x": [1.0]}).to_csv(tmp_path / "theirs.csv")
    pd.DataFrame({"x": [1.0]}).to_parquet(tmp_path / "theirs.parquet")
    (tmp_path / "damaged.csv").write_text("file\n")
    (tmp_path / "damaged.csv.json").write_text("{")
    (tmp_path / "damaged.parquet").write_text("no Parquet")
    (tmp_path / "folder.csv").mkdir()
    assert [path.name for path in tables_in(tmp_path)] == ["new.parquet", "middle.csv", "old.csv"]


def test_frames_are_no_clips(tmp_path):
    table = random_table()
    write_table(FeatureTable(table.frame, table.feature_names, {"level": "frames"}), tmp_path / "frames.csv")
    assert tables_in(tmp_path) == []
    assert [path.name for path in tables_in(tmp_path, level="frames")] == ["frames.csv"]

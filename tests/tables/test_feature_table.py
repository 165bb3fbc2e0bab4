"""The feature table: metadata and features stay separate, and nothing is lost in a file."""

import json

import numpy as np
import pandas as pd
import pytest

from prosody_ser.errors import ProsodySerError, TableError
from prosody_ser.tables.feature_table import INDEX_COLUMNS, METADATA_COLUMNS, FeatureTable
from prosody_ser.tables.file import read_table, write_table
from tests.support.folders import files_in
from tests.support.tables import random_table


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_table_survives_its_file(tmp_path, suffix):
    table = random_table()
    table.about["feature_set"] = "random"
    table.frame.loc[3, "x1"] = np.nan
    table.frame.loc[4, ["status", "error"]] = ["unreadable", 'says "no", in\ntwo lines; and a comma,']
    table.frame.loc[5, "speaker"] = "NA"
    table.frame["sentence"] = "01"
    write_table(table, tmp_path / f"t{suffix}")
    back = read_table(tmp_path / f"t{suffix}")
    pd.testing.assert_frame_equal(back.frame, table.frame)
    assert back.feature_names == table.feature_names
    assert back.about["feature_set"] == "random"


def test_csv_and_parquet_hold_the_same(tmp_path):
    for suffix in (".csv", ".parquet"):
        write_table(random_table(), tmp_path / f"t{suffix}")
    pd.testing.assert_frame_equal(read_table(tmp_path / "t.csv").frame, read_table(tmp_path / "t.parquet").frame)


def test_metadata_never_enters_x():
    table = random_table()
    assert list(table.X.columns) == list(table.feature_names)
    assert not set(table.X.columns) & set(INDEX_COLUMNS + METADATA_COLUMNS)
    assert table.X.index.names == ["file", "start", "end", "variant", "speaker", "sentence"]
    assert table.y.index.equals(table.X.index)
    for column in ("speaker", "emotion", "file", "sentence", "lead", "pitch_floor_hz"):
        with pytest.raises(TableError, match="cannot be used as features"):
            FeatureTable(table.frame, (*table.feature_names, column))


def test_each_feature_is_one_column_of_numbers():
    frame = random_table().frame
    assert FeatureTable(frame, "x1").feature_names == ("x1",)
    for wrong, names, message in (
        (frame, ["x1", "x1x"], "lacks the feature 'x1x'; did you mean x1"),
        (frame, ["x1", "x1"], "the column 'x1' is there twice"),
        (pd.concat([frame, frame[["x1"]]], axis=1), ["x0", "x1"], "the column 'x1' is there twice"),
        (pd.concat([frame, frame[["speaker"]]], axis=1), ["x1"], "the column 'speaker' is there twice"),
    ):
        with pytest.raises(TableError, match=message):
            FeatureTable(wrong, names)
    for value, message in (("loud", "the column x1 contains 'loud', not a number"), (-np.inf, "x1 is infinite")):
        with pytest.raises(TableError, match=message):
            _ = FeatureTable(frame.assign(x1=value), ["x1"]).X
    pd.testing.assert_frame_equal(
        FeatureTable(frame.assign(x1=frame["x1"].map(repr)), ["x1"]).X, FeatureTable(frame, ["x1"]).X
    )


def test_unusable_rows_are_left_out_and_counted():
    table = random_table(n_rows=50)
    table.frame.loc[0, "status"] = "silent"
    table.frame.loc[1, "emotion"] = ""
    table.frame.loc[[2, 3], "speaker"] = ""
    assert table.left_out == {"no emotion label": 1, "silent": 1, "speaker unknown": 2}
    assert len(table.X) == len(table.y) == 46


def test_song_is_not_scored_with_speech():
    table = random_table(n_rows=50)
    table.frame["vocal_channel"] = "speech"
    table.frame.loc[:9, "vocal_channel"] = "song"
    assert table.left_out == {"song": 10}
    assert len(table.X) == 40
    table.frame["vocal_channel"] = "song"
    assert table.left_out == {}


def write_csv(path, **columns):
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def foreign(n=12, **more):
    rng = np.random.default_rng(0)
    base = {
        "file": [f"{i}.wav" for i in range(n)],
        "speaker": ["03", "08", "NA"] * (n // 3),
        "emotion": ["a", "a", "a", "b", "b", "b"] * (n // 6),
        "loudness": rng.normal(size=n),
    }
    return base | more


def test_a_foreign_table_gives_its_numeric_columns(tmp_path):
    path = write_csv(tmp_path / "t.csv", **foreign(comment=["x"] * 12, hnr=[1.5, None] * 6))
    table = read_table(path)
    assert table.feature_names == ("loudness", "hnr")
    assert table.other_columns == ("comment",)
    assert sorted(set(table.frame["speaker"])) == ["03", "08", "NA"]


def test_names_of_metadata_in_another_spelling_are_metadata(tmp_path):
    path = tmp_path / "t.csv"
    write_table(random_table(), path)
    header, rows = path.read_text().split("\n", 1)
    path.write_text(header.upper().replace(",", ", ").replace("X", "x") + "\n" + rows)
    table = read_table(path)
    assert {name.strip() for name in table.feature_names} == set(random_table().feature_names)
    assert list(table.frame["variant"]) == list(random_table().frame["variant"])


def test_a_column_with_a_few_words_among_its_numbers_is_reported(tmp_path):
    cells = {"hnr": ["1.5"] * 11 + ["high"], "room": ["1", "blue", "", "red"] * 3}
    table = read_table(write_csv(tmp_path / "t.csv", **foreign(**cells)))
    assert table.other_columns == ("hnr", "room")
    assert table.notes == ("line 13: the column hnr contains 'high', not a number; it is not used as a feature",)


def test_columns_of_a_parquet_file_that_hold_anything_are_no_features(tmp_path):
    odd = {
        "lists": [[1.0, 2.0]] * 12,
        "days": pd.date_range("2020", periods=12),
        "kinds": pd.Categorical(["a", "b"] * 6),
    }
    pd.DataFrame(foreign() | odd | {"empty": [None] * 12}).to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert set(odd) < set(table.other_columns)
    assert (table.feature_names, table.notes) == (("loudness",), ())


def test_labels_in_disguise_are_no_features(tmp_path):
    n = 300
    rng = np.random.default_rng(1)
    plain = foreign(n)
    target = (np.array(plain["emotion"]) == "b").astype(float)
    disguised = {
        "actor_id": [3, 8, 11] * (n // 3),
        "target": target,
        "one_wrong": np.where(np.arange(n) == 7, 1 - target, target),
        "jittered": target + rng.normal(scale=1e-9, size=n),
        "counter": range(n),
        "counter_with_gaps": np.arange(n) * 3 + (np.arange(n) > 50),
        "counter_shuffled": rng.permutation(n),
        "Unnamed: 0": rng.normal(size=n),
    }
    honest = {"pauses": rng.integers(0, 4, size=n), "pitch": rng.normal(size=n) + 3 * target}
    table = read_table(write_csv(tmp_path / "t.csv", **plain, **disguised, **honest))
    assert set(table.other_columns) == set(disguised)
    assert table.feature_names == ("loudness", "pauses", "pitch")
    assert table.guessed


def test_an_index_that_pandas_wrote_is_no_feature(tmp_path):
    frame = pd.DataFrame(foreign(60)).sample(frac=1, random_state=0)
    frame.to_csv(tmp_path / "t.csv")
    assert read_table(tmp_path / "t.csv").feature_names == ("loudness",)


def test_emotions_are_one_class_however_written(tmp_path):
    emotion = ["Anger", "ANGER ", "anger", "NA", "nan", "joy"] * 2
    table = read_table(write_csv(tmp_path / "t.csv", **foreign(emotion=emotion)))
    assert set(table.y) == {"anger", "joy"}
    assert table.left_out == {"no emotion label": 4}
    composed, decomposed = "fr\u00f6hlich", "fro\u0308hlich"
    table = read_table(write_csv(tmp_path / "u.csv", **foreign(emotion=[composed, decomposed, "joy"] * 4)))
    assert set(table.y) == {composed, "joy"}


def test_what_spreadsheets_write_for_nothing_is_missing(tmp_path):
    table = read_table(write_csv(tmp_path / "t.csv", **foreign(hnr=["1.5", "#N/A", "n/a", "NULL", "NaN", ""] * 2)))
    assert table.frame["hnr"].notna().sum() == 2


def test_known_features_keep_unknown_columns_out(tmp_path):
    more = {"f0_mean_st": np.linspace(30, 40, 12) ** 1.1}
    table = read_table(write_csv(tmp_path / "t.csv", **foreign(**more)))
    assert table.feature_names == ("f0_mean_st",)
    assert table.other_columns == ("loudness",)


def test_blanks_make_no_second_speaker(tmp_path):
    table = read_table(write_csv(tmp_path / "t.csv", **foreign(speaker=["03", "03 ", " 03"] * 4)))
    assert set(table.frame["speaker"]) == {"03"}


def test_speakers_of_two_corpora_are_two_people(tmp_path):
    path = write_csv(tmp_path / "t.csv", **foreign(corpus=["one", "two"] * 6, speaker=["03"] * 12))
    assert set(read_table(path).X.index.get_level_values("speaker")) == {"one:03", "two:03"}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_times_of_audformat_are_seconds(tmp_path, suffix):
    """openSMILE's tables are indexed by file, start and end as Timedelta."""
    frame = pd.DataFrame(foreign(start=pd.to_timedelta([0.5] * 12, unit="s"), end=pd.to_timedelta([2] * 12, unit="s")))
    path = tmp_path / f"t{suffix}"
    if suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.set_index(["file", "start", "end"]).to_parquet(path)
    table = read_table(path)
    assert set(table.frame["start"]) == {0.5}
    assert set(table.frame["end"]) == {2.0}
    assert table.feature_names == ("loudness",)


@pytest.mark.parametrize("content", ["[]", '{"features": 5}', "{", '{"features": [1]}'])
def test_a_broken_companion_is_named(tmp_path, content):
    write_table(random_table(), tmp_path / "t.csv")
    (tmp_path / "t.csv.json").write_text(content)
    with pytest.raises(TableError, match=r"t\.csv\.json (is not valid JSON|does not describe)"):
        read_table(tmp_path / "t.csv")


def test_an_edited_csv_keeps_its_features(tmp_path):
    path = tmp_path / "t.csv"
    write_table(random_table(), path)
    frame = pd.read_csv(path)
    frame.drop(columns="x2").iloc[:100].to_csv(path, index=False)
    table = read_table(path)
    assert len(table) == 100
    assert table.feature_names == tuple(n for n in random_table().feature_names if n != "x2")
    assert "feature_set" not in table.about


BAD = {
    "missing": (None, "no such table"),
    "text.csv": (b"hello\n", "lacks the columns file, speaker, emotion"),
    "empty.csv": (b"", "the file is empty"),
    "binary.csv": (bytes(range(256)) * 9, "the file is not text in the encoding UTF-8"),
    "ragged.csv": (b"file,speaker,emotion,x\na,b,c,1,2,3\n", "rows have more cells than the header"),
    "no_features.csv": (b"file,speaker,emotion\na,b,c\n", "no column with a feature .* if it is a CSV of labels"),
    "words.csv": (
        b"file,speaker,emotion,f0_mean_st\na,b,c,high\n",
        "line 2: the column f0_mean_st contains 'high', not a number",
    ),
    "comma.csv": (
        b'file,speaker,emotion,f0_mean_st\na,b,c,"34,12"\n',
        "line 2: the column f0_mean_st contains '34,12', not a number; use a decimal point",
    ),
    "no_rows.csv": (
        b"file,speaker,emotion,f0_mean_st\n",
        "no_rows.csv: the table has no rows below its header; measure",
    ),
    "infinite.csv": (
        b"file,speaker,emotion,f0_mean_st\na,b,c,1\na,b,c,inf\n",
        "line 3: the column f0_mean_st contains inf, which is infinite or beyond",
    ),
    "huge.csv": (b"file,speaker,emotion,f0_mean_st\na,b,c,1e200\n", "line 2: the column f0_mean_st contains 1e.200"),
    "semicolons.csv": (
        b"file;speaker;emotion;f0_mean_st\na;b;c;1,5\n",
        "separated by semicolons; save the file with commas",
    ),
    "tabs.csv": (b"file\tspeaker\temotion\n", "separated by tabs"),
    "who.csv": (
        b"file,who,emotion,x\na,b,c,1\n",
        "lacks the column speaker; columns with other names are chosen with --columns",
    ),
    "twice.csv": (b"file,speaker,emotion,x,x\na,b,c,1,2\n", "the column 'x' appears twice"),
    "utf16.csv": ("file,speaker,emotion,x\na,b,c,1\n".encode("utf-16"), "the file is not text in the encoding UTF-8"),
    "bad.parquet": (b"PAR1 not really", "not a"),
    "table.xlsx": (b"", "must end in .csv or .parquet"),
}


@pytest.mark.parametrize("name", BAD)
def test_unreadable_tables_say_why(tmp_path, name):
    content, message = BAD[name]
    path = tmp_path / (name if "." in name else f"{name}.csv")
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TableError, match=message) as error:
        read_table(path)
    assert str(path) in str(error.value)


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    write_table(random_table(seed=1), path)
    before = files_in(tmp_path)
    unwritable = random_table(seed=2)
    unwritable.about["odd"] = object()  # JSON refuses it
    with pytest.raises(TypeError):
        write_table(unwritable, path)
    assert files_in(tmp_path) == before


def test_the_companion_says_what_made_the_values(tmp_path, synthetic_table):
    write_table(synthetic_table, tmp_path / "t.csv")
    about = json.loads((tmp_path / "t.csv.json").read_text())
    assert about["feature_set"] == "prosody_v1"
    assert about["versions"]["praat"]
    assert about["parameters"]["sample_rate_hz"] == 16000
    assert "say nothing about people" in about["notice"]


def test_no_folder_to_write_to(tmp_path):
    with pytest.raises(ProsodySerError, match="cannot be written"):
        write_table(random_table(), tmp_path / "missing" / "t.csv")

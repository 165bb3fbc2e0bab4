"""Folds are the same after saving and loading; published lists are read; what does not fit the table is refused."""

import json
import unicodedata

import numpy as np
import pandas as pd
import pytest

from prosody_ser import FeatureTable, evaluate, importances, make_pipeline
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.speakers.names import speakers_of
from prosody_ser.learn.splits.plan import plan_folds
from prosody_ser.learn.splits.split_file import read_split, split_hash, write_split
from tests.support.tables import random_table

MODEL = make_pipeline("lda")


def table_of(n_speakers=6, seed=0):
    table = random_table(seed, n_rows=30 * n_speakers, n_speakers=n_speakers, signal=1.0)
    rng = np.random.default_rng(seed)
    table.frame["sentence"] = rng.choice(["t1", "t2"], size=len(table))
    table.frame["corpus"] = "mine"
    return table


TABLE = table_of()


def shuffled(table, seed=0):
    rows = np.random.default_rng(seed).permutation(len(table))
    return FeatureTable(table.frame.iloc[rows], table.feature_names)


@pytest.mark.parametrize("suffix", [".json", ".csv"])
@pytest.mark.parametrize("folds", ["loso", "3", "3x2", "fixed", "speaker-sentence"])
def test_a_split_survives_its_file_and_gives_the_same_result(tmp_path, folds, suffix):
    path = tmp_path / f"split{suffix}"
    digest = write_split(path, TABLE, folds, seed=3)
    drawn = evaluate(TABLE, MODEL, folds=folds, seed=3).data
    read = evaluate(TABLE, MODEL, folds=read_split(path, TABLE), seed=3).data
    assert digest == drawn["protocol"]["split_hash"] == read["protocol"]["split_hash"]
    assert (drawn["protocol"]["split_file"], read["protocol"]["split_file"]) == (None, path.name)
    assert read["clips"] == drawn["clips"]
    assert read["uar"] == drawn["uar"]
    assert read["protocol"]["n_repeats"] == drawn["protocol"]["n_repeats"]
    again = write_split(tmp_path / f"again{suffix}", TABLE, read_split(path, TABLE))
    assert again == digest


def test_the_order_of_rows_does_not_matter(tmp_path):
    write_split(tmp_path / "s.csv", TABLE, "3x2")
    write_split(tmp_path / "s.json", TABLE, "3x2")
    rows = pd.read_csv(tmp_path / "s.csv").sample(frac=1, random_state=0)
    rows.to_csv(tmp_path / "mixed.csv", index=False)
    other = shuffled(TABLE)
    expected = split_hash(TABLE, plan_folds(TABLE.X, TABLE.y, folds="3x2"))
    for name in ("s.csv", "s.json", "mixed.csv"):
        result = evaluate(other, MODEL, folds=read_split(tmp_path / name, other)).data
        assert result["protocol"]["split_hash"] == expected
        tested = {(c["file"], c["repeat"]): c["fold"] for c in result["clips"]}
        assert tested == {
            (c["file"], c["repeat"]): c["fold"] for c in evaluate(TABLE, MODEL, folds="3x2").data["clips"]
        }


def test_the_hash_tells_splits_apart():
    table = table_of(n_speakers=12)
    X, y = table.X, table.y
    hashes = {
        split_hash(table, plan_folds(X, y, folds=folds, seed=seed)) for folds in ("3x2", "fixed") for seed in (0, 1)
    }
    assert len(hashes) == 4


def test_folds_that_were_read_follow_a_part_of_x(tmp_path):
    """As in a hyper-parameter search, which gets training rows only."""
    write_split(tmp_path / "s.json", TABLE, 3)
    folds = read_split(tmp_path / "s.json", TABLE)
    some = np.flatnonzero(speakers_of(TABLE.X) != "s03")
    whole = list(folds.split(TABLE.X, TABLE.y))
    part = list(folds.split(TABLE.X.iloc[some], TABLE.y.iloc[some]))
    for (_, test), (_, of_part) in zip(whole, part, strict=True):
        assert set(some[of_part]) == set(test) & set(some)
    with pytest.raises(ProtocolError, match="read for another table and do not contain other"):
        list(folds.split(TABLE.X.rename({"clip0000.wav": "other"}, level="file"), TABLE.y))


def test_a_plain_list_of_folds_is_enough(tmp_path):
    """file,fold: tested there, trained on elsewhere."""
    fold = TABLE.frame["speaker"].map({name: i // 2 + 1 for i, name in enumerate(sorted(set(TABLE.frame["speaker"])))})
    pd.DataFrame({"file": TABLE.frame["file"], "fold": fold}).to_csv(tmp_path / "s.csv", index=False)
    result = evaluate(TABLE, MODEL, folds=read_split(tmp_path / "s.csv", TABLE)).data
    assert [fold["test_speakers"] for fold in result["protocol"]["folds"]] == [
        ["s00", "s01"],
        ["s02", "s03"],
        ["s04", "s05"],
    ]
    assert result["protocol"]["split"] == "3 speaker-disjoint folds of s.csv"
    assert all(fold["n_train"] + fold["n_test"] == len(TABLE) for fold in result["protocol"]["folds"])


@pytest.mark.parametrize("suffix", [".json", ".csv"])
def test_names_in_the_other_unicode_form_are_the_same_clips(tmp_path, suffix):
    """macOS and some archives store ö as o followed by a combining diaeresis."""
    one, other = (
        FeatureTable(TABLE.frame.assign(file=unicodedata.normalize(form, "schön ") + TABLE.frame["file"]), ("x0", "x1"))
        for form in ("NFC", "NFD")
    )
    write_split(tmp_path / f"s{suffix}", one, "3")
    folds = read_split(tmp_path / f"s{suffix}", other)
    assert folds.n_absent == 0
    assert evaluate(other, MODEL, folds=folds).uar == evaluate(one, MODEL, folds="3").uar


def test_a_sentence_shared_is_refused_where_the_file_promises_otherwise(tmp_path):
    write_split(tmp_path / "s.json", TABLE, "speaker-sentence")
    other = FeatureTable(TABLE.frame.assign(sentence="t1"), TABLE.feature_names)
    with pytest.raises(ProtocolError, match="fold 1 has sentence t1 in both train and test"):
        evaluate(other, MODEL, folds=read_split(tmp_path / "s.json", other))


def edited(tmp_path, change):
    write_split(tmp_path / "s.csv", TABLE, 3)
    frame = pd.read_csv(tmp_path / "s.csv", dtype=str, keep_default_na=False)
    changed = change(frame)
    (frame if changed is None else changed).to_csv(tmp_path / "s.csv", index=False)
    return tmp_path / "s.csv"


def to_role(role):
    def change(frame):
        tested = (frame["file"] == "clip0000.wav") & (frame["role"] == "test")
        frame.loc[tested, "role"] = role

    return change


REFUSED = {
    "a clip is missing": (lambda f: f[f["file"] != "clip0004.wav"], r"folds lack 1 clip of the table: clip0004"),
    "many are missing": (lambda f: f[f["file"] > "clip0004.wav"], r"5 clips .*: clip0000.*clip0002\.wav and 2 more"),
    "a speaker is in two": (to_role("train"), "fold [123] has speaker s00 in both train and test"),
    "a speaker validates": (to_role("validation"), "fold [123] has speaker s00 in both validation and test"),
    "a clip is never held out": (to_role("unused"), None),
    "an unknown column": (
        lambda f: f.assign(weight="1", note=""),
        r"the file has 2 unknown columns \(weight, note\); the known columns are file",
    ),
    "an unknown role": (to_role("dev"), "unknown role 'dev'; choose from train, validation, test, unused"),
    "no folds": (lambda f: f.drop(columns="fold"), "lacks the column fold"),
    "no role in one fold": (lambda f: f.iloc[1:], "clip0000.wav has no role in fold 1"),
    "twice": (lambda f: pd.concat([f, f.iloc[:1]]), "clip0000.wav is in fold 1 twice"),
    "no roles at all": (
        lambda f: f.drop(columns="role"),
        "clip0000.wav is in the folds 1, 2, 3, but without a column role each clip must have one row",
    ),
    "no seconds": (lambda f: f.assign(start="soon"), "start and end must hold numbers of seconds"),
    "no test": (
        lambda f: f.assign(role="train"),
        "no fold has both training clips and test clips that are in this table",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_by_name(tmp_path, case):
    change, message = REFUSED[case]
    path = edited(tmp_path, change)
    if message is None:  # allowed, and counted
        assert evaluate(TABLE, MODEL, folds=read_split(path, TABLE)).data["n_clips"] == len(TABLE) - 1
        return
    with pytest.raises(ProtocolError, match=message) as refused:
        read_split(path, TABLE)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_none_is_refused(tmp_path):
    write_split(tmp_path / "s.json", TABLE, 3)
    content = json.loads((tmp_path / "s.json").read_text())
    content["clips"][0]["roles"] = ["unused"] * 3
    (tmp_path / "changed.json").write_text(json.dumps(content))
    (tmp_path / "newer.json").write_text(json.dumps(content | {"schema_version": 9}))
    (tmp_path / "odd.json").write_text(json.dumps(content | {"clips": [{"file": "a.wav"}]}))
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "torn.json").write_text("{")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "folder").mkdir()
    for name, message in {
        "changed.json": "do not match the hash",
        "newer.json": "schema version 9, .*; update prosody-ser",
        "odd.json": "does not have the format that 'prosody-ser cv --write-split' writes",
        "list.json": "this JSON file has no folds",
        "torn.json": r"not valid JSON \(line 1, column 2",
        "empty.csv": "the file is empty",
        "none.csv": "there is no such file",
        "folder": "the folder has no list such as",
    }.items():
        with pytest.raises(ProtocolError, match=message):
            read_split(tmp_path / name, TABLE)
    with pytest.raises(ProtocolError, match=r"must end in \.json or \.csv"):
        write_split(tmp_path / "s.txt", TABLE)
    twice = FeatureTable(pd.concat([TABLE.frame, TABLE.frame.iloc[:1]]), TABLE.feature_names)
    with pytest.raises(ProtocolError, match=r"clip0000\.wav occurs more than once"):
        write_split(tmp_path / "s.csv", twice)


def test_two_corpora_with_files_of_one_name(tmp_path):
    other = FeatureTable(TABLE.frame.assign(corpus="other"), TABLE.feature_names)
    both = FeatureTable(pd.concat([TABLE.frame, other.frame]), TABLE.feature_names)
    write_split(tmp_path / "s.csv", both, 3)
    result = evaluate(both, MODEL, folds=read_split(tmp_path / "s.csv", both)).data
    assert result["clips"] == evaluate(both, MODEL, folds=3).data["clips"]
    pd.read_csv(tmp_path / "s.csv").drop(columns="corpus").drop_duplicates(["file", "fold"]).to_csv(
        tmp_path / "less.csv", index=False
    )
    with pytest.raises(ProtocolError, match=r"clip0000.wav is a file of both mine and other: add the column corpus"):
        read_split(tmp_path / "less.csv", both)
    splitter = read_split(tmp_path / "s.csv", TABLE)
    assert splitter.n_absent == len(TABLE)


def emobox(folder, table, n_folds=3, rename=lambda file: "downloads/mine/" + file):
    """Fold lists as EmoBox publishes them; fold i tests each speaker whose number is i modulo n_folds."""
    speaker = table.frame["speaker"].str[1:].astype(int)
    for number in range(1, n_folds + 1):
        (folder / f"fold_{number}").mkdir(parents=True, exist_ok=True)
        for part, rows in (("test", speaker % n_folds == number - 1), ("train", speaker % n_folds != number - 1)):
            lines = [
                {
                    "key": f"mine-{row.file[:-4]}",
                    "dataset": "mine",
                    "wav": rename(row.file),
                    "type": "raw",
                    "sample_rate": 16000,
                    "num_frame": 33978.0,
                    "task": "category",
                    "length": 2.123625,
                    "emo": row.emotion,
                    "channel": 1,
                }
                for row in table.frame[rows].itertuples()
            ]
            path = folder / f"fold_{number}" / f"mine_{part}_fold_{number}.jsonl"
            path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "mine.jsonl").write_text("".join(json.dumps({"wav": file}) + "\n" for file in table.frame["file"]))
    return folder


def test_published_fold_lists_are_read(tmp_path):
    folder = emobox(tmp_path / "mine", TABLE)
    result = evaluate(TABLE, MODEL, folds=read_split(folder, TABLE)).data
    assert [f["test_speakers"] for f in result["protocol"]["folds"]] == [["s00", "s03"], ["s01", "s04"], ["s02", "s05"]]
    assert result["protocol"]["split_file"] == "mine"
    assert result["n_clips"] == len(TABLE)
    files = sorted(folder.glob("fold_*/*.jsonl"))
    assert len(files) == 6
    assert evaluate(TABLE, MODEL, folds=read_split(files, TABLE)).data["clips"] == result["clips"]
    ranking = importances(TABLE, MODEL, folds=read_split(folder, TABLE), n_repeats=2)
    assert ranking["feature"].iloc[0] == "x0"


def test_a_list_alone_is_a_fold(tmp_path):
    """CREMA-D and others have one fold; its two files are given instead of a folder."""
    files = sorted((emobox(tmp_path, TABLE) / "fold_2").glob("*.jsonl"))
    result = evaluate(TABLE, MODEL, folds=read_split(files, TABLE)).data
    assert set(result["per_speaker"]) == {"s01", "s04"}


def test_part_of_a_corpus_keeps_what_is_left_of_the_published_folds(tmp_path):
    folder = emobox(tmp_path / "mine", TABLE)
    some = FeatureTable(TABLE.frame[~TABLE.frame["speaker"].isin(["s02", "s05"])], TABLE.feature_names)
    folds = read_split(folder, some)
    assert folds.n_absent == len(TABLE) - len(some)
    result = evaluate(some, MODEL, folds=folds).data
    assert [f["test_speakers"] for f in result["protocol"]["folds"]] == [["s00", "s03"], ["s01", "s04"]]
    new = TABLE.frame.iloc[:5].assign(file=[f"new{i}.wav" for i in range(5)])
    more = FeatureTable(pd.concat([TABLE.frame, new]), TABLE.feature_names)
    with pytest.raises(ProtocolError, match=r"folds lack 5 clips of the table: new0.wav, new1.wav, new2.wav and 2"):
        read_split(folder, more)


def test_stems_are_what_counts(tmp_path):
    """The format and the folder do not matter; SAVEE's a01 in the folder DC is listed as DC_a01."""
    frame = TABLE.frame.assign(file=TABLE.frame["speaker"] + "/" + TABLE.frame["file"].str.replace(".wav", ".flac"))
    other = FeatureTable(frame, TABLE.feature_names)
    expected = [
        fold.test.tolist()
        for fold in plan_folds(*(TABLE.X, TABLE.y), folds=read_split(emobox(tmp_path / "a", TABLE), TABLE))
    ]
    for name, rename in {
        "b": lambda file: "downloads/" + file.rpartition("/")[2].replace(".flac", ".wav"),
        "c": lambda file: "downloads/" + file.replace("/", "_").replace(".flac", ".wav"),
    }.items():
        folds = read_split(emobox(tmp_path / name, other, rename=rename), other)
        assert [fold.test.tolist() for fold in plan_folds(other.X, other.y, folds=folds)] == expected


def test_lists_that_cannot_be_used_are_refused(tmp_path):
    def written(name, change):
        folder = emobox(tmp_path / name, TABLE)
        change(folder)
        return folder

    def speakers_mixed(folder):  # as EmoBox's folds of EMO-DB are
        train, test = (folder / "fold_1" / f"mine_{part}_fold_1.jsonl" for part in ("train", "test"))
        lines = test.read_text().splitlines(keepends=True)
        test.write_text("".join(lines[1:]))
        train.write_text(train.read_text() + lines[0])

    def both_parts(folder):
        train, test = (folder / "fold_1" / f"mine_{part}_fold_1.jsonl" for part in ("train", "test"))
        train.write_text(train.read_text() + test.read_text())

    cases = {
        "mixed": (speakers_mixed, "fold 1 has speaker s0[03] in both train and test"),
        "both": (both_parts, "is in two parts of fold 1: .* and"),
        "torn": (
            lambda f: (f / "fold_2/mine_test_fold_2.jsonl").write_text("{\n"),
            "line 1 is not a JSON object with the key 'wav'",
        ),
        "odd": (
            lambda f: (f / "fold_2/mine_test_fold_2.jsonl").write_text("[]\n"),
            "line 1 is not a JSON object with the key 'wav'",
        ),
        "two corpora": (
            lambda f: (f / "fold_2/a_test_fold2.jsonl").write_text(""),
            "both belong to fold 2: use the lists of one corpus",
        ),
    }
    for name, (change, message) in cases.items():
        with pytest.raises(ProtocolError, match=message):
            read_split(written(name, change), TABLE)
    with pytest.raises(ProtocolError, match="the name is not that of an EmoBox list"):
        read_split(tmp_path / "mixed" / "mine.jsonl", TABLE)
    same = FeatureTable(
        pd.concat([TABLE.frame, TABLE.frame.assign(file="b/" + TABLE.frame["file"])]), TABLE.feature_names
    )
    with pytest.raises(ProtocolError, match=r"clip0000\.wav and b/clip0000\.wav are both named clip0000"):
        read_split(emobox(tmp_path / "same", TABLE), same)

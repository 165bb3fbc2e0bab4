"""Tables of users: other names of columns, missing values, and words that are neither emotions nor speakers."""

import pandas as pd
import pytest

from prosody_ser.errors import TableError
from prosody_ser.tables.file import read_table
from prosody_ser.tables.spellings import is_container, mapped_columns, part_of_corpus


@pytest.fixture(params=[".csv", ".parquet"])
def table(request, tmp_path):
    """Read a table of these columns, written as CSV or Parquet."""

    def read(asked=None, **columns):
        path = tmp_path / f"own{request.param}"
        frame = pd.DataFrame(columns)
        frame.to_csv(path, index=False) if request.param == ".csv" else frame.to_parquet(path)
        return read_table(path, asked)

    return read


LABELS = {"speaker": ["01", "02"], "emotion": ["happy", "sad"], "x": [0.5, 1.5]}


def test_other_names_of_columns_are_read_and_reported(table):
    who = {"speaker_id": ["01", "02"], " Gender": ["f", "m"]}
    table_read = table(path=["a.wav", "b.wav"], gt_emotion=["sad", "joy"], x=[1.5, 2], **who)
    assert table_read.frame[["file", "speaker", "emotion", "sex"]].to_numpy().tolist() == [
        ["a.wav", "01", "sad", "f"],
        ["b.wav", "02", "joy", "m"],
    ]
    assert table_read.feature_names == ("x",)
    assert table_read.notes == (
        "columns read: 'path' as file, 'speaker_id' as speaker, 'gt_emotion' as emotion, ' Gender' as sex",
    )


def test_columns_that_are_asked_for_come_before_those_of_our_names(table):
    table_read = table(
        {"emotion": "felt", "speaker": "Person"}, file=["a", "b"], Person=["07", "08"], felt=["sad", "joy"], **LABELS
    )
    assert table_read.frame["emotion"].tolist() == ["sad", "joy"]
    assert table_read.frame["speaker"].tolist() == ["07", "08"]
    assert table_read.feature_names == ("x",)


def test_columns_that_are_not_there_are_reported_with_the_nearest(table):
    with pytest.raises(
        TableError, match=r"own\..*: there is no column 'gt_emotoin' for emotion; did you mean gt_emotion\?"
    ):
        table({"emotion": "gt_emotoin"}, file=["a", "b"], gt_emotion=["sad", "joy"], **LABELS)
    with pytest.raises(TableError, match=r"unknown column 'emotions' in --columns; did you mean emotion\?"):
        table({"emotions": "x"}, file=["a", "b"], **LABELS)
    with pytest.raises(TableError, match="the wrong way round: write emotion=felt, the usual name first"):
        table({"felt": "emotion"}, file=["a", "b"], felt=["sad", "joy"], **LABELS)


@pytest.mark.parametrize("word", ["", "nan", "None", "NULL", "<NA>", "N/A", "-", "xxx", "unknown"])
def test_a_missing_emotion_is_missing(word, table):
    assert table(file=["a", "b"], **LABELS | {"emotion": ["sad", word]}).left_out == {"no emotion label": 1}


@pytest.mark.parametrize("word", ["", "nan", "None", "<NA>", "unknown", "-"])
def test_a_missing_speaker_is_missing_but_initials_are_a_name(word, table):
    table_read = table(file=["a", "b"], **LABELS | {"speaker": ["NA", word]})
    assert table_read.frame["speaker"].tolist() == ["NA", ""]


@pytest.mark.parametrize("emotions", [["1", "5"], [1, 5], [1.3, 4.0]])
def test_numbers_are_no_emotions(emotions, table):
    with pytest.raises(
        TableError, match=r"the emotion column contains only numbers from 1.* ratings or codes, not emotions"
    ):
        table(file=["a", "b"], **LABELS | {"emotion": emotions})


@pytest.mark.parametrize(
    ("speakers", "what"),
    [
        (["train", "test"], "parts of a corpus"), (["fold1", "fold2"], "parts of a corpus"),
        (["data", "wav"], "parts of a corpus"), (["female", "male"], "sexes"), (["Woman", "Man"], "sexes"),
        ([*LABELS["emotion"]], "emotions"),
    ],
)  # fmt: skip
def test_words_that_name_no_people_are_no_speakers(speakers, what, table):
    """Otherwise the same people would be in training and test."""
    with pytest.raises(TableError, match=rf"the speaker column contains .* which are {what}, not people"):
        table(file=["a", "b"], **LABELS | {"speaker": speakers})


@pytest.mark.parametrize("speakers", [["F", "M"], ["joy", "grace"], ["female", "ann"], LABELS["emotion"][::-1]])
def test_initials_and_names_that_are_words_are_people(speakers, table):
    assert table(file=["a", "b"], **LABELS | {"speaker": speakers}).frame["speaker"].tolist() == speakers


def test_numbers_of_folds_are_no_feature(table):
    table_read = table(
        file=list("abcd"), fold=[1, 2, 1, 1], x=[0.1, 0.2, 0.4, 0.3], speaker=list("pqpq"), emotion=["sad"] * 4
    )
    assert table_read.feature_names == ("x",)
    assert table_read.other_columns == ("fold",)


def test_no_column_stands_for_two():
    columns = ["wav", "audio", "label", "emotion", "Speaker ID", "speaker"]
    table_read = mapped_columns(columns)
    assert table_read == {"file": "wav", "speaker": "speaker", "emotion": "emotion", "label": "label"}
    assert mapped_columns(["file", "label", "gt_emotion"]) == {
        "file": "file",
        "emotion": "gt_emotion",
        "label": "label",
    }
    assert mapped_columns(["file", "label"]) == {"file": "file", "emotion": "label"}


@pytest.mark.parametrize("word", ["k", "MP", "1k2", "kim", "ann", "03", "s01", "data_ann", "Trainer"])
def test_names_of_people_are_no_containers(word):
    assert not is_container(word)


@pytest.mark.parametrize("word", ["Train", "train_16k", "wav-train", "training set", "TRAIN_MP3", "train 44.1khz"])
def test_a_part_is_known_whatever_stands_beside_it(word):
    assert part_of_corpus(word) == "train"
    assert is_container(word)


@pytest.mark.parametrize(
    "word", ["ann", "trainer", "Testa", "valerie", "devi", "s01", "03", "dataset_ann", "foldi", ""]
)
def test_people_are_no_parts(word):
    assert part_of_corpus(word) == ""

"""Listed files with another form of the name or in another folder, and many missing files."""

import unicodedata

import pytest

from prosody_ser.datasets import find_all, find_utterances
from prosody_ser.datasets.places import Below, did_you_mean, in_its_own_form, near_names
from prosody_ser.errors import CorpusError
from prosody_ser.prediction.sources import listed, recordings_of
from tests.support.corpora import case_file
from tests.support.folders import touch

NAME = "Jörg/grün_ñ.wav"


@pytest.mark.parametrize(("here", "named"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFC", "NFC")])
def test_a_name_in_the_other_unicode_form_is_detected(here, named, tmp_path):
    here, named = (unicodedata.normalize(form, NAME) for form in (here, named))
    touch(tmp_path, here)
    assert in_its_own_form(str(tmp_path / named)) == str(tmp_path / here)
    assert recordings_of(tmp_path / named)[0].path == str(tmp_path / here)
    assert find_all([tmp_path / named])[0].utterances[0].path == str(tmp_path / here)
    (tmp_path / "list.csv").write_text(f"file,speaker,emotion\n{named},x,sad\n{here},x,sad\n")
    contents = find_utterances(tmp_path / "list.csv")
    assert [u.path for u in contents.utterances] == [str(tmp_path / here)]
    assert contents.n_left_out == 1  # it is named twice


def test_the_case_of_the_name(tmp_path):
    contents = find_utterances(case_file("name-in-other-unicode-form/labels.csv"))
    assert (len(contents.utterances), contents.notes) == (1, ())


def test_a_name_that_is_not_there_stays(tmp_path):
    assert in_its_own_form(str(tmp_path / "ü/ö.wav")) == str(tmp_path / "ü/ö.wav")


def test_files_below_are_detected_by_the_end_of_their_path(tmp_path):
    touch(tmp_path, "samples/a.wav", "x/sad/b.wav", "x/happy/b.wav", "x/c.wav", "y/c.wav", ".hidden/d.wav", "e.txt")
    below = Below(tmp_path)
    matches = {cell: below.find(cell).removeprefix(f"{tmp_path}/") for cell in ("a.wav", "a", "sad/b.wav", "sad\\b")}
    assert matches == {
        "a.wav": "samples/a.wav",
        "a": "samples/a.wav",
        "sad/b.wav": "x/sad/b.wav",
        "sad\\b": "x/sad/b.wav",
    }
    for cell in ("b.wav", "fear/b.wav", "c.wav", "d.wav", "e.txt", "/a.wav", "", ".", "../a.wav"):
        assert below.find(cell) == ""


def test_absolute_paths_of_another_computer_are_detected_by_their_end(tmp_path):
    touch(tmp_path, "Actor_01/a.wav", "Actor_02/a.wav", "x/Actor_02/b.wav", "y/Actor_02/b.wav", "c.wav")
    below = Below(tmp_path)
    for cell in ("/kaggle/input/ravdess/Actor_01/a.wav", r"C:\\data\Actor_01\a.wav"):
        assert below.find(cell) == f"{tmp_path}/Actor_01/a.wav"
    assert below.find("/home/ann/y/Actor_02/b.wav") == f"{tmp_path}/y/Actor_02/b.wav"
    for cell in ("/kaggle/Actor_02/b.wav", "/kaggle/Actor_03/a.wav", "/c.wav", "/kaggle/c.wav"):
        assert below.find(cell) == ""


def test_a_download_with_its_recordings_in_a_folder(tmp_path):
    """The layout of nEMO: data.tsv beside the folder samples."""
    touch(tmp_path, "samples/AB_anger_1.wav", "samples/CD_sadness_1.wav")
    (tmp_path / "data.tsv").write_text(
        "file_id\temotion\tspeaker_id\tgender\nAB_anger_1.wav\tanger\tAB\tfemale\nCD_sadness_1.wav\tsadness\tCD\tmale\n"
    )
    contents = find_utterances(tmp_path / "data.tsv")
    assert [(u.file, u.speaker, u.emotion, u.sex) for u in contents.utterances] == [
        ("samples/AB_anger_1.wav", "AB", "anger", "female"),
        ("samples/CD_sadness_1.wav", "CD", "sadness", "male"),
    ]
    read, below = contents.notes
    assert read.endswith("columns read: 'file_id' as file, 'speaker_id' as speaker, 'gender' as sex")
    assert below.endswith("2 of its files were found by name in samples, not at their paths")
    bare = find_utterances(tmp_path)
    assert {u.emotion for u in bare.utterances} == {""}
    assert "the names of its folders contain no emotions (samples)" in bare.notes[-1]
    assert f"give the list in this folder, {tmp_path}/data.tsv" in bare.notes[-1]


def test_of_a_wrong_root_five_files_are_named_and_the_rest_counted(tmp_path):
    rows = "".join(f"wav/{i}.wav,s,sad\n" for i in range(800))
    (tmp_path / "list.csv").write_text(f"file,speaker,emotion\n{rows}")
    with pytest.raises(CorpusError, match=r"none of the 800 listed files exists; .* the folder of the list") as error:
        find_utterances(tmp_path / "list.csv")
    notes = [note.removeprefix(f"{tmp_path}/list.csv") for note in error.value.__notes__]
    assert notes == [*(f" line {i + 2}: wav/{i}.wav: no such file" for i in range(5)), ": 795 more lines: no such file"]
    moved = "".join(f"{start}/{i}.wav,s,sad\n" for i in range(3) for start in ("/home/ann/wav", r"C:\wav"))
    (tmp_path / "moved.csv").write_text(f"file,speaker,emotion\n{moved}")
    with pytest.raises(CorpusError, match=r"paths are absolute, such as .*no such files on this computer") as error:
        find_utterances(tmp_path / "moved.csv")
    assert "0.wav: the path is absolute, and there is no such file on this computer" in error.value.__notes__[0]
    touch(tmp_path, "wav/7.wav")
    contents = find_utterances(tmp_path / "list.csv")
    assert (len(contents.utterances), len(contents.notes)) == (800, 6)


def test_the_nearest_names_are_offered(tmp_path):
    touch(tmp_path, "recordings/hello.wav", "clip1.wav")
    assert near_names(tmp_path / "recordigns") == ["recordings"]
    assert near_names(tmp_path / "recordings/Hallo.wav") == ["hello.wav"]
    assert near_names(tmp_path / "clip2.wav") == []  # a clip that is counted is not the next one
    touch(tmp_path, "flat/ann_anger_1.wav", "flat/ann_anger_2.wav", "flat/eva_anger_9.wav")
    assert did_you_mean(tmp_path / "flat/ann_anger_9.wav") == "; similar names: ann_anger_1.wav, ann_anger_2.wav"
    assert near_names(tmp_path / "gone/x.wav") == []
    with pytest.raises(CorpusError, match=r"no such folder; did you mean recordings\?"):
        find_utterances(tmp_path / "recordigns")


@pytest.mark.parametrize("mark", ["\ufeff", "\udcef\udcbb\udcbf", ""])
def test_a_byte_order_mark_is_no_part_of_a_listed_name(mark):
    assert listed([f"{mark}a b.wav\r\n", "\n", "b.wav"]) == ["a b.wav", "b.wav"]
    assert listed([f"{mark}\n", "b.wav\n"]) == ["b.wav"]


@pytest.mark.parametrize("suffix", [".csv", ".CSV", ".tsv", ".tab", ".txt", ".Txt"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_labels_are_read_whatever_their_suffix(suffix, separator, tmp_path):
    touch(tmp_path, "a.wav")
    path = tmp_path / f"labels{suffix}"
    path.write_bytes(separator.join(["file", "speaker", "emotion\na.wav", "ann", "sad\n"]).encode("utf-8-sig"))
    (one,) = find_all(path)
    assert [(u.file, u.speaker, u.emotion) for u in one.utterances] == [("a.wav", "ann", "sadness")]


@pytest.mark.parametrize("suffix", [".json", ".xlsx", ".parquet", ".lst"])
def test_lists_of_other_kinds_are_refused_with_the_suffixes_that_are_read(suffix, tmp_path):
    (tmp_path / f"labels{suffix}").touch()
    with pytest.raises(CorpusError, match=rf"labels\{suffix}: .* a text file that ends in \.csv, \.tab, \.tsv, \.txt"):
        find_all(tmp_path / f"labels{suffix}")

"""Labels in a CSV or a metadata.csv: what is read, and the notes on invalid rows."""

import math
import random
import re

import pytest

from prosody_ser.datasets import find_all, find_utterances
from prosody_ser.datasets.labels import seconds
from prosody_ser.datasets.left_out import causes_text
from prosody_ser.errors import CorpusError
from tests.support.command_line import assert_refused
from tests.support.folders import touch
from tests.support.signals import voice, write_wav


@pytest.fixture
def csv(tmp_path, monkeypatch):
    """Write labels.csv beside a.wav and b.wav, and read it: ``csv("file,speaker,emotion", "a.wav,ann,sad")``."""
    monkeypatch.chdir(tmp_path)
    touch(tmp_path, "a.wav", "b.wav", "below/c.wav", "schön.wav")

    def find(*lines, name="labels.csv", encoding="utf-8", newline="\n"):
        (tmp_path / name).write_bytes((newline.join(lines) + newline).encode(encoding))
        return find_utterances(name)

    return find


HEAD = "file,speaker,emotion"


def rows(contents):
    return [(u.file, u.speaker, u.emotion) for u in contents.utterances]


def test_a_csv_is_what_it_says(csv):
    contents = csv(HEAD, "a.wav,ann,Happy", "below/c.wav,bob,contempt")
    assert contents.corpus.name == "csv"
    assert rows(contents) == [("a.wav", "ann", "happiness"), ("below/c.wav", "bob", "contempt")]
    assert [u.label for u in contents.utterances] == ["Happy", "contempt"]
    assert [u.path for u in contents.utterances] == ["a.wav", "below/c.wav"]
    assert (contents.n_left_out, contents.notes) == (0, ())
    assert contents.utterances[0].start == 0
    assert math.isnan(contents.utterances[0].end)


def test_paths_are_relative_to_the_csv(csv, tmp_path):
    (tmp_path / "below/labels.csv").write_text(
        f"{HEAD}\n../a.wav,x,sad\n{tmp_path}/below/c.wav,x,sad\n{tmp_path}/b.wav,x,sad\n"
    )
    contents = find_utterances("below/labels.csv")
    assert {u.file for u in contents.utterances} == {"../a.wav", "c.wav", f"{tmp_path.as_posix()}/b.wav"}
    assert contents.notes == ()


def test_missing_files_are_reported_and_kept(csv):
    contents = csv(HEAD, "a.wav,ann,sad", "gone.wav,ann,sad", "below,ann,sad", ",ann,sad")
    assert [u.file for u in contents.utterances] == ["a.wav", "below", "gone.wav"]
    assert contents.notes == (
        "labels.csv line 3: gone.wav: no such file",
        "labels.csv line 4: below is a folder, not a recording",
        "labels.csv line 5: the row names no file and was left out",
    )
    assert contents.n_left_out == 1


def test_rows_that_come_twice_count_once(csv):
    contents = csv(HEAD, "a.wav,ann,sad", "b.wav,ann,sad", "./a.wav,ann,Sadness")
    assert rows(contents) == [("a.wav", "ann", "sadness"), ("b.wav", "ann", "sadness")]
    assert contents.notes == ("labels.csv line 4: a.wav is already on line 2 and counts once",)
    assert causes_text(contents.left_out) == "1 row that repeats an earlier one"


@pytest.mark.parametrize(
    ("second", "what"), [("a.wav,bob,sad", "speaker 'ann' and 'bob'"), ("a.wav,ann,fear", "'sadness' and 'fear'")]
)
def test_rows_that_contradict_each_other_are_refused(csv, second, what):
    with pytest.raises(CorpusError, match=rf"labels.csv: lines 2 and 4 contradict each other: a.wav has .*{what}"):
        csv(HEAD, "a.wav,ann,sad", "b.wav,ann,sad", second)


def test_stretches_of_a_file_are_clips_of_their_own(csv):
    contents = csv("file,start,end,speaker,emotion", "a.wav,2,,ann,fear", "a.wav,2,3.5,bob,sad", "a.wav,0,2,ann,fear")
    assert [(u.start, str(u.end), u.speaker) for u in contents.utterances] == [
        (0, "2.0", "ann"), (2, "3.5", "bob"), (2, "nan", "ann"),
    ]  # fmt: skip
    assert contents.notes == ()


def test_stretches_that_are_none_are_left_out(csv):
    contents = csv(
        "file,start,end,speaker,emotion",
        *("a.wav,x,2,ann,sad", "a.wav,3,2,ann,sad", "a.wav,2,2,ann,sad", "a.wav,-1,2,ann,sad", "a.wav,0,inf,ann,sad"),
        *("b.wav,1e3,1_0,ann,sad", "b.wav,0,1e300,ann,sad", "b.wav,0,1.5,ann,sad"),
    )
    assert [(u.file, u.start, u.end) for u in contents.utterances] == [("b.wav", 0, 1.5)]
    assert contents.n_left_out == 7
    assert contents.notes == (
        "labels.csv line 2: start 'x' is not a time in s; the row was left out",
        "labels.csv line 3: invalid segment from 3 to 2 s; the row was left out",
        "labels.csv line 4: invalid segment from 2 to 2 s; the row was left out",
        "labels.csv line 5: invalid segment from -1 to 2 s; the row was left out",
        "labels.csv line 6: end 'inf' is not a time in s; the row was left out",
        "labels.csv line 7: end '1_0' is not a time in s; the row was left out",
        "labels.csv line 8: invalid segment from 0 to 1e+300 s; the row was left out",
    )


def test_times_as_other_programs_write_them():
    cells = {
        "1.5": 1.5,
        "1,5": 1.5,
        "0": 0,
        ".5": 0.5,
        "2.": 2,
        "1e1": 10,
        "0 days 00:01:02.5": 62.5,
        "1 day 01:00:00": 90000,
    }
    assert {cell: seconds(cell) for cell in cells} == cells
    assert {
        seconds(cell)
        for cell in ("", "1:30", "1.2.3", "٣", "1e999", "nan", "0x1", "1 2", "9" * 5000 + " days 00:00:01")
    } == {None}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(csv, separator, newline):
    lines = [
        line.replace("|", separator)
        for line in ("file|start|speaker|emotion|room", 'a.wav|1|"ann, the first; one"|sad|x')
    ]
    contents = csv(*lines, "", newline=newline)
    assert rows(contents) == [("a.wav", "ann, the first; one", "sadness")]
    assert contents.utterances[0].extra == (("room", "x"),)


def test_excel_in_german(csv):
    contents = csv(
        "sep=;",
        "File;Start;End;Speaker;Emotion;;",
        "a.wav;0,5;1,5;ann;sad;;",
        "gone.wav;0;1;ann;sad;;",
        encoding="utf-8-sig",
    )
    assert [(u.start, u.end, u.speaker) for u in contents.utterances] == [(0.5, 1.5, "ann"), (0, 1, "ann")]
    assert contents.notes == ("labels.csv line 4: gone.wav: no such file",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(csv, encoding):
    contents = csv(HEAD, "schön.wav,Jürgen,sad", encoding=encoding)
    assert rows(contents) == [("schön.wav", "Jürgen", "sadness")]
    message = ("labels.csv: the file is not UTF-8 and was read as Windows-1252",) if encoding == "cp1252" else ()
    assert contents.notes == message


def test_rows_with_too_few_or_too_many_cells(csv):
    contents = csv(HEAD, "a.wav,ann", "a.wav,ann,sad,,", "", "b.wav,ann,sad,loud", "b.wav,ann,sad")
    assert rows(contents) == [("a.wav", "ann", "sadness"), ("b.wav", "ann", "sadness")]
    assert contents.notes == (
        "labels.csv line 2: the row has 2 cells instead of 3 and was left out",
        "labels.csv line 5: the row has 4 cells instead of 3 and was left out",
    )
    assert causes_text(contents.left_out) == "2 rows with too few or too many cells"


def test_notes_are_in_the_order_of_the_lines(csv):
    notes = csv(HEAD, "gone.wav,ann,sad", "a.wav,ann", "b.wav,ann,sad").notes
    assert [note.partition(":")[0] for note in notes] == ["labels.csv line 2", "labels.csv line 3"]


def test_a_row_over_several_lines_is_named_by_its_first(csv):
    contents = csv(HEAD + ",text", 'a.wav,ann,sad,"one', 'two"', "gone.wav,ann,sad,x")
    assert contents.utterances[0].extra == (("text", "one\ntwo"),)
    assert contents.notes[-1] == "labels.csv line 4: gone.wav: no such file"


def test_a_newline_in_a_name_breaks_no_note(csv):
    contents = csv(HEAD, '"gone\n.wav",ann,sad')
    assert contents.utterances[0].file == "gone\n.wav"
    assert contents.notes == ("labels.csv line 2: gone .wav: no such file",)
    with pytest.raises(CorpusError, match=r"^labels.csv: lines 2 and 4 contradict each other: gone .wav has"):
        csv(HEAD, '"gone\n.wav",ann,sad', '"gone\n.wav",bob,sad')


def test_other_columns_are_kept_and_reported(csv):
    contents = csv(
        ",file,Speaker,emotion,Sex,age,language,sentence,take,intensity,label,corpus,room,status,Mood",
        "0,a.wav,ann,sad,F,31,de,s1,2,strong,T,emodb,b12,ok,fine",
        "1,b.wav,bob,sad,x,old,,,,,,,,ok,",
    )
    ann, bob = contents.utterances
    assert (ann.sex, ann.age, ann.language, ann.sentence, ann.take, ann.intensity) == (
        "female",
        31,
        "de",
        "s1",
        "2",
        "strong",
    )
    assert (ann.emotion, ann.label, ann.corpus) == ("sadness", "T", "emodb")
    assert ann.extra == (("room", "b12"), ("Mood", "fine"))
    assert (bob.sex, str(bob.age), bob.corpus) == ("", "nan", "csv")
    assert contents.notes == (
        "labels.csv: columns kept as metadata: room, Mood",
        "labels.csv: columns not kept, because the table has its own of these names: status",
        "labels.csv: 1 column without a name not kept",
        "labels.csv line 3: sex 'x' is neither female nor male, so unknown",
        "labels.csv line 3: age 'old' is not a number of years, so unknown",
    )


def test_columns_that_are_not_there_are_reported(csv):
    contents = csv("file", "a.wav")
    assert rows(contents) == [("a.wav", "", "")]
    assert contents.notes == (
        "labels.csv: no column speaker, so speakers are unknown, except in recordings that are named as in a known "
        "corpus; choose one with --columns speaker=NAME",
        "labels.csv: no column emotion or label, so emotions are unknown; choose one with --columns emotion=NAME",
    )


@pytest.mark.parametrize("cell", ["", "nan", "NaN", "n/a"])
def test_an_empty_label_is_unknown(csv, cell):
    assert csv(HEAD, f"a.wav,ann,{cell}").utterances[0].emotion == ""


def test_a_path_written_on_windows_is_detected(csv):
    assert csv(HEAD, "below\\c.wav,ann,sad").utterances[0].file == "below/c.wav"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file has no rows"),
        (b"file,speaker,emotion\n", "has no rows below the header"),
        (b"file,speaker,emotion\na.wav\n", "the only row cannot be used .*line 2: the row has 1 cell instead of 3"),
        (
            b"took,speaker\na.wav,x\n",
            r"no column names the recordings, .*\(its columns: 'took', 'speaker'\); choose .*--c",
        ),
        (b"file,speaker,Speaker\na.wav,x,y\n", "two columns have the name 'speaker'"),
        (b'file,speaker\na.wav,"x\nb.wav,y\n', "line 2: a quotation mark is not closed"),
        (b'file,speaker\na.wav,x\n"a"b.wav,y\n', "line 3: a cell goes on after its closing quotation mark"),
        (b'sep=;\nfile;"speaker\n', "line 2: a quotation mark is not closed"),
        (b"\xff\xfef\x00i\x00l", "begins as UTF-16, but is not"),
        ("file,speaker".encode("utf-16-le"), "contains NUL characters"),
        (b"file,speaker\na.wav,\x81\x8d\n", "neither UTF-8 nor Windows-1252"),
        (b"RIFF\x24\x00\x00\x00WAVE", "contains NUL characters"),
    ],
)
def test_what_is_no_labels_file_is_reported_in_one_line(tmp_path, text, message):
    (tmp_path / "labels.csv").write_bytes(text)
    with pytest.raises(CorpusError, match=f"labels.csv.*{message}") as error:
        find_utterances(tmp_path / "labels.csv")
    assert "\n" not in str(error.value)


def test_no_bytes_make_it_fail(tmp_path):
    """Mutated files are read or refused in one line."""
    rng = random.Random(0)
    whole = 'sep=;\nfile;start;end;speaker;emotion;age\na.wav;0,5;1;"ann; x";sad;31\nb.wav;0 days 00:00:01;;bob;;\n'
    path = tmp_path / "labels.csv"
    n_read, refusals = 0, []
    for _ in range(1500):
        data = bytearray(whole.encode(rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"])))
        for _ in range(rng.randrange(1, 6)):
            at = rng.randrange(len(data))
            data[at : at + rng.choice([0, 1, 1, 20])] = rng.choice(
                [b"", b";", b'"', b"\n", b"\r", b"\0", bytes([rng.randrange(256)])]
            )
        path.write_bytes(data)
        try:
            contents = find_utterances(path)
        except CorpusError as error:
            refusals.append(str(error))
        else:
            n_read += 1
            assert all(u.file and u.start >= 0 and not u.end <= u.start for u in contents.utterances)
            assert all(len(note.splitlines()) == 1 for note in contents.notes)
    assert 200 < n_read < 1300
    assert all(len(refusal.splitlines()) == 1 for refusal in refusals)


def test_a_folder_with_a_metadata_csv(csv, tmp_path):
    csv("file_name,label,speaker_id,text", "a.wav,ps,1,hello", "below/c.wav,Excited,2,you", name="metadata.csv")
    contents = find_utterances(tmp_path)
    assert contents.corpus.name == "audiofolder"
    assert rows(contents) == [("a.wav", "1", "surprise"), ("below/c.wav", "2", "excited")]
    assert [u.label for u in contents.utterances] == ["ps", "Excited"]
    assert contents.utterances[0].extra == (("text", "hello"),)
    assert contents.n_left_out == 2
    assert contents.notes[-1] == f"{tmp_path}: 2 recordings not listed in metadata.csv were left out (e.g. b.wav)"
    assert rows(find_utterances(tmp_path / "metadata.csv")) == rows(contents)


def test_a_metadata_jsonl_is_what_it_says(csv, tmp_path):
    lines = ('{"file_name": "a.wav", "label": "Happy", "speaker": 7, "text": null}', "", '{"file_name": "below/c.wav"}')
    contents = csv(*lines, name="metadata.jsonl")
    assert rows(contents) == [("a.wav", "7", "happiness"), ("below/c.wav", "", "")]
    assert contents.utterances[0].extra == (("text", ""),)
    folder = find_utterances(tmp_path)
    assert (folder.corpus.name, rows(folder)) == ("audiofolder", rows(contents))
    assert folder.notes[-1] == f"{tmp_path}: 2 recordings not listed in metadata.jsonl were left out (e.g. b.wav)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ('{"file_name": "a.wav"}\n{"file_name"', "line 2: the line is not JSON"),
        ("[1, 2]", "line 1: the line is not a JSON object"),
        ("[" * 100_000, "line 1: the line is not JSON"),
        ('{"took": 1}', "no column names the recordings"),
    ],
)
def test_json_lines_that_are_none_are_reported(tmp_path, text, message):
    (tmp_path / "labels.jsonl").write_text(text)
    with pytest.raises(CorpusError, match=f"labels.jsonl.*{message}") as error:
        find_utterances(tmp_path / "labels.jsonl")
    assert "\n" not in str(error.value)


def test_a_list_without_speakers_has_those_of_known_names(tmp_path):
    """Kaggle's notebooks list Emotions and Path; RAVDESS and EMO-DB each have a speaker 03."""
    files = ("Actor_03/03-01-03-01-01-01-03.wav", "wav/03a01Fa.wav", "mine/x.wav")
    touch(tmp_path, *files)
    (tmp_path / "data_path.csv").write_text("Emotions,Path\n" + "".join(f"happy,{file}\n" for file in files))
    contents = find_utterances(tmp_path / "data_path.csv")
    assert [(u.corpus, u.speaker, u.emotion, u.sex) for u in contents.utterances] == [
        ("ravdess", "03", "happiness", "male"),
        ("csv", "", "happiness", ""),
        ("emodb", "03", "happiness", "male"),
    ]
    assert contents.notes[-1].endswith(
        "the list names no speakers; those of 2 of 3 clips were read from the names of the recordings, as in emodb, "
        "ravdess"
    )


def test_each_split_of_an_audiofolder_has_its_own(tmp_path):
    for split in ("train", "test"):
        touch(tmp_path / split, "a.wav")
        (tmp_path / split / "metadata.csv").write_text(f"file_name,emotion,speaker\na.wav,joy,{split}er\n")
    assert rows(find_utterances(tmp_path)) == [
        ("test/a.wav", "tester", "happiness"),
        ("train/a.wav", "trainer", "happiness"),
    ]


@pytest.mark.parametrize("text", ["file_name,transcription\n03a01Fa.wav,hello\n", "speaker,age\n03,31\n"])
def test_a_metadata_csv_without_labels_does_not_hide_a_corpus(tmp_path, text):
    touch(tmp_path, "03a01Fa.wav")
    (tmp_path / "metadata.csv").write_text(text)
    contents = find_utterances(tmp_path)
    assert contents.corpus.name == "emodb"
    assert "not used" in contents.notes[0]


def test_two_csvs_are_two_corpora(csv, tmp_path):
    csv(HEAD, "a.wav,1,sad", name="home.csv")
    csv(HEAD, "b.wav,1,sad", "a.wav,1,sad", name="lab.csv")
    contents = find_all(["home.csv", "lab.csv"])
    assert [(u.corpus, u.file) for one in contents for u in one.utterances] == [
        ("csv:home", "a.wav"),
        ("csv:lab", "b.wav"),
    ]
    assert contents[1].n_left_out == 1


def test_the_wrong_kind_of_source_is_reported(csv, tmp_path):
    csv(HEAD, "a.wav,1,sad")
    (tmp_path / "labels.json").write_text("[]")
    for source, corpus, message in [
        ("a.wav", None, "a.wav: this is not a folder"),
        ("labels.csv", "emodb", "labels.csv: this is not a folder"),
        ("gone.csv", None, "gone.csv: no such file"),
        ("below", "audiofolder", "below: the folder contains no metadata.csv or metadata.jsonl"),
        ("below", "csv", "below: the folder contains no metadata.csv"),
        ("labels.csv", "tess", "labels.csv: this is not a folder"),
        ("labels.json", None, r"labels.json: .* must be a text file that ends in \.csv, \.tab, \.tsv, \.txt"),
    ]:
        with pytest.raises(CorpusError, match=message):
            find_utterances(source, corpus)


@pytest.mark.parametrize("name", ["labels.labels", "labels", "labels.csv.bak"])
def test_a_list_of_any_other_suffix_is_no_recording(csv, tmp_path, name):
    csv(HEAD, "a.wav,1,sad")
    (tmp_path / "labels.csv").rename(tmp_path / name)
    with pytest.raises(CorpusError, match=r"a list of recordings must be a text file that ends in \.csv"):
        find_all(name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "head",
    [
        "file,speaker,emotion",
        '"file","speaker","emotion"',
        "File;Speaker;Emotion",
        "file\tspeaker\tlabel",
        "file_name,transcription",
        "sep=;\nfile;speaker;emotion",
        "File Name,Mood",
        "\nfile,start,end,speaker,emotion",
    ],
)
def test_labels_named_last_are_not_replaced_by_the_table(cli, head, encoding):
    """``extract DIR labels.csv`` without OUT must not overwrite the labels, whatever program wrote them."""
    write_wav(cli.folder / "sad" / "bob_1.wav", voice(150, 0.3))
    labels = cli.folder / "labels.csv"
    labels.write_bytes(f"{head}\n".encode(encoding))
    done = cli("extract", "sad", "labels.csv", "--corpus", "folder")
    assert done.status == 2
    assert "looks like a CSV of labels" in done.err
    assert labels.read_bytes() == f"{head}\n".encode(encoding)


def test_a_table_is_replaced_by_the_next(cli):
    write_wav(cli.folder / "corpus" / "sad" / "bob_1.wav", voice(150, 0.3))
    for _ in range(2):
        assert cli("extract", "corpus", "table.csv").status == 0
    with open(cli.folder / "table.csv", "a") as table:
        table.write("\n")
    assert_refused(cli("extract", "corpus", "table.csv"), "table.csv: the table was changed after 'extract' wrote it")
    assert cli("extract", "corpus", "table.csv", "--force").status == 0


def test_where_no_row_can_be_used_each_says_why(cli):
    (cli.folder / "labels.csv").write_text("file,start,end,speaker\na.wav,2,1,x\nb.wav,zero,1,y\n")
    done = cli("extract", "labels.csv", "out.csv")
    assert done.status == 2
    *notes, last = done.err.strip().splitlines()
    lines = [re.search(r"labels.csv line (\d)", note) for note in notes]
    assert [contents[1] for contents in lines if contents] == ["2", "3"]
    assert "none of the 2 rows can be used" in last

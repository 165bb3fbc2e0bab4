"""Which files of a folder are recordings, and how the others are reported."""

import json
import shutil

import pytest

from prosody_ser.audio.files.decode import open_recording
from prosody_ser.audio.files.suffixes import HEADERLESS
from prosody_ser.datasets import find_utterances
from prosody_ser.datasets.files import counts_by_suffix, recordings_below, suffixes_text
from prosody_ser.datasets.survey import survey
from prosody_ser.errors import CorpusError, RecordingError
from prosody_ser.measures.warm_up import compile_kernels
from prosody_ser.prediction.sources import recordings_of
from prosody_ser.report.text.survey import survey_json, survey_text
from tests.support.command_line import assert_refused
from tests.support.corpora import case_file
from tests.support.folders import touch
from tests.support.signals import voice, write_wav


def test_whatever_can_be_decoded_is_a_recording(tmp_path):
    names = "amr wv sph mka ac3 3gp m4b spx ape tta voc gsm mp4 mpeg AMR wave opus aac wma snd flv"
    files = sorted(f"{i}.{name}" for i, name in enumerate(names.split()))
    touch(tmp_path, *files, "notes.txt", "x.pdf")
    assert sorted(recordings_below(tmp_path)) == files


def test_a_film_beside_its_sound_is_no_second_clip(tmp_path):
    touch(tmp_path, "happy/a.wav", "happy/a.avi", "happy/b.mp4", "sad/c.wav", "sad/c.mp4", "sad/d.wav", "sad/d.mkv")
    (tmp_path / "sad/c.mp4").write_bytes(b"\0\0\0\x20ftypisom" + bytes(5_000_000) + b"hdlr" + bytes(8) + b"vide")
    (tmp_path / "sad/d.mkv").write_bytes(b"\x1aE\xdf\xa3" + bytes(100) + b"\x83\x81\x02")  # sound alone
    contents = find_utterances(tmp_path)
    files = [u.file for u in contents.utterances]
    assert files == ["happy/a.wav", "happy/b.mp4", "sad/c.wav", "sad/d.mkv", "sad/d.wav"]
    assert contents.unused == {".avi (video)": 1, ".mp4 (video)": 1}


def test_films_of_a_corpus_are_passed_over_and_counted(tmp_path):
    touch(tmp_path, "Actor_01/03-01-05-01-01-01-01.wav", "other.mov")
    touch(tmp_path, *(f"Video/01-01-05-01-01-01-0{i}.mp4" for i in range(1, 5)), "README", "list.TXT")
    contents = find_utterances(tmp_path)
    assert (contents.corpus.name, [u.speaker for u in contents.utterances]) == ("ravdess", ["01"])
    assert suffixes_text(contents.unused) == "4 .mp4 (video), 1 without suffix, 1 .mov (video), 1 .txt"


def test_a_folder_without_recordings_says_what_it_holds(tmp_path):
    with pytest.raises(CorpusError, match="no recordings found; it contains no files"):
        find_utterances(tmp_path)
    touch(tmp_path, "a.raw", "b.pcm", "c.raw", "d.docx")
    message = r"it contains 2 \.raw \(samples without a header\), 1 \.docx, 1 \.pcm \(samples without a header\)$"
    with pytest.raises(CorpusError, match=message):
        find_utterances(tmp_path)
    with pytest.raises(CorpusError, match=message):
        recordings_of(tmp_path)


def test_only_films_of_a_corpus_that_takes_none(tmp_path):
    touch(tmp_path, "01-01-05-01-01-01-01.mp4")
    with pytest.raises(CorpusError, match=r"it contains 1 \.mp4 \(video\)"):
        find_utterances(tmp_path, "ravdess")


def test_many_suffixes_are_not_all_named():
    text = suffixes_text(counts_by_suffix(f"a.{i}" for i in range(12)))
    assert text.endswith("and 4 more")


def test_the_summary_and_the_survey_count_what_was_passed_over(tmp_path, cli):
    write_wav(tmp_path / "rec/happy/ann_1.wav", voice())
    touch(tmp_path / "rec", "happy/ann_1.txt", "happy/ann_1.mp4", "about.txt")
    shown = cli("extract", tmp_path / "rec", "x.csv", "--jobs", 1).out
    assert "files ignored: 2 .txt, 1 .mp4 (video)" in shown
    contents = survey(tmp_path / "rec", jobs=1)
    assert "ignored   2 .txt, 1 .mp4 (video)" in survey_text(contents)
    assert json.loads(survey_json(contents))["unused_files"] == {".txt": 2, ".mp4 (video)": 1}


def test_notes_are_counted_in_the_summary_and_shown(tmp_path, cli):
    for name in ("ann_1", "ann_2"):
        path = write_wav(tmp_path / f"rec/happy/{name}.wav", 3e4 * voice() // 1, subtype="FLOAT")
    shutil.copy(write_wav(tmp_path / "plain.wav", voice()), path.with_name("ann_3.wav"))
    shown = cli("extract", tmp_path / "rec", "x.csv", "--jobs", 1).out
    message = "the samples are whole numbers stored as floats; they were divided by 32768"
    assert f"note      2, e.g. happy/ann_1.wav: {message}" in shown
    odd = survey(tmp_path / "rec", jobs=1).odd
    assert [(one.file, one.cause) for one in odd if one.kind == "note"] == [
        ("happy/ann_1.wav", message),
        ("happy/ann_2.wav", message),
    ]
    assert not [one for one in odd if one.kind == "clipped"]


@pytest.mark.parametrize("name", [*sorted(HEADERLESS), ".RAW"])
def test_samples_without_a_header_are_refused_in_a_sentence(tmp_path, name):
    path = tmp_path / f"a{name}"
    path.write_bytes((20000 * voice()).astype("<i2").tobytes())
    with (
        pytest.raises(RecordingError, match=f"{name.lower()} files have no header.* convert the file with 'ffmpeg"),
        open_recording(path),
    ):
        pass


def test_a_recording_named_raw_is_read(tmp_path):
    path = write_wav(tmp_path / "a.wav", voice()).rename(tmp_path / "a.raw")
    with open_recording(path) as recording:
        assert sum(block.size for block in recording.blocks()) == 16000


def test_the_cases(tmp_path, cli):
    folder = case_file("skipped-suffixes")
    contents = find_utterances(folder / "rec")
    assert (len(contents.utterances), contents.unused) == (6, {})
    assert len(find_utterances(folder / "only").utterances) == 1
    compile_kernels()  # else the command prints that it compiles
    assert_refused(cli("predict", case_file("raw-suffix/headerless.raw"), "--strict"), "have no header")

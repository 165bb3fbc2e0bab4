"""Folders that are not speakers, words that are not emotions, and copies of a folder inside itself."""

from pathlib import PurePosixPath

import pytest

from prosody_ser.datasets import find_utterances
from tests.support.corpora import case_file
from tests.support.folders import touch

EMOTIONS = ("happy", "sad", "angry")


def made(folder, *files):
    touch(folder, *files)
    return find_utterances(folder)


def speakers(contents):
    return {u.speaker for u in contents.utterances}


@pytest.mark.parametrize(
    "parts",
    [
        ("train", "test"), ("Train", "Test", "Val"), ("training", "valid", "dev"), ("train_wav", "test_wav"),
        ("fold1", "fold2", "fold3"), ("fold_01", "fold_02"), ("data", "audio"), ("wav", "wav_16k"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("layout", ["{part}/{emotion}/clip{i}.wav", "{emotion}/{part}/clip{i}.wav"])
def test_parts_of_a_corpus_are_no_people(parts, layout, tmp_path):
    places = [(part, emotion) for part in parts for emotion in EMOTIONS]
    contents = made(tmp_path, *(layout.format(part=p, emotion=e, i=i) for i, (p, e) in enumerate(places)))
    assert speakers(contents) == {""}
    assert {u.emotion for u in contents.utterances} == {"happiness", "sadness", "anger"}
    assert "the speaker of" in contents.notes[-1]
    assert "is unknown" in contents.notes[-1]
    assert "sort" not in " ".join(contents.notes)


def test_which_part_a_clip_is_in_is_kept(tmp_path):
    contents = made(tmp_path, "Training/happy/ann_1.wav", "dev/sad/ann_2.wav", "test/sad/bob_1.wav")
    assert {u.file: (u.speaker, *u.extra) for u in contents.utterances} == {
        "Training/happy/ann_1.wav": ("ann", ("split", "train")),
        "dev/sad/ann_2.wav": ("ann", ("split", "validation")),
        "test/sad/bob_1.wav": ("bob", ("split", "test")),
    }


@pytest.mark.parametrize("token", ["{e}", "{E}", "{e}1", "{short}", "{foreign}"])
def test_the_emotions_own_word_is_no_speaker(token, tmp_path):
    foreign = {"happy": "fr", "sad": "tr", "angry": "wu"}
    names = {e: token.format(e=e, E=e.upper(), short=e[:3], foreign=foreign[e]) for e in EMOTIONS}
    contents = made(tmp_path, *(f"{e}/{names[e]}_{i:03d}.wav" for e in EMOTIONS for i in range(4)))
    assert speakers(contents) == {""}
    assert "the file names begin with the emotion, e.g. angry/" in contents.notes[-1]


def test_two_people_with_an_emotion_each_are_people(tmp_path):
    assert speakers(made(tmp_path, "happy/ann_1.wav", "sad/bob_1.wav")) == {"ann", "bob"}


@pytest.mark.parametrize(
    "folders",
    [("samples",), ("EmoTale",), ("female", "male"), ("f", "m"), ("1", "2", "3"), ("s01", "s02"), ("data", "wav")],
)
def test_folders_that_are_no_emotions_are_reported(folders, tmp_path):
    contents = made(tmp_path, *(f"{folder}/rec{i}.wav" for folder in folders for i in range(3)))
    assert {u.emotion for u in contents.utterances} == {""}
    assert f"the names of its folders contain no emotions ({', '.join(sorted(folders))})" in contents.notes[-1]
    assert "a list (.csv, .tsv or .txt) with the columns file, speaker, emotion" in contents.notes[-1]


def test_a_person_called_joy_is_no_emotion(tmp_path):
    contents = made(tmp_path, "happy/ann_1.wav", "sad/ann_1.wav", "wut/joy_1.wav", "wut/ann_1.wav")
    assert {u.file: (u.speaker, u.emotion) for u in contents.utterances if u.file.startswith("wut")} == {
        "wut/joy_1.wav": ("", "wut"),
        "wut/ann_1.wav": ("ann", "wut"),
    }


def test_folders_above_the_emotions_are_reported_as_speakers(tmp_path):
    contents = made(tmp_path, "ann/happy/1.wav", "bob/happy/1.wav", "ann/sad/1.wav", "bob/sad/1.wav")
    assert speakers(contents) == {"ann", "bob"}
    assert "the folders above the emotions are used as speakers: ann, bob;" in contents.notes[0]


def test_folders_below_the_emotions_are_reported_as_speakers(tmp_path):
    contents = made(tmp_path, "happy/ann/1.wav", "happy/bob/1.wav", "sad/ann/1.wav")
    assert "the folders below the emotions are used as speakers: ann, bob;" in contents.notes[0]


@pytest.mark.parametrize(
    "layout", ["{e}/dia{i}_utt0.wav", "{e}/Dialogue {i}/a.wav", "{e}/scene_{i}/a.wav", "{e}/turn{i}_a.wav"]
)  # MELD sorted by emotion: all its speakers are in most of its dialogues
def test_conversations_are_no_people(layout, tmp_path):
    contents = made(tmp_path, *(layout.format(e=e, i=i) for e in EMOTIONS for i in range(3)))
    assert speakers(contents) == {""}
    assert "the speaker of 9 of 9 clips is unknown" in contents.notes[-1]


def test_the_two_people_of_a_session_of_iemocap_speak_in_both_its_halves(tmp_path):
    names = [f"Ses0{s}{half}_script01_1b_{who}003.wav" for s in (1, 2) for half in "FM" for who in "FM"]
    contents = made(tmp_path, *(f"{e}/{name}" for e in ("ang", "exc") for name in names))
    assert {(PurePosixPath(u.file).stem[-4], u.speaker) for u in contents.utterances} == {
        ("F", "Ses01_F"), ("M", "Ses01_M"), ("F", "Ses02_F"), ("M", "Ses02_M"),
    }  # fmt: skip


@pytest.mark.parametrize("word", ["noise", "aug2", "stretched", "20210304", "2021-03-04", "VID"])
def test_changes_programs_and_dates_are_no_people(word, tmp_path):
    contents = made(tmp_path, *(f"{e}/{word}_ann_{i}.wav" for e in EMOTIONS for i in range(2)))
    assert speakers(contents) == {""}


def test_a_copy_of_a_file_is_of_the_same_speaker(tmp_path):
    assert speakers(made(tmp_path, "happy/ann_1.wav", "happy/Copy of ann_1.wav", "sad/(2) bob_1.wav")) == {"ann", "bob"}


def test_the_only_folder_is_no_speaker(tmp_path):
    """JL-Corpus: a folder in a folder, with speakers and emotions in the names."""
    contents = made(tmp_path, *(f"JL corpus/JL(wav+txt)/female1_happy_{i}a.wav" for i in range(4)))
    assert [(u.speaker, u.emotion) for u in contents.utterances] == [("", "")] * 4


def test_intensities_are_no_people(tmp_path):
    """CaFE: ``Colère/Fort/01-C-2-1.wav``."""
    files = [f"{e}/{how}/01-{i}.wav" for e in ("Colère", "Surprise") for how in ("Faible", "Fort") for i in range(2)]
    assert speakers(made(tmp_path, *files)) == {""}


@pytest.mark.parametrize("layout", ["{s}_{e}/x_{i}.wav", "{e}-{s}/{i}.wav", "data/{s} {e}/wav/{i}.wav"])
def test_a_folder_of_a_speaker_and_an_emotion_names_both(layout, tmp_path):
    """EmoV-DB: ``bea_Amused/amused_1-28_0001.wav``."""
    wanted = {(s, e): layout.format(s=s, e=e, i=1) for s in ("bea", "sam") for e in ("Amused", "pleasant_surprise")}
    contents = made(tmp_path, *wanted.values(), "jo_Sleepy/1.wav")
    meant = {"Amused": "amused", "pleasant_surprise": "surprise"}
    assert {u.file: (u.speaker, u.emotion) for u in contents.utterances} == {
        **{file: (speaker, meant[emotion]) for (speaker, emotion), file in wanted.items()},
        "jo_Sleepy/1.wav": ("jo", "sleepy"),
    }


@pytest.mark.parametrize(
    ("folders", "emotions"),
    [
        (("happy_speech", "sad_speech"), {"happiness", "sadness"}),
        (("emotion_happy", "emotion_sad"), {"happiness", "sadness"}),
        (("hot_anger", "cold_anger"), {"hot_anger", "cold_anger"}),
        (("not_happy", "not_sad"), {"not_happy", "not_sad"}),
    ],
)
def test_a_word_that_all_folders_share_is_no_speaker_and_no_part_of_the_emotion(folders, emotions, tmp_path):
    contents = made(
        tmp_path, *(f"{folder}/{s}_{i}.wav" for folder in folders for s in ("ann", "bob") for i in range(2))
    )
    assert speakers(contents) == {"ann", "bob"}
    assert {u.emotion for u in contents.utterances} == emotions


def test_numbers_before_the_speaker_are_reported(tmp_path):
    contents = made(tmp_path, *(f"{e}/{i:03d}_{s}.wav" for e in EMOTIONS for i in range(3) for s in ("ann", "bob")))
    assert "the numbers at the beginning of the file names are used as speakers: 000, 001, 002;" in contents.notes[0]


def test_numbers_without_emotions_are_no_speakers(tmp_path):
    contents = made(tmp_path, *(f"{s}/{i}_hello.wav" for s in ("p01", "p02") for i in range(3)))
    assert {(u.speaker, u.emotion) for u in contents.utterances} == {("", "")}


def test_a_folder_of_a_sex_and_an_emotion_names_no_speaker(tmp_path):
    contents = made(tmp_path, *(f"{sex}_{e}/{i}.wav" for sex in ("female", "male") for e in EMOTIONS for i in range(2)))
    assert {(u.speaker, u.sex) for u in contents.utterances} == {("", "female"), ("", "male")}
    assert {u.emotion for u in contents.utterances} == {"happiness", "sadness", "anger"}


def test_sexes_are_sexes(tmp_path):
    contents = made(tmp_path, "happy/female/ann_1.wav", "sad/f/ann_2.wav", "sad/Male/bob_1.wav", "male/happy/bob_2.wav")
    assert {(u.speaker, u.sex) for u in contents.utterances} == {("ann", "female"), ("bob", "male"), ("ann", "female")}


def test_words_of_another_language_are_classes_and_reported(tmp_path):
    contents = made(tmp_path, "wut/ann/1.wav", "freude/ann/1.wav", "wut/bob/1.wav", "freude/bob/1.wav")
    assert {u.emotion for u in contents.utterances} == {"wut", "freude"}
    _, note = contents.notes
    known = (
        f"{tmp_path}: these labels are not known emotions; each is its own class: freude (2 clips), wut (2 clips). For"
    )
    assert note.startswith(known)


def test_a_folder_within_itself_is_there_once(tmp_path):
    sounds = {"angry/ann_1": b"1", "data/angry/ann_1": b"1", "angry/ann_2": b"2", "old/angry/ann_2": b"x"}
    for place, sound in sounds.items():
        touch(tmp_path, f"{place}.wav")
        (tmp_path / f"{place}.wav").write_bytes(sound)
    contents = find_utterances(tmp_path)
    assert [u.file for u in contents.utterances] == ["angry/ann_1.wav", "angry/ann_2.wav", "old/angry/ann_2.wav"]
    assert contents.n_left_out == 1
    assert "left out (e.g. data/angry/ann_1.wav, a copy of angry/ann_1.wav)" in contents.notes[0]


@pytest.mark.parametrize(
    ("case", "speakers_there", "emotions", "message"),
    [
        ("speaker-token-is-emotion/rec", {""}, 4, "the file names begin with the emotion"),
        ("split-folders-as-speakers/as-downloaded", {""}, 4, "parts of the corpus, not speakers"),
        ("split-folders-as-speakers/as-advised", {""}, 4, "parts of the corpus, not speakers"),
        ("no-emotion-word-among-folders/rec", {""}, 1, "the names of its folders contain no emotions (female, male)"),
        ("no-emotion-word-among-folders/rec2", {"ann"}, 1, "with the bytes and the name of another one"),
    ],
)
def test_the_cases(case, speakers_there, emotions, message):
    contents = find_utterances(case_file(case))
    assert speakers(contents) == speakers_there
    assert len({u.emotion for u in contents.utterances}) == emotions
    assert any(message in note for note in contents.notes)


@pytest.mark.parametrize("word", ["None", "<NA>", "unknown", "xxx", "happy;surprised", "female"])
def test_a_folders_word_that_names_no_single_emotion_is_none(word, tmp_path):
    """As in a list, a label that is reported not to be an emotion must not be a class of the table."""
    contents = made(tmp_path, *(f"{folder}/s{i}_{i}.wav" for folder in ("happy", "sad", word) for i in range(3)))
    assert {u.emotion for u in contents.utterances if u.label == word} == {""}
    assert {u.emotion for u in contents.utterances} == {"happiness", "sadness", ""}
    (note,) = contents.notes
    assert word in note
    assert "is missing" in note or "no folder names the emotion of 3 of 9 clips" in note

"""Labels that are not emotions, missing labels, unknown labels, and labels that need no note."""

import re

import pytest

from prosody_ser.datasets import CORPORA, find_utterances
from prosody_ser.datasets.emotions import EMOTIONS, OTHERS, SYNONYMS, common_emotion, is_emotion, nearest, no_emotion
from prosody_ser.datasets.label_words import doubtful_classes
from prosody_ser.errors import CorpusError, TableError
from tests.support.folders import touch


@pytest.fixture
def labelled(tmp_path):
    """Read a labels file with these emotions; return the emotions and notes."""

    def find(*emotions, head="emotion", name="labels.csv"):
        files = [f"c{i}.wav" for i in range(len(emotions))]
        touch(tmp_path, *files)
        rows = (f'{file},s{i % 2},"{word}"' for i, (file, word) in enumerate(zip(files, emotions, strict=True)))
        (tmp_path / name).write_text("\n".join([f"file,speaker,{head}", *rows, ""]))
        contents = find_utterances(tmp_path / name)
        notes = [note.removeprefix(f"{tmp_path / name}: ") for note in contents.notes]
        return [u.emotion for u in contents.utterances], notes

    return find


@pytest.mark.parametrize(
    "word", ["", "nan", "NaN", "NA", "N/A", "#N/A", "n/a", "None", "NULL", "null", "<NA>", "NaT", "-", "--", "?"]
)
def test_what_programs_write_for_nothing_is_no_label(word, labelled):
    assert labelled("happy", word) == (["happiness", ""], [])


@pytest.mark.parametrize("word", ["xxx", "XXX", "unknown", "Unknown", "no agreement", "no_agreement", "undecided"])
def test_annotators_who_gave_no_label_are_reported(word, labelled):
    emotions, (note,) = labelled("happy", word, word)
    assert emotions == ["happiness", "", ""]
    assert note == f"these labels state that no emotion is known, so it is missing: {word} (2 clips)"


@pytest.mark.parametrize(
    "word", ["happy;surprised", "Happy, sad", "fear/anger", "sad|calm", "joy & fear", "sad and hapy"]
)
def test_a_label_of_several_emotions_is_none_and_reported(word, labelled):
    emotions, (note,) = labelled("happy", word)
    assert emotions == ["happiness", ""]
    assert "name several emotions" in note
    assert f"{word} (1 clip)" in note


@pytest.mark.parametrize("word", ["female", "male", "data", "train", "wav_16k", "samples", "Actor_03", "speaker 2"])
def test_what_names_something_else_is_no_emotion(word, labelled):
    emotions, (note,) = labelled("happy", word)
    assert emotions == ["happiness", ""]
    assert note == f"these labels do not name an emotion, so it is missing: {word} (1 clip)"


def test_words_that_may_be_emotions_stay_and_are_reported(labelled):
    emotions, (note,) = labelled("happy", "hapy", "wütend", "wütend", "oth", "Gioia")
    assert emotions == ["happiness", "hapy", "wütend", "wütend", "oth", "gioia"]
    message = "wütend (2 clips), Gioia (1 clip), hapy (1 clip; did you mean happiness?), oth (1 clip)"
    what, advice = note.split(". For ")
    assert what == f"these labels are not known emotions; each is its own class: {message}"
    assert advice.startswith("the usual classes, rename the folders or labels to English words such as anger, ")


@pytest.mark.parametrize("word", ["01Neutral", "01_neutral", "1-Neutral", "neutral_02", "Neutral2", "NEUTRAL (3)"])
def test_numbers_around_a_word_do_not_count(word, labelled):
    assert labelled(word, "sad")[0][0] == ("neutral" if "(" not in word else word.lower())


@pytest.mark.parametrize("words", [("1", "2", "5"), ("1.3", "2,7", "-0.5"), ("3", "3")])
def test_numbers_are_ratings(words, labelled):
    with pytest.raises(CorpusError, match=r"emotion column contains only (numbers from|the number).* ratings or codes"):
        labelled(*words)


def test_ratings_in_a_column_of_their_own_are_kept_and_reported(labelled):
    emotions, notes = labelled("1", "4.5", head="arousal")
    assert emotions == ["", ""]
    assert "arousal (numbers from 1 to 4.5): these numbers are ratings, not emotions" in notes[-1]


def test_codes_of_a_known_corpus_are_its_emotions(tmp_path):
    """Codes are recognised by the clip's name or the corpus of the row; otherwise they are numbers."""
    names = {f"03-01-{code}-01-01-01-12.wav": emotion for code, emotion in CORPORA["ravdess"].emotions.items()}
    touch(tmp_path, *names, "x.wav", "y.wav")
    rows = "".join(f"{name},12,{name[6:8]}\n" for name in names)
    (tmp_path / "a.csv").write_text("file,speaker,emotion\n" + rows)
    assert {u.file: u.emotion for u in find_utterances(tmp_path / "a.csv").utterances} == names
    (tmp_path / "b.csv").write_text("file,speaker,emotion,corpus\nx.wav,DC,su,savee\ny.wav,03,W,emodb\n")
    assert [u.emotion for u in find_utterances(tmp_path / "b.csv").utterances] == ["surprise", "anger"]


@pytest.mark.parametrize(
    ("speakers", "what"),
    [(("train", "test"), "parts of a corpus"), (("female", "male"), "sexes"), (("sad", "happy"), "emotions")],
)
def test_words_that_name_no_people_are_no_speakers(speakers, what, tmp_path):
    touch(tmp_path, "a.wav", "b.wav")
    (tmp_path / "a.csv").write_text(f"file,speaker,emotion\na.wav,{speakers[0]},sad\nb.wav,{speakers[1]},happy\n")
    contents = find_utterances(tmp_path / "a.csv")
    assert {u.speaker for u in contents.utterances} == {""}
    assert f"the speaker column contains {', '.join(sorted(speakers))}: {what}, not people" in contents.notes[-1]


@pytest.mark.parametrize("corpus", [corpus for corpus in CORPORA.values() if corpus.emotions])
def test_there_is_no_note_on_the_emotions_of_known_corpora(corpus, labelled):
    emotions = sorted(set(corpus.emotions.values()))
    assert labelled(*emotions) == (emotions, [])


def test_the_vocabulary_is_of_one_mind():
    words = [*EMOTIONS, *OTHERS, *(word for words in SYNONYMS.values() for word in words)]
    assert len(set(words)) == len(words)
    for word in words:
        assert is_emotion(word)
        assert not no_emotion(word)
        assert common_emotion(common_emotion(f"03_{word}")) == common_emotion(word)
        assert not nearest(word) or re.search(r"\w{4}", word)


def test_classes_of_a_finished_table():
    assert doubtful_classes("t.csv", ["happiness", "class1", "wut"]) == []
    (note,) = doubtful_classes("t.csv", ["happy;sad", "hapy", "hapy", "fear"])
    assert note == (
        "t.csv: these classes may not be separate emotions: hapy (2 clips; did you mean happiness?), happy;sad (1 clip)"
    )
    with pytest.raises(TableError, match=r"t.csv: the emotion column contains no emotions: female, male"):
        doubtful_classes("t.csv", ["female", "male"])

"""One contract over every corpus, and the quirks of each."""

import pytest

from prosody_ser.datasets import CORPORA, EMOTIONS, find_utterances
from prosody_ser.errors import CorpusError

EXAMPLES = {
    "ravdess": {
        "Actor_12/03-01-06-02-02-01-12.wav": ("12", "fear", "female"),
        "Actor_01/03-01-01-01-01-02-01.flac": ("01", "neutral", "male"),
    },
    "emodb": {"wav/03a01Fa.wav": ("03", "happiness", "male"), "08b10Wd.wav": ("08", "anger", "female")},
    "synthetic": {"synthetic_f1_anger_s1_t2.wav": ("f1", "anger", "female")},
    "folder": {"Angry/bob_001.wav": ("bob", "anger", ""), "sad/ann/x.wav": ("ann", "sadness", "")},
}


@pytest.mark.parametrize("name", CORPORA)
def test_contract(name):
    corpus = CORPORA[name]
    assert corpus.name == name
    assert corpus.title
    assert corpus.citation
    assert corpus.licence
    assert corpus.url
    assert set(corpus.emotions.values()) <= set(EMOTIONS)
    utterances = {u.file: u for u in corpus.utterances(list(EXAMPLES[name]))}
    for file, (speaker, emotion, sex) in EXAMPLES[name].items():
        found = utterances[file]
        assert (found.speaker, found.emotion, found.sex) == (speaker, emotion, sex)
        assert found.emotion in (corpus.emotions or dict.fromkeys(EMOTIONS)).values() or found.emotion in EMOTIONS
    assert corpus.utterances(["notes.wav"])[0].emotion == ""


def touch(folder, *files):
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


@pytest.mark.parametrize("name", CORPORA)
def test_each_corpus_is_recognised_from_its_names(tmp_path, name):
    touch(tmp_path, *EXAMPLES[name])
    assert find_utterances(tmp_path).corpus.name == name


def test_a_stray_recording_becomes_a_row_without_labels(tmp_path):
    touch(tmp_path, "03a01Fa.wav", "08b10Wd.wav", "recording.wav")
    found = find_utterances(tmp_path)
    assert found.corpus.name == "emodb"
    assert [u.emotion for u in found.utterances if u.file == "recording.wav"] == [""]
    assert found.passed_over == 0


def test_ravdess_takes_each_speech_clip_once(tmp_path):
    touch(
        tmp_path,
        "Actor_01/03-01-05-01-01-01-01.wav",
        "audio_speech_actors_01-24/Actor_01/03-01-05-01-01-01-01.wav",
        "Actor_01/03-02-05-01-01-01-01.wav",  # song
        "Actor_01/01-01-05-01-01-01-01.webm",  # video
    )
    found = find_utterances(tmp_path, "ravdess")
    assert [(u.file, u.vocal_channel) for u in found.utterances] == [
        ("Actor_01/03-01-05-01-01-01-01.wav", "speech"),
        ("Actor_01/03-02-05-01-01-01-01.wav", "song"),
    ]
    assert found.passed_over == 2


def speakers_in(folder, *files):
    touch(folder, *files)
    return {u.speaker for u in find_utterances(folder, "folder").utterances}


def test_folder_without_speakers_leaves_them_unknown(tmp_path):
    assert speakers_in(tmp_path, "happy/a.wav", "sad/b.wav") == {""}


def test_numbered_clips_are_no_speakers(tmp_path):
    assert speakers_in(tmp_path / "a", "happy/001_hello.wav", "happy/002_hello.wav", "sad/003_hello.wav") == {""}
    again = [f"{emotion}/{i:03d}_hello.wav" for emotion in ("happy", "sad") for i in range(5)]
    assert speakers_in(tmp_path / "b", *again) == {""}


def test_numbered_speakers_are_speakers(tmp_path):
    clips = [f"{emotion}/{s:02d}_{i}.wav" for emotion in ("happy", "sad") for s in (3, 8) for i in range(2)]
    assert speakers_in(tmp_path / "a", *clips) == {"03", "08"}
    below = [f"{emotion}/{s:02d}/x.wav" for emotion in ("happy", "sad") for s in (3, 8)]
    assert speakers_in(tmp_path / "b", *below) == {"03", "08"}


def test_speaker_above_emotion_is_refused(tmp_path):
    touch(tmp_path, "ann/happy/a.wav", "ann/sad/b.wav", "bob/happy/a.wav")
    with pytest.raises(CorpusError, match="look like <speaker>/<emotion>"):
        find_utterances(tmp_path)


def test_ravdess_with_its_song_is_still_ravdess(tmp_path):
    touch(
        tmp_path, "Actor_01/03-01-05-01-01-01-01.wav", *(f"Actor_01/03-02-05-01-01-01-{i:02d}.wav" for i in range(1, 9))
    )
    found = find_utterances(tmp_path)
    assert (found.corpus.name, len(found.utterances), found.passed_over) == ("ravdess", 9, 0)


def test_several_corpora_side_by_side_are_no_folders_of_emotions(tmp_path):
    touch(tmp_path / "emodb", "wav/03a01Fa.wav", "wav/08b10Wd.wav")
    touch(tmp_path / "ravdess", "Actor_01/03-01-05-01-01-01-01.wav", "Actor_01/03-01-05-01-01-02-01.wav")
    touch(tmp_path / "tess", "OAF_back_angry.wav")
    with pytest.raises(CorpusError, match=r"several corpora \(2 of ravdess, 2 of emodb\)"):
        find_utterances(tmp_path)


def test_linked_folders_are_followed_once(tmp_path):
    touch(tmp_path / "real", "03a01Fa.wav")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "wav").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "loop").symlink_to(tmp_path / "corpus")
    assert [u.file for u in find_utterances(tmp_path / "corpus").utterances] == ["wav/03a01Fa.wav"]


def test_hidden_files_and_other_files_are_passed_over(tmp_path):
    touch(tmp_path, "03a01Fa.wav", "._03a01Fa.wav", ".cache/03a02Fa.wav", "notes.txt")
    assert [u.file for u in find_utterances(tmp_path).utterances] == ["03a01Fa.wav"]


def test_what_cannot_be_found_is_said(tmp_path):
    with pytest.raises(CorpusError, match="no such folder"):
        find_utterances(tmp_path / "nowhere")
    with pytest.raises(CorpusError, match="no recordings found"):
        find_utterances(tmp_path)
    touch(tmp_path, "a.wav")
    with pytest.raises(CorpusError, match="of no known corpus"):
        find_utterances(tmp_path)
    with pytest.raises(CorpusError, match="none of the 1 recordings is named as in ravdess"):
        find_utterances(tmp_path, "ravdess")
    with pytest.raises(CorpusError, match="unknown corpus 'iemocap'; there are: ravdess"):
        find_utterances(tmp_path, "iemocap")


def test_emodb_is_complete(emodb):
    found = find_utterances(emodb)
    corpus, utterances = found.corpus, found.utterances
    assert corpus.name == "emodb"
    assert len(utterances) == 535
    assert len({u.speaker for u in utterances}) == 10
    counts = {e: sum(u.emotion == e for u in utterances) for e in corpus.emotions.values()}
    # Burkhardt et al. (2005), table of the final database
    assert counts == {
        "anger": 127, "boredom": 81, "disgust": 46, "fear": 69, "happiness": 71, "sadness": 62, "neutral": 79,
    }  # fmt: skip


def test_ravdess_has_sixty_clips_an_actor(ravdess):
    utterances = find_utterances(ravdess).utterances
    by_speaker = {s: sum(u.speaker == s for u in utterances) for s in {u.speaker for u in utterances}}
    assert set(by_speaker.values()) == {60}
    one = [u for u in utterances if u.speaker == "01"]
    assert sum(u.emotion == "neutral" for u in one) == 4
    assert all(sum(u.emotion == e for u in one) == 8 for e in set(CORPORA["ravdess"].emotions.values()) - {"neutral"})

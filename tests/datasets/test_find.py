"""Finding the clips of a folder: recognition of corpora, their special cases, and real corpora."""

import glob
import shlex

import pytest

from prosody_ser.audio.prepare import read_audio
from prosody_ser.datasets import CORPORA, find_all, find_utterances
from prosody_ser.datasets.emotions import EMOTIONS, SYNONYMS, common_emotion
from prosody_ser.errors import CorpusError
from tests.support.folders import touch


def test_a_stray_recording_becomes_a_row_without_labels(tmp_path):
    touch(tmp_path, "03a01Fa.wav", "08b10Wd.wav", "recording.wav")
    contents = find_utterances(tmp_path)
    assert contents.corpus.name == "emodb"
    assert [u.emotion for u in contents.utterances if u.file == "recording.wav"] == [""]
    assert contents.n_left_out == 0
    assert contents.notes == (f"{tmp_path}: 1 clip without labels: not named as in emodb (e.g. recording.wav)",)


def test_ravdess_takes_each_speech_clip_once(tmp_path):
    touch(
        tmp_path,
        "Actor_01/03-01-05-01-01-01-01.wav",
        "audio_speech_actors_01-24/Actor_01/03-01-05-01-01-01-01.wav",
        "Actor_01/03-02-05-01-01-01-01.wav",  # song
        "Actor_01/01-01-05-01-01-01-01.webm",  # video
    )
    contents = find_utterances(tmp_path, "ravdess")
    assert [(u.file, u.vocal_channel) for u in contents.utterances] == [
        ("Actor_01/03-01-05-01-01-01-01.wav", "speech"),
        ("Actor_01/03-02-05-01-01-01-01.wav", "song"),
    ]
    assert contents.left_out == {"video": 1, "second copy of a clip": 1}


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


@pytest.mark.parametrize(
    "layout",
    [
        "{s}/{e}/x.wav",
        "{e}/{s}/x.wav",
        "{e}/{s}_x.wav",
        "{s}/{e}_x.wav",
        "corpus/{s}/{e}/x.wav",
        "data/{s}/wav/{e}/x.wav",
        "train/{e}/{s}/x.wav",
        "{s}/test/01{e}/audio_16k/x.wav",
        "my set/{e}/{s}_x.wav",
        "{e}/female/{s}_x.wav",
    ],
)
@pytest.mark.parametrize("speakers", [("ann", "bob"), ("0011", "0012"), ("Actor_01", "Actor_02")])
def test_whoever_stands_where_is_told_by_the_words_that_are_emotions(layout, speakers, tmp_path):
    if "_x" in layout:
        speakers = [speaker.replace("_", "") for speaker in speakers]
    wanted = {(s, e): layout.format(s=s, e=e) for s in speakers for e in ("happy", "sad", "wütend", "excited")}
    touch(tmp_path, *wanted.values(), *(file.replace("x.wav", "y.wav") for file in wanted.values()))
    contents = find_utterances(tmp_path)
    meant = {"happy": "happiness", "sad": "sadness", "wütend": "01wütend" if "01" in layout else "wütend"}
    assert {u.file: (u.speaker, u.emotion) for u in contents.utterances if u.file.endswith("x.wav")} == {
        file: (speaker, meant.get(emotion, emotion)) for (speaker, emotion), file in wanted.items()
    }
    assert {u.sex for u in contents.utterances} == {"female" if "female" in layout else ""}


def test_ravdess_with_its_song_is_still_ravdess(tmp_path):
    touch(
        tmp_path, "Actor_01/03-01-05-01-01-01-01.wav", *(f"Actor_01/03-02-05-01-01-01-{i:02d}.wav" for i in range(1, 9))
    )
    contents = find_utterances(tmp_path)
    assert (contents.corpus.name, len(contents.utterances), contents.n_left_out) == ("ravdess", 9, 0)


def test_numbers_that_ravdess_lacks_are_another_corpus(tmp_path):
    """BanglaSER: the same form of names, 34 actors, and 01 means happy."""
    files = [f"Actor {a}/03-01-{e:02d}-{i:02d}-01-01-{a}.wav" for a in (23, 24, 25) for e in (1, 3) for i in (1, 2)]
    touch(tmp_path / "bangla", *files)
    wrong = r"6 recordings of 12 have names of the form of ravdess .* \(e\.g\. Actor 23/03-01-01-02-.*another corpus"
    with pytest.raises(CorpusError, match=wrong):
        find_utterances(tmp_path / "bangla")
    assert len(find_utterances(tmp_path / "bangla", "ravdess").utterances) == 12
    one = [f"Actor_01/03-01-0{e}-01-0{s}-0{t}-01.wav" for e in range(1, 9) for s in (1, 2) for t in (1, 2)]
    touch(tmp_path / "ravdess", *one, "Actor_25/03-01-03-01-01-01-25.wav")
    assert "1 clip without labels" in find_utterances(tmp_path / "ravdess").notes[0]


def test_folders_that_contradict_the_names_are_reported(tmp_path):
    touch(tmp_path, "Happy/1001_IEO_HAP_HI.wav", "Happy/1002_IEO_HAP_HI.wav", "wav/Sad/1001_IEO_ANG_HI.wav")
    (note,) = find_utterances(tmp_path).notes
    assert "1 clip of 3 is in a folder of another emotion (e.g. wav/Sad/1001_IEO_ANG_HI.wav means anger in c" in note
    touch(tmp_path, "Sad/1002_IEO_ANG_HI.wav", "Sad/1003_IEO_ANG_HI.wav")
    with pytest.raises(CorpusError, match=r"3 clips of 5 have names of cremad, .* and --corpus folder takes them from"):
        find_utterances(tmp_path)
    assert {u.emotion for u in find_utterances(tmp_path, "folder").utterances} == {"happiness", "sadness"}
    assert {u.emotion for u in find_utterances(tmp_path, "cremad").utterances} == {"happiness", "anger"}


def test_folders_that_agree_with_the_names_are_not_reported(tmp_path):
    touch(tmp_path / "agree", "YAF_pleasant_surprised/YAF_youth_ps.wav", "OAF_Fear/OAF_bar_fear.wav")
    assert find_utterances(tmp_path / "agree").notes == ()
    touch(tmp_path / "chance", "ps/Actor_01/03-01-05-01-01-01-01.wav", "ps/Actor_02/03-01-03-01-01-01-02.wav")
    assert find_utterances(tmp_path / "chance").notes == ()


def test_several_corpora_side_by_side_are_no_folders_of_emotions(tmp_path):
    touch(tmp_path / "emodb", "wav/03a01Fa.wav", "wav/08b10Wd.wav")
    touch(tmp_path / "ravdess", "Actor_01/03-01-05-01-01-01-01.wav", "Actor_01/03-01-05-01-01-02-01.wav")
    touch(tmp_path / "tess", "OAF_back_angry.wav")
    with pytest.raises(CorpusError, match=r"several corpora \(2 of ravdess, 2 of emodb, 1 of tess\); give their"):
        find_utterances(tmp_path)


def test_several_corpora_name_what_to_give_in_place_of_their_folder(tmp_path):
    touch(tmp_path / "apart", "in/my tess/OAF_back_angry.wav", "in/b/1001_IEO_HAP_HI.wav", "in/b/1002_IEO_HAP_HI.wav")
    with pytest.raises(CorpusError) as apart:
        find_utterances(tmp_path / "apart")
    folders = shlex.split(str(apart.value).split("prosody-ser extract ")[1])[:-1]
    assert sorted(u.corpus for one in find_all(folders) for u in one.utterances) == ["cremad", "cremad", "tess"]

    touch(tmp_path / "merged", "happy/03-01-03-01-01-01-01.wav", "happy/1001_IEO_HAP_HI.wav", "sad/1001_IEO_SAD_HI.wav")
    with pytest.raises(CorpusError) as merged:
        find_utterances(tmp_path / "merged")
    pattern = str(merged.value).split("prosody-ser extract ")[1].removesuffix(" OUT.csv")
    assert pattern == f"{tmp_path}/merged/*/*.wav"
    read = {(u.corpus, u.speaker, u.emotion) for u in find_all(sorted(glob.glob(pattern)))[0].utterances}
    assert read == {("ravdess", "01", "happiness"), ("cremad", "1001", "happiness"), ("cremad", "1001", "sadness")}


def test_linked_folders_are_followed_once(tmp_path):
    touch(tmp_path / "real", "03a01Fa.wav")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "wav").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "loop").symlink_to(tmp_path / "corpus")
    assert [u.file for u in find_utterances(tmp_path / "corpus").utterances] == ["wav/03a01Fa.wav"]


def test_hidden_files_and_other_files_are_passed_over(tmp_path):
    touch(tmp_path, "03a01Fa.wav", "._03a01Fa.wav", ".cache/03a02Fa.wav", "notes.txt")
    assert [u.file for u in find_utterances(tmp_path).utterances] == ["03a01Fa.wav"]


def test_what_is_missing_is_reported(tmp_path):
    with pytest.raises(CorpusError, match="no such folder"):
        find_utterances(tmp_path / "nowhere")
    with pytest.raises(CorpusError, match="no recordings found"):
        find_utterances(tmp_path)
    touch(tmp_path, "data/train-00000-of-00001.parquet")
    with pytest.raises(
        CorpusError, match=r"it contains 1 \.parquet; recordings inside Parquet .* written to files first"
    ):
        find_utterances(tmp_path)
    touch(tmp_path, "a.wav")
    with pytest.raises(CorpusError, match="match no known corpus"):
        find_utterances(tmp_path)
    with pytest.raises(
        CorpusError, match=r"not named as in ravdess: yours is .*, but .* like 03-01-.*; leave out --corpus"
    ):
        find_utterances(tmp_path, "ravdess")
    with pytest.raises(CorpusError, match="unknown corpus 'iemocap'; choose from ravdess"):
        find_utterances(tmp_path, "iemocap")


def test_the_example_of_a_corpus_is_named_as_in_it():
    examples = {name: corpus.example for name, corpus in CORPORA.items() if corpus.read is None}
    assert {name: CORPORA[name].explained([example]) for name, example in examples.items()} == dict.fromkeys(
        examples, 1
    )


def test_one_clip_of_another_corpus_is_not_passed_off_as_a_stray(tmp_path):
    touch(tmp_path, *(f"Actor_01/03-01-0{e}-01-01-01-01.wav" for e in range(1, 9)), "DC/a01.wav")
    with pytest.raises(CorpusError, match="8 of ravdess, 1 of savee"):
        find_utterances(tmp_path)


MIX = (
    *("Crema/1001_DFA_ANG_XX.wav", "Crema/1002_DFA_ANG_XX.wav", "Crema/1003_DFA_ANG_XX.wav"),
    "Ravdess/audio_speech_actors_01-24/Actor_01/03-01-05-01-01-01-01.wav",
    *("Savee/DC_a01.wav", "Tess/OAF_angry/OAF_back_angry.wav"),
)


def test_the_mix_keeps_each_clips_own_corpus(tmp_path):
    touch(tmp_path / "speech-emotion-recognition-en", *MIX)
    contents = find_utterances(tmp_path)
    assert contents.corpus.name == "ser-en"
    assert [(u.corpus, u.speaker) for u in contents.utterances] == [
        ("cremad", "1001"), ("cremad", "1002"), ("cremad", "1003"), ("ravdess", "01"), ("savee", "DC"), ("tess", "OAF"),
    ]  # fmt: skip


def test_one_folder_of_the_mix_is_its_corpus(tmp_path):
    touch(tmp_path, *MIX[:3])
    assert find_utterances(tmp_path).corpus.name == "cremad"


def test_the_mix_and_something_else_is_refused(tmp_path):
    touch(tmp_path, *MIX, "emodb/03a01Fa.wav")
    with pytest.raises(CorpusError, match="several corpora"):
        find_utterances(tmp_path)


def test_tess_as_kaggle_nests_it_is_there_once(tmp_path):
    inside = "TESS Toronto emotional speech set data"
    files = ["OAF_Fear/OAF_back_fear.wav", "YAF_pleasant_surprised/YAF_back_ps.wav", "OAF_neutral/OA_bite_neutral.wav"]
    touch(tmp_path, *(f"{inside}/{file}" for file in files), *(f"{inside}/{inside}/{file}" for file in files))
    touch(tmp_path, f"{inside}/OAF_neutral/OAF_bite_neutral.wav")  # someone put the name right
    contents = find_utterances(tmp_path)
    assert [(u.speaker, u.sentence, u.label) for u in contents.utterances] == [
        ("OAF", "back", "fear"), ("OAF", "bite", "neutral"), ("YAF", "back", "ps"),
    ]  # fmt: skip
    assert contents.n_left_out == 4


def test_savee_in_both_layouts_is_there_once(tmp_path):
    touch(tmp_path, "DC_a01.wav", "DC/a01.wav", "JK/a01.wav", "JK/n31.wav")
    contents = find_utterances(tmp_path)
    assert [(u.file, u.speaker) for u in contents.utterances] == [
        ("DC/a01.wav", "DC"), ("JK/a01.wav", "JK"), ("JK/n31.wav", ""),
    ]  # fmt: skip


def test_of_wav_and_mp3_the_wav_is_taken(tmp_path):
    touch(tmp_path, "AudioMP3/1001_DFA_ANG_XX.mp3", "AudioWAV/1001_DFA_ANG_XX.wav", "AudioMP3/1002_DFA_ANG_XX.mp3")
    assert [u.file for u in find_utterances(tmp_path).utterances] == [
        "AudioMP3/1002_DFA_ANG_XX.mp3",
        "AudioWAV/1001_DFA_ANG_XX.wav",
    ]


def test_crema_d_has_the_actors_of_its_paper():
    """Cao et al. (2014): 48 male and 43 female actors aged 20 to 74."""
    speakers = CORPORA["cremad"].speakers
    assert [sex for sex, _ in speakers.values()].count("male") == 48
    assert [sex for sex, _ in speakers.values()].count("female") == 43
    ages = [age for _, age in speakers.values()]
    assert (min(ages), max(ages)) == (20, 74)


def test_words_for_emotions():
    meanings = {
        "Happy": "happiness",
        "ANGRY": "anger",
        "pleasant_surprised": "surprise",
        "ps": "surprise",
        " Bored ": "boredom",
    }
    assert {word: common_emotion(word) for word in meanings} == meanings
    assert common_emotion(" Frustrated ") == "frustrated"
    words = [word for emotion in EMOTIONS for word in (emotion, *SYNONYMS[emotion])]
    assert len(set(words)) == len(words)
    assert all(common_emotion(common_emotion(word)) == common_emotion(word) for word in words)


def clips(contents):
    return [(u.corpus, u.file, u.speaker) for one in contents for u in one.utterances]


def test_two_generic_folders_are_two_corpora(tmp_path):
    for folder in ("one/home", "two/home", "lab"):
        touch(tmp_path / folder, "happy/ann_1.wav", "sad/ann_1.wav", "sad/bob_1.wav")
    contents = find_all([tmp_path / "lab", tmp_path / "one/home", tmp_path / "two/home"])
    assert len(contents) == 3
    assert [one.utterances[0].corpus for one in contents] == ["folder:lab", "folder:home", "folder:home-2"]
    assert all({u.corpus for u in one.utterances} == {one.utterances[0].corpus} for one in contents)
    assert clips(find_all([tmp_path / "lab"]))[0][0] == "folder"


def test_two_folders_of_one_corpus_are_one_corpus_and_a_clip_counts_once(tmp_path):
    touch(tmp_path / "a", "03a01Fa.wav", "08a01Fa.wav")
    touch(tmp_path / "b", "wav/08a01Fa.flac", "wav/08a01Wa.wav")
    touch(tmp_path / "mix", *MIX)
    touch(tmp_path / "tess", "OAF_back_angry.wav", "OAF_back_sad.wav")
    contents = find_all([tmp_path / name for name in ("b", "a", "mix", "tess")])
    assert [c[:2] for c in clips(contents[:2])] == [
        ("emodb", "wav/08a01Fa.flac"), ("emodb", "wav/08a01Wa.wav"), ("emodb", "03a01Fa.wav"),
    ]  # fmt: skip
    assert contents[1].n_left_out == 1
    assert clips(contents[3:]) == [("tess", "OAF_back_sad.wav", "OAF")]


def test_a_folder_twice_is_there_once(tmp_path):
    touch(tmp_path / "corpus", "happy/ann/1.wav", "sad/ann/1.wav")
    (tmp_path / "link").symlink_to(tmp_path / "corpus")
    contents = find_all([tmp_path / "corpus", tmp_path / "link"])
    assert [(len(one.utterances), one.n_left_out) for one in contents] == [(2, 0), (0, 2)]
    assert contents[0].utterances[0].corpus == "folder"


def test_recordings_of_a_named_kind_have_its_notes(tmp_path):
    """As for their folder, the user learns that the speaker is unknown."""
    touch(tmp_path, "anger/1.wav", "sad/2.wav")
    (one,) = find_all([tmp_path / "anger/1.wav"], "folder")
    assert [note for note in one.notes if "the speaker of 1 of 1 clip is unknown" in note] == list(one.notes) != []
    (both,) = find_all([tmp_path / "anger/1.wav", tmp_path / "sad/2.wav"], "folder")
    assert both.notes[0].startswith(f"{tmp_path / 'anger/1.wav'} and 1 more: the speaker of 2 of 2 clips is unknown")


def test_recordings_are_named_one_by_one(tmp_path, monkeypatch):
    """They keep their order and given path; only the labels in their names are known."""
    monkeypatch.chdir(tmp_path)
    touch(tmp_path / "b", "08a01Fa.wav", "memo.wav")
    touch(tmp_path / "a", "03-01-05-01-01-01-12.wav", "08a01Wa.wav")
    named = ["b/memo.wav", "b/08a01Fa.wav", "a/03-01-05-01-01-01-12.wav", "b/memo.wav"]
    contents = find_all(named)
    assert clips(contents) == [("folder", named[0], ""), ("emodb", named[1], "08"), ("ravdess", named[2], "12")]
    assert contents[0].n_left_out == 1
    assert clips(find_all("b/memo.wav")) == [("folder", "b/memo.wav", "")]
    mixed = clips(find_all(["a/08a01Wa.wav", "b", "b/08a01Fa.wav"]))
    assert [file for _, file, _ in mixed] == ["08a01Fa.wav", "memo.wav", "a/08a01Wa.wav"]
    assert clips(find_all(named[:2], "emodb")) == [("emodb", named[0], ""), ("emodb", named[1], "08")]
    with pytest.raises(CorpusError, match=r"b/memo.wav: the recording is not named as in emodb"):
        find_all("b/memo.wav", "emodb")
    with pytest.raises(CorpusError, match=r"gone.wav: no such file"):
        find_all(["b/memo.wav", "gone.wav"])
    with pytest.raises(CorpusError, match="unknown corpus 'iemocap'"):
        find_all("b/memo.wav", "iemocap")


def test_recordings_named_one_by_one_in_folders_of_emotions(tmp_path, monkeypatch):
    """Their folders are read with '--corpus folder' only, all paths together, as below a folder; else a note tells."""
    monkeypatch.chdir(tmp_path)
    touch(tmp_path / "mine", "anger/ann_1.wav", "sad/bob_2.wav")
    files = ["mine/sad/bob_2.wav", "mine/anger/ann_1.wav"]
    (plain,) = find_all(files)
    assert {(u.speaker, u.emotion) for u in plain.utterances} == {("", "")}
    (note,) = plain.notes
    assert note.startswith("mine/sad/bob_2.wav: ")
    assert note.endswith("name the folder mine in place of the recordings")
    monkeypatch.chdir(tmp_path / "mine" / "sad")
    assert find_all("bob_2.wav")[0].notes[0].endswith("name the folder .. in place of the recordings")
    monkeypatch.chdir(tmp_path)
    (read,) = find_all(files, "folder")
    assert [(u.file, u.speaker, u.emotion) for u in read.utterances] == [
        (files[0], "bob", "sadness"),
        (files[1], "ann", "anger"),
    ]
    both = find_all(["mine", files[1]])
    assert [one.notes for one in both] == [(), (f"{files[1]}: the recording is already in mine and counts once",)]
    assert both[1].left_out == {"clip that is named twice": 1}
    (one,) = find_all(tmp_path / files[1], "folder")
    assert [(u.speaker, u.emotion) for u in one.utterances] == [("ann", "anger")]  # not "mine", nor a folder above it


def test_the_real_tess(tess):
    """60 clips with every quirk; 15 words' worth of two speakers, seven emotions."""
    contents = find_utterances(tess)
    assert contents.corpus.name == "tess"
    assert (len(contents.utterances), contents.n_left_out, contents.notes) == (60, 0, ())
    assert {u.speaker for u in contents.utterances} == {"OAF", "YAF"}
    assert {u.emotion for u in contents.utterances} == set(CORPORA["tess"].emotions.values())
    assert {CORPORA["tess"].clip_name(u) for u in contents.utterances} <= CORPORA["tess"].expected()
    misspelt = [u for u in contents.utterances if u.file == "OA_bite_neutral.wav"]
    assert [(u.speaker, u.sentence, u.emotion, u.age) for u in misspelt] == [("OAF", "bite", "neutral", 64)]


def test_what_tess_calls_wav_is_read_by_its_content(tess):
    """Two AIFF files named .wav and one clip at 96 kHz are read correctly."""
    kinds = {}
    for utterance in find_utterances(tess).utterances:
        with open(utterance.path, "rb") as file:
            kinds[utterance.file] = file.read(4)
    aiff = sorted(file for file, kind in kinds.items() if kind == b"FORM")
    assert len(aiff) == 2
    rates = {file: read_audio(tess / file).native_rate_hz for file in kinds}
    assert sorted(set(rates.values())) == [24414, 96000]
    assert list(rates.values()).count(96000) == 1
    assert all(read_audio(tess / file).speech_s > 0.5 for file in aiff)


def test_emodb_is_complete(emodb):
    contents = find_utterances(emodb)
    corpus, utterances = contents.corpus, contents.utterances
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

"""One contract over every corpus, and the quirks of each."""

import math
import random
import string
from pathlib import PurePosixPath

import pytest

from prosody_ser.datasets import CORPORA, EMOTIONS, common_emotion, find_all, find_utterances
from prosody_ser.errors import CorpusError

from .conftest import voice, write_wav

#: Names as the corpora have them: speaker, emotion, label, sex, sentence, take, intensity.
EXAMPLES = {
    "ravdess": {
        "Actor_12/03-01-06-02-02-01-12.wav": ("12", "fear", "06", "female", "dogs", "01", "strong"),
        "Actor_01/03-01-01-01-01-02-01.flac": ("01", "neutral", "01", "male", "kids", "02", "normal"),
        "Actor_24/03-02-03-01-01-02-24.wav": ("24", "happiness", "03", "female", "kids", "02", "normal"),
    },
    "tess": {
        "OAF_angry/OAF_back_angry.wav": ("OAF", "anger", "angry", "female", "back", "", ""),
        "YAF_pleasant_surprised/YAF_turn_ps.wav": ("YAF", "surprise", "ps", "female", "turn", "", ""),
        "OAF_neutral/OA_bite_neutral.wav": ("OAF", "neutral", "neutral", "female", "bite", "", ""),
    },
    "emodb": {
        "wav/03a01Fa.wav": ("03", "happiness", "F", "male", "a01", "a", ""),
        "08b10Wd.wav": ("08", "anger", "W", "female", "b10", "d", ""),
    },
    "savee": {
        "DC_a01.wav": ("DC", "anger", "a", "male", "a01", "", ""),
        "JE/sa15.wav": ("JE", "sadness", "sa", "male", "sa15", "", ""),
        "AudioData/KL/su03.wav": ("KL", "surprise", "su", "male", "su03", "", ""),
        "JK_n30.wav": ("JK", "neutral", "n", "male", "n30", "", ""),
    },
    "crema-d": {
        "AudioWAV/1001_DFA_ANG_XX.wav": ("1001", "anger", "ANG", "male", "DFA", "", ""),
        "AudioWAV/1091_IEO_SAD_MD.wav": ("1091", "sadness", "SAD", "female", "IEO", "", "medium"),
        "AudioWAV/1040_ITH_SAD_X.wav": ("1040", "sadness", "SAD", "male", "ITH", "", ""),
    },
    "emovo": {
        "f1/rab-f1-b1.wav": ("f1", "anger", "rab", "female", "b1", "", ""),
        "m3/gio-m3-d2.wav": ("m3", "happiness", "gio", "male", "d2", "", ""),
    },
    "kaggle-en": {
        "Crema/1001_DFA_ANG_XX.wav": ("1001", "anger", "ANG", "male", "DFA", "", ""),
        "Ravdess/audio_speech_actors_01-24/Actor_01/03-01-08-01-01-01-01.wav": (
            *("01", "surprise", "08", "male", "kids", "01", "normal"),
        ),
        "Savee/JE_f02.wav": ("JE", "fear", "f", "male", "f02", "", ""),
        "Tess/YAF_sad/YAF_turn_sad.wav": ("YAF", "sadness", "sad", "female", "turn", "", ""),
    },
    "synthetic": {"synthetic_f1_anger_s1_t2.wav": ("f1", "anger", "anger", "female", "s1", "t2", "")},
    "folder": {
        "Angry/bob_001.wav": ("bob", "anger", "Angry", "", "", "", ""),
        "contempt/ann/x.wav": ("ann", "contempt", "contempt", "", "", "", ""),
    },
}
#: Those whose labels stand in a table, not in names: their own tests are below.
BY_TABLE = {"csv", "audiofolder"}


def test_every_corpus_has_examples():
    assert set(EXAMPLES) | BY_TABLE == set(CORPORA)


@pytest.mark.parametrize("name", CORPORA)
def test_it_says_what_it_is(name):
    corpus = CORPORA[name]
    assert corpus.name == name
    for text in (corpus.title, corpus.citation, corpus.licence, corpus.url):
        assert text.strip()
    assert set(corpus.emotions.values()) <= set(EMOTIONS)
    assert all(len(language) == 2 for language in corpus.languages)
    assert all(sex in ("female", "male") for sex, _ in corpus.speakers.values())
    assert all(math.isnan(age) or 16 <= age <= 90 for _, age in corpus.speakers.values())


@pytest.mark.parametrize("name", EXAMPLES)
def test_names_tell_who_speaks_how(name):
    corpus = CORPORA[name]
    utterances = {u.file: u for u in corpus.utterances(list(EXAMPLES[name]))}
    assert set(utterances) == set(EXAMPLES[name])
    for file, told in EXAMPLES[name].items():
        u = utterances[file]
        assert (u.speaker, u.emotion, u.label, u.sex, u.sentence, u.take, u.intensity) == told
        assert u.corpus == (name if name != "kaggle-en" else u.corpus)
        assert name == "folder" or corpus.emotions[u.label] == u.emotion
        assert name == "folder" or u.language in corpus.languages
        if corpus.speakers:
            sex, age = corpus.speakers[u.speaker]
            assert u.sex == sex
            assert u.age == age or math.isnan(u.age) == math.isnan(age)
    assert corpus.utterances(["notes.wav"])[0].emotion == ""


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_name_is_of_one_corpus(name):
    others = [c for c in CORPORA.values() if c.name not in (name, "folder", "kaggle-en")]
    for file in EXAMPLES[name]:
        path = PurePosixPath(file)
        takers = [c.name for c in others if c.parse(path) is not None]
        assert len(takers) == (1 if name == "kaggle-en" else 0), (file, takers)


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_name_is_too_odd(name):
    """Mutations of good names and rubbish: an utterance whose label is in the map, or None."""
    corpus = CORPORA[name]
    rng = random.Random(name)
    letters = string.ascii_letters + string.digits + "-_./ äß٣²"
    for _ in range(3000):
        text = list(rng.choice(list(EXAMPLES[name])))
        for _ in range(rng.randint(1, 4)):
            text[rng.randrange(len(text))] = rng.choice(letters)
        path = PurePosixPath("".join(text).strip("/") or "x")
        found = corpus.parse(path)
        if found is not None and name != "folder":
            assert corpus.emotions[found.label] == found.emotion
            assert not corpus.speakers or found.speaker in corpus.speakers


@pytest.mark.parametrize("name", [name for name, corpus in CORPORA.items() if corpus.expected])
def test_the_complete_corpus_is_of_itself(name):
    corpus = CORPORA[name]
    stems = corpus.expected()
    assert len(stems) == corpus.n_clips
    utterances = corpus.utterances([f"{stem}.wav" for stem in stems])
    assert len(utterances) == corpus.n_clips, "no two clips pass for copies of one another"
    assert {u.speaker for u in utterances} == set(corpus.speakers)
    assert {u.label for u in utterances} == set(corpus.emotions)


def test_crema_d_is_as_its_demographics_say():
    """Cao et al. (2014): 48 men and 43 women, 20 to 74 years old."""
    speakers = CORPORA["crema-d"].speakers
    assert sorted(sex for sex, _ in speakers.values()).count("male") == 48
    assert len(speakers) == 91
    assert (min(age for _, age in speakers.values()), max(age for _, age in speakers.values())) == (20, 74)
    assert speakers["1034"] == ("male", 74)


def touch(folder, *files):
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_corpus_is_recognised_from_its_names(tmp_path, name):
    touch(tmp_path, *EXAMPLES[name])
    found = find_utterances(tmp_path)
    assert found.corpus.name == name
    assert all((tmp_path / u.file).samefile(u.path) for u in found.utterances)
    own = {"crema-d", "ravdess", "savee", "tess"}
    assert {u.corpus for u in found.utterances} == (own if name == "kaggle-en" else {name})


def test_a_stray_recording_becomes_a_row_without_labels(tmp_path):
    touch(tmp_path, "03a01Fa.wav", "08b10Wd.wav", "recording.wav")
    found = find_utterances(tmp_path)
    corpus, utterances, left_out = found.corpus, found.utterances, found.passed_over
    assert corpus.name == "emodb"
    assert [u.emotion for u in utterances if u.file == "recording.wav"] == [""]
    assert left_out == 0


def test_ravdess_takes_each_clip_once_and_marks_song(tmp_path):
    touch(
        tmp_path,
        "Actor_01/03-01-05-01-01-01-01.wav",
        "audio_speech_actors_01-24/Actor_01/03-01-05-01-01-01-01.wav",
        "Actor_01/03-02-05-01-01-01-01.wav",  # song
        "Actor_01/01-01-05-01-01-01-01.webm",  # video
    )
    found = find_utterances(tmp_path, "ravdess")
    told = {u.file: u.vocal_channel for u in found.utterances}
    assert told == {"Actor_01/03-01-05-01-01-01-01.wav": "speech", "Actor_01/03-02-05-01-01-01-01.wav": "song"}
    assert found.passed_over == 2


def test_tess_as_kaggle_has_it_holds_each_clip_once(tmp_path):
    inner = "TESS Toronto emotional speech set data"
    names = ["OAF_angry/OAF_back_angry.wav", "YAF_happy/YAF_back_happy.wav"]
    touch(tmp_path, *(f"{inner}/{name}" for name in names), *(f"{inner}/{inner}/{name}" for name in names))
    found = find_utterances(tmp_path)
    assert [u.file for u in found.utterances] == [f"{inner}/{name}" for name in names]
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


def test_several_corpora_side_by_side_are_no_folders_of_emotions(tmp_path):
    touch(tmp_path / "emodb", "wav/03a01Fa.wav", "wav/08b10Wd.wav")
    touch(tmp_path / "ravdess", "Actor_01/03-01-05-01-01-01-01.wav", "Actor_01/03-01-05-01-01-02-01.wav")
    touch(tmp_path / "other", "x.wav")
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
    with pytest.raises(CorpusError, match="unknown corpus 'iemocap'; there are: kaggle-en, ravdess"):
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


def test_the_quirks_of_tess(tess):
    """The corpus's real files: two are AIFF, one has 96 kHz, one is misnamed; all can be measured."""
    import soundfile

    from prosody_ser import extract_table

    found = find_utterances(tess)
    assert (found.corpus.name, len(found.utterances), found.passed_over) == ("tess", 60, 0)
    info = {u.file: soundfile.info(u.path) for u in found.utterances}
    assert sum(i.format == "AIFF" for i in info.values()) == 2
    assert sum(i.samplerate == 96000 for i in info.values()) == 1
    misnamed = next(u for u in found.utterances if u.file == "OA_bite_neutral.wav")
    assert (misnamed.speaker, misnamed.emotion, misnamed.age) == ("OAF", "neutral", 64)
    assert {u.emotion for u in found.utterances if u.label == "ps"} == {"surprise"}
    frame = extract_table(tess).frame
    assert (frame["status"] == "ok").all()
    assert sorted(frame["sample_rate_hz"].unique()) == [24414, 96000]
    assert frame["f0_mean_st"].notna().all()


@pytest.mark.parametrize(
    ("label", "common"),
    [("Happy", "happiness"), (" ANGRY ", "anger"), ("pleasant_surprise", "surprise"), ("Awe", "awe"), ("", "")],
)
def test_the_common_vocabulary(label, common):
    assert common_emotion(label) == common


class TestSeveralSources:
    def test_one_corpus_in_several_folders_is_one(self, tmp_path):
        """``extract ravdess/Actor_*``: the same speakers, and a clip that lies in two of them once."""
        for folder, *names in (
            ("a", "03-01-05-01-01-01-01.wav", "03-01-05-01-01-02-01.wav"),
            ("b", "03-01-05-01-01-02-01.wav", "03-01-05-01-01-01-02.wav"),
        ):
            touch(tmp_path / folder, *names)
        found = find_all([tmp_path / "a", tmp_path / "b"])
        assert [len(f.utterances) for f in found] == [2, 1]
        assert [f.passed_over for f in found] == [0, 1]
        assert {u.corpus for f in found for u in f.utterances} == {"ravdess"}

    def test_speakers_of_two_folders_of_anybody_never_clash(self, tmp_path):
        for folder in ("mine", "yours", "other/mine"):
            touch(tmp_path / folder / "corpus" if folder == "x" else tmp_path / folder, "sad/ann/a.wav")
        found = find_all([tmp_path / "yours", tmp_path / "other" / "mine", tmp_path / "mine"])
        names = [f.utterances[0].corpus for f in found]
        assert names == ["folder:yours", "folder:mine", "folder:mine-2"]
        assert [f.utterances[0].corpus for f in find_all([tmp_path / "mine"])] == ["folder"]

    def test_none_and_one_twice(self, tmp_path):
        touch(tmp_path, "03a01Fa.wav")
        with pytest.raises(CorpusError, match="no folder"):
            find_all([])
        with pytest.raises(CorpusError, match="named twice"):
            find_all([tmp_path, f"{tmp_path}/."])

    def test_a_table_over_corpora_keeps_their_speakers_apart(self, tmp_path):
        from prosody_ser import extract_table

        write_wav(tmp_path / "a" / "03a01Fa.wav", voice(120, 0.3))
        write_wav(tmp_path / "b" / "Actor_03" / "03-01-03-01-01-01-03.wav", voice(130, 0.3))
        write_wav(tmp_path / "c" / "joy" / "03_x.wav", voice(140, 0.3))
        write_wav(tmp_path / "d" / "joy" / "03_x.wav", voice(150, 0.3))
        table = extract_table([tmp_path / name for name in "abcd"])
        assert list(table.frame["corpus"]) == ["emodb", "ravdess", "folder:c", "folder:d"]
        assert set(table.frame["emotion"]) == {"happiness"}
        assert list(table.frame["label"]) == ["F", "03", "joy", "joy"]
        assert len(set(table.X.index.get_level_values("speaker"))) == 4


def labels(folder, text, encoding="utf-8", name="labels.csv"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode(encoding))
    return folder / name


class TestLabelsCsv:
    def test_the_whole(self, tmp_path):
        touch(tmp_path, "a.wav", "sub/b.wav")
        path = labels(
            tmp_path,
            "file,start,end,speaker,emotion,gender,age,room,note\n"
            'a.wav,0.5,2,ann,Happy,F,31,blue,"said ""no"", twice"\n'
            "a.wav,2,,ann,sad,F,31,blue,\n"
            "sub/b.wav,,,bob,Awe,male,,green,x\n",
        )
        found = find_utterances(path)
        assert found.corpus.name == "csv"
        a, b, c = found.utterances
        assert (a.file, a.start, a.end, a.speaker, a.emotion, a.label) == ("a.wav", 0.5, 2, "ann", "happiness", "Happy")
        assert (a.sex, a.age, a.extra) == ("female", 31, (("room", "blue"), ("note", 'said "no", twice')))
        assert (b.start, math.isnan(b.end), b.emotion) == (2, True, "sadness")
        assert (c.file, c.start, c.emotion, c.sex, math.isnan(c.age)) == ("sub/b.wav", 0, "awe", "male", True)
        assert found.notes == (f"{path} line 1: kept as metadata, not known: room, note",)

    def test_what_is_wrong_is_said_line_by_line(self, tmp_path):
        touch(tmp_path, "a.wav", "b.wav")
        path = labels(
            tmp_path,
            "file,start,end,speaker,emotion\n"
            "a.wav,0,1,ann,sad\n"
            "a.wav,0,1,ann,sad\n"
            "gone.wav,,,ann,sad\n"
            "b.wav,one,,ann,sad\n"
            "b.wav,2,1,ann,sad\n"
            ",,,ann,sad\n"
            "b.wav,ann,sad\n"
            "\n"
            "b.wav,0,nan,ann,sad\n"
            "b.wav,,,bob,happy\n",
        )
        found = find_utterances(path)
        assert [(u.file, u.speaker) for u in found.utterances] == [
            ("a.wav", "ann"),
            ("b.wav", "bob"),
            ("gone.wav", "ann"),
        ]
        said = {int(note.partition(" line ")[2].partition(":")[0]): note.partition(": ")[2] for note in found.notes}
        assert said == {
            3: "a.wav is in line 2 already; left out",
            4: "gone.wav: no such file",
            5: "start is 'one', not a number; left out",
            6: "a stretch from 2 to 1 s; left out",
            7: "names no file; left out",
            8: "3 cells under 5 columns; left out",
            10: "end is 'nan', not a number; left out",
        }
        assert all(note.startswith(f"{path} line ") for note in found.notes)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("name,emotion\na.wav,sad\n", "line 1: lacks the column 'file'; it has name, emotion"),
            ("file,speaker\na.wav,ann\n", "line 1: lacks the column 'emotion'"),
            ("file,emotion,File\na.wav,sad,b\n", "line 1: the column 'file' stands there twice"),
            ("file,emotion,status\na.wav,sad,ok\n", "line 1: 'status' is a column of the table"),
            ("file,speaker,emotion\na.wav,ann,sad\na.wav,bob,sad\n", "line 3: a.wav has another .* in line 2"),
            ('file,emotion\n"a.wav,sad\n', "not a CSV that can be read"),
            ("file,emotion\n", "holds no labels"),
            ("", "lacks the column 'file'"),
        ],
    )
    def test_what_cannot_be_used_is_refused(self, tmp_path, text, message):
        path = labels(tmp_path, text)
        with pytest.raises(CorpusError, match=message) as refused:
            find_utterances(path)
        assert str(refused.value).startswith(str(path))

    @pytest.mark.parametrize(
        ("encoding", "said"),
        [
            ("utf-8", None),
            ("utf-8-sig", None),
            ("utf-16", "is UTF-16, read as such"),
            ("cp1252", "line 3: is not UTF-8; read as Windows-1252"),
        ],
    )
    @pytest.mark.parametrize("separator", ",;\t")
    def test_encodings_and_separators(self, tmp_path, encoding, said, separator):
        touch(tmp_path, "a.wav", "schön.wav")
        rows = ["file,speaker,emotion", "a.wav,ann,sad", "schön.wav,jürg,sad"]
        path = labels(tmp_path, "\r\n".join(rows).replace(",", separator) + "\r\n", encoding)
        found = find_utterances(path)
        assert [(u.file, u.speaker) for u in found.utterances] == [("a.wav", "ann"), ("schön.wav", "jürg")]
        assert [note.removeprefix(f"{path} ").removeprefix(f"{path}: ") for note in found.notes] == (
            [said] if said else []
        )

    def test_rows_of_the_table(self, tmp_path, cli):
        """Stretches have the values of the same samples in a file of their own; a missing file is a row too."""
        from prosody_ser import extract_table

        samples = [voice(150, 0.6), voice(220, 0.8)]
        write_wav(tmp_path / "both.wav", [*samples[0], *samples[1]])
        for i, part in enumerate(samples):
            write_wav(tmp_path / f"part{i}.wav", part)
        path = labels(
            tmp_path,
            "file,start,end,speaker,emotion,room\nboth.wav,0,0.6,ann,sad,7\nboth.wav,0.6,,ann,joy,8\n"
            "part0.wav,,,ann,sad,7\npart1.wav,,,ann,joy,8\ngone.wav,,,ann,joy,9\n",
        )
        table = extract_table(path)
        frame = table.frame
        assert list(frame["status"]) == ["ok", "ok", "unreadable", "ok", "ok"]
        assert list(frame["room"]) == ["7", "8", "9", "7", "8"]
        assert list(frame["start"][:2]) == [0, 0.6]
        assert list(frame["end"][:2]) == pytest.approx([0.6, 1.4])
        names = list(table.feature_names)
        for stretch, alone in ((0, 3), (1, 4)):
            assert frame.loc[stretch, names].astype(float).to_numpy() == pytest.approx(
                frame.loc[alone, names].astype(float).to_numpy(), nan_ok=True
            )
        done = cli("extract", path, "out.csv")
        assert done.status == 0
        assert "line 6: gone.wav: no such file" in done.err
        assert "kept as metadata, not known: room" in done.err
        assert "labels" in cli("extract", tmp_path, path).err  # named last, it must not be overwritten
        assert path.read_text().startswith("file,start")

    def test_its_folder_is_named_for_it(self, tmp_path):
        touch(tmp_path, "a.wav")
        with pytest.raises(CorpusError, match="name the CSV"):
            find_utterances(tmp_path, "csv")


class TestAudiofolder:
    def test_splits(self, tmp_path):
        touch(tmp_path, "train/a.wav", "train/x/b.wav", "test/a.wav")
        labels(
            tmp_path / "train", "file_name,speaker_id,label\na.wav,ann,happy\nx/b.wav,bob,sad\n", name="metadata.csv"
        )
        labels(tmp_path / "test", "file_name,speaker_id,emotion,label\na.wav,eve,happy,2\n", name="metadata.csv")
        found = find_utterances(tmp_path)
        assert found.corpus.name == "audiofolder"
        told = [(u.file, u.speaker, u.emotion, u.label) for u in found.utterances]
        assert told == [
            ("test/a.wav", "eve", "happiness", "2"),
            ("train/a.wav", "ann", "happiness", "happy"),
            ("train/x/b.wav", "bob", "sadness", "sad"),
        ]
        assert found.notes == ()

    def test_another_metadata_csv_is_none(self, tmp_path):
        touch(tmp_path, "03a01Fa.wav")
        labels(tmp_path, "actor,age\n03,31\n", name="metadata.csv")
        assert find_utterances(tmp_path).corpus.name == "emodb"
        with pytest.raises(CorpusError, match=r"no metadata\.csv with a column file_name"):
            find_utterances(tmp_path, "audiofolder")

"""One contract for all corpora."""

import random
from pathlib import PurePosixPath

import pytest

from prosody_ser.datasets import CORPORA, EMOTIONS, Utterance, find_utterances
from tests.support.folders import touch

#: For each corpus: names as they are in it, and what its documentation says that they mean.
EXAMPLES = {
    "ravdess": {
        "Actor_12/03-01-06-02-02-01-12.wav": Utterance(
            *("", "ravdess", "12", "fear", "06", "female"),
            **{"language": "en", "sentence": "dogs", "take": "01", "intensity": "strong", "vocal_channel": "speech"},
        ),
        "Actor_01/03-02-03-01-01-02-01.flac": Utterance(
            *("", "ravdess", "01", "happiness", "03", "male"),
            **{"language": "en", "sentence": "kids", "take": "02", "intensity": "normal", "vocal_channel": "song"},
        ),
    },
    "emodb": {
        "wav/03a01Fa.wav": Utterance("", "emodb", "03", "happiness", "F", "male", 31, "de", "a01", "a"),
        "wav/16b10Wb.wav": Utterance("", "emodb", "16", "anger", "W", "female", 31, "de", "b10", "b"),
    },
    "tess": {
        "OAF_angry/OAF_back_angry.wav": Utterance("", "tess", "OAF", "anger", "angry", "female", 64, "en", "back"),
        "YAF_pleasant_surprised/YAF_youth_ps.wav": Utterance(
            "", "tess", "YAF", "surprise", "ps", "female", 26, "en", "youth"
        ),
        "OAF_neutral/OA_bite_neutral.wav": Utterance(
            "", "tess", "OAF", "neutral", "neutral", "female", 64, "en", "bite"
        ),
    },
    "savee": {
        "DC_a01.wav": Utterance("", "savee", "DC", "anger", "a", "male", language="en", sentence="a01"),
        "AudioData/KL/n30.wav": Utterance("", "savee", "KL", "neutral", "n", "male", language="en", sentence="n30"),
        "JE/su02.wav": Utterance("", "savee", "JE", "surprise", "su", "male", language="en", sentence="su02"),
    },
    "cremad": {
        "AudioWAV/1001_IEO_ANG_HI.wav": Utterance(
            "", "cremad", "1001", "anger", "ANG", "male", 51, "en", "IEO", "", "high"
        ),
        "AudioWAV/1091_WSI_NEU_XX.wav": Utterance("", "cremad", "1091", "neutral", "NEU", "female", 29, "en", "WSI"),
        "AudioWAV/1040_ITH_SAD_X.wav": Utterance("", "cremad", "1040", "sadness", "SAD", "male", 42, "en", "ITH"),
    },
    "emovo": {
        "EMOVO/f1/dis-f1-b1.wav": Utterance(
            "", "emovo", "f1", "disgust", "dis", "female", language="it", sentence="b1"
        ),
        "EMOVO/m3/gio-m3-n5.wav": Utterance(
            "", "emovo", "m3", "happiness", "gio", "male", language="it", sentence="n5"
        ),
    },
    "ser-en": {
        "Crema/1002_DFA_FEA_XX.wav": Utterance("", "cremad", "1002", "fear", "FEA", "female", 21, "en", "DFA"),
        "Ravdess/audio_speech_actors_01-24/Actor_01/03-01-02-01-01-01-01.wav": Utterance(
            *("", "ravdess", "01", "calm", "02", "male"),
            **{"language": "en", "sentence": "kids", "take": "01", "intensity": "normal", "vocal_channel": "speech"},
        ),
        "Savee/JK_sa15.wav": Utterance("", "savee", "JK", "sadness", "sa", "male", language="en", sentence="sa15"),
        "Tess/OAF_angry/OAF_back_angry.wav": Utterance("", "tess", "OAF", "anger", "angry", "female", 64, "en", "back"),
    },
    "synthetic": {
        "synthetic_f1_anger_s1_t2.wav": Utterance(
            "", "synthetic", "f1", "anger", "anger", "female", language="en", sentence="s1", take="t2"
        )
    },
    "csv": {
        "a.wav": Utterance("", "csv", "ann", "happiness", "Joy"),
        "below/b.wav": Utterance("", "csv", "bob", "contempt", "Contempt"),
    },
    "audiofolder": {
        "a.wav": Utterance("", "audiofolder", "1", "anger", "Angry"),
        "below/b.wav": Utterance("", "audiofolder", "2", "neutral", "neutral"),
    },
    "folder": {
        "Angry/bob_001.wav": Utterance("", "folder", "bob", "anger", "Angry"),
        "sad/ann/x.wav": Utterance("", "folder", "ann", "sadness", "sad"),
        "contempt/ann/x.wav": Utterance("", "folder", "ann", "contempt", "contempt"),
    },
}
#: What stands beside the recordings.
BESIDE = {
    "csv": {"metadata.csv": "file,speaker,emotion\na.wav,ann,Joy\nbelow/b.wav,bob,Contempt\n"},
    "audiofolder": {"metadata.csv": "file_name,label,speaker_id\na.wav,Angry,1\nbelow/b.wav,neutral,2\n"},
}
NAMED = [name for name, corpus in CORPORA.items() if not corpus.generic]


def made(folder, name):
    """Make a folder with the examples of a corpus."""
    touch(folder, *EXAMPLES[name])
    for file, text in BESIDE.get(name, {}).items():
        (folder / file).write_text(text)
    return folder


def known(utterance):
    """Return all fields of a clip except its path; NaN as text, because it is not equal to itself."""
    skipped = ("file", "path", "start", "end", "extra")
    return {name: str(getattr(utterance, name)) for name in Utterance.__slots__ if name not in skipped} | {
        "age": str(float(utterance.age))
    }


@pytest.mark.parametrize("name", CORPORA)
def test_it_describes_itself(name):
    corpus = CORPORA[name]
    assert corpus.name == name
    assert all((corpus.title, corpus.citation, corpus.licence, corpus.url))
    assert all(len(language) == 2 for language in corpus.languages)
    assert set(corpus.emotions.values()) <= set(EMOTIONS)
    assert bool(corpus.emotions) == (not corpus.generic)
    for speaker, (sex, age) in corpus.speakers.items():
        assert speaker.strip() == speaker != ""
        assert sex in {"female", "male"}
        assert age != age or 10 < age < 100


@pytest.mark.parametrize("name", CORPORA)
def test_its_examples_are_recognised_and_mean_what_they_should(name, tmp_path):
    contents = find_utterances(made(tmp_path, name))
    corpus = CORPORA[name]
    assert contents.corpus is corpus
    assert {u.file: known(u) for u in contents.utterances} == {
        file: known(utterance) for file, utterance in EXAMPLES[name].items()
    }
    assert [u.file for u in contents.utterances] == sorted(EXAMPLES[name])
    for utterance in contents.utterances:
        assert utterance.path == str(tmp_path / utterance.file)
        assert utterance.sex in {"", "female", "male"}
        if not corpus.generic:
            assert corpus.emotions[utterance.label] == utterance.emotion
            assert utterance.language in corpus.languages
        if corpus.speakers:
            sex, age = corpus.speakers[utterance.speaker]
            assert (utterance.sex, str(utterance.age)) == (sex, str(age))


@pytest.mark.parametrize("name", CORPORA)
def test_the_same_when_it_is_named(name, tmp_path):
    folder = made(tmp_path, name)
    assert str(find_utterances(folder, name)) == str(find_utterances(folder))


@pytest.mark.parametrize("name", [name for name in CORPORA if CORPORA[name].expected])
def test_a_complete_corpus_parses_to_itself(name):
    corpus = CORPORA[name]
    names = corpus.expected()
    assert len(names) == corpus.n_clips
    utterances = {stem: corpus.parse(PurePosixPath(f"{stem}.wav")) for stem in names}
    assert all(corpus.clip_name(utterance) == stem for stem, utterance in utterances.items())
    assert {u.speaker for u in utterances.values()} == set(corpus.speakers)
    assert {u.emotion for u in utterances.values()} == set(corpus.emotions.values())
    assert len(corpus.utterances([f"{stem}.wav" for stem in names])) == corpus.n_clips


@pytest.mark.parametrize("name", NAMED)
def test_no_other_claims_its_names(name):
    """The collection contains other corpora, so each name belongs to exactly one of them."""
    for file in EXAMPLES[name]:
        claims = {other for other in NAMED if CORPORA[other].parse(PurePosixPath(file))}
        assert claims == ({"ser-en", EXAMPLES[name][file].corpus} if name == "ser-en" else {name})


def names_at_random(n_names, seed=0):
    """Examples of all corpora, whole or with characters changed, cut out or put in, in folders of any depth."""
    rng = random.Random(seed)
    examples = [file for files in EXAMPLES.values() for file in files]
    odd = "0123456789abcdefABCDEF_-./ ²٣ßẞ\n\t\udcff\u202e"
    for _ in range(n_names):
        name = list(rng.choice(examples) if rng.random() < 0.9 else "x" * rng.randrange(1, 300))
        for _ in range(rng.randrange(4)):
            at = rng.randrange(len(name) + 1)
            name[at : at + rng.randrange(2)] = rng.choice(odd) if rng.random() < 0.7 else ""
        yield "".join(name) or "."


@pytest.mark.parametrize("name", CORPORA)
def test_no_name_makes_it_fail(name):
    corpus = CORPORA[name]
    n_known = 0
    for file in names_at_random(2000):
        utterance = corpus.parse(PurePosixPath(file))
        assert isinstance(corpus.also(PurePosixPath(file)), bool)
        if utterance is not None:
            n_known += 1
            assert utterance.file == str(PurePosixPath(file))
            if not corpus.generic:
                assert corpus.emotions[utterance.label] == utterance.emotion
                assert not corpus.speakers or utterance.speaker in corpus.speakers
                assert corpus.identity(utterance)
    assert n_known > 20 or corpus.read


def test_every_corpus_has_examples():
    assert set(EXAMPLES) == set(CORPORA)

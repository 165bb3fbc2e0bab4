"""A clip that is judged is not an enrolment clip of its own speaker, whatever its name."""

import shutil

import pytest

from prosody_ser import default_model_path
from prosody_ser.errors import ProtocolError
from prosody_ser.prediction.enrolment_names import notes_on_enrolment
from prosody_ser.prediction.own_enrolment import without_judged
from tests.support.command_line import assert_refused
from tests.support.folders import touch
from tests.support.signals import voice, write_wav


@pytest.fixture
def own(tmp_path):
    """A folder with recordings of one speaker."""
    for k in range(3):
        write_wav(tmp_path / "own" / f"c{k}.wav", voice(120 + 10 * k))
    return tmp_path / "own"


def test_it_is_recognised_by_its_path_and_by_its_content(own, tmp_path):
    names = [str(own / f"c{k}.wav") for k in range(3)]
    shutil.copy(names[0], tmp_path / "copy.wav")
    (tmp_path / "link.wav").symlink_to(names[0])
    for judged in (
        names[0],
        str(own / ".." / "own" / "c0.wav"),
        str(tmp_path / "copy.wav"),
        str(tmp_path / "link.wav"),
    ):
        assert without_judged(own, [judged]) == (names[1:], names[:1])
    assert without_judged(own, [(own / "c0.wav").read_bytes()]) == (names[1:], names[:1])
    assert without_judged(names, [names[2], names[0]]) == (names[1:2], [names[0], names[2]])


def test_other_recordings_stay_also_those_that_cannot_be_read(own, tmp_path):
    write_wav(tmp_path / "other.wav", voice(120 + 10 * 5))  # as long as the others
    kept, left_out = without_judged([own, own / "gone.wav"], [str(tmp_path / "other.wav"), str(tmp_path / "none.wav")])
    assert (len(kept), left_out) == (4, [])


def test_nothing_left_is_an_error(own):
    for enrol, judged in ((own / "c0.wav", [own / "c0.wav"]), (own, sorted(own.iterdir()))):
        with pytest.raises(ProtocolError, match="every enrolment clip is also to be judged"):
            without_judged(enrol, map(str, judged))


def test_an_enrolment_that_does_not_exist_is_refused_with_the_nearest_name(cli, own):
    assert_refused(
        cli("predict", default_model_path(), "own", "--enrol", "owm"), "owm: no such folder; did you mean own?"
    )


def test_names_that_show_several_speakers_or_one_emotion_are_noted(own, tmp_path):
    touch(
        tmp_path, *(f"rec/anger/{name}_{k}.wav" for name in ("ann", "bob") for k in range(2)), "rec/sadness/ann_9.wav"
    )
    notes = [*notes_on_enrolment(sorted(map(str, (tmp_path / "rec/anger").iterdir())))]
    assert "show 2 speakers (ann, bob), but all clips must be of the person who speaks" in notes[0]
    assert notes[1] == "all enrolment clips are of anger; clips of mixed emotions work better"
    mixed = [str(tmp_path / name) for name in ("rec/anger/ann_0.wav", "rec/sadness/ann_9.wav")]
    assert [*notes_on_enrolment(mixed)] == []
    touch(tmp_path, "emodb/03a01Wa.wav", "emodb/03a01Fa.wav", "emodb/08a01Fa.wav")
    assert "2 speakers (03, 08)" in next(notes_on_enrolment(list(map(str, (tmp_path / "emodb").iterdir()))))
    assert [*notes_on_enrolment([*map(str, own.iterdir()), str(own / "gone.wav")])] == []

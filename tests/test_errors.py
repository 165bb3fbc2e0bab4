"""Errors suggest the nearest name, and shorten long lists."""

import pytest

from prosody_ser.errors import CorpusError, ProtocolError, chosen, counted, listed, none_of


def test_what_is_chosen_comes_back():
    assert chosen("model", "svm", {"svm": 1}) == 1
    assert chosen("format", "text", ("text", "json")) == "text"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("svn", r"unknown model 'svn'; did you mean svm\? Choose from: svm, rf, or your own"),
        ("transformer", "unknown model 'transformer'; choose from svm, rf, or your own"),
        (None, "unknown model None; choose from svm, rf, or your own"),
        (["svm"], r"unknown model \['svm'\]; "),
    ],
)
def test_another_name_is_refused_with_the_nearest(name, says):
    with pytest.raises(ProtocolError, match=f"^{says}"):
        chosen("model", name, ("svm", "rf"), ", or your own")


def test_the_error_is_the_callers():
    with pytest.raises(CorpusError, match="did you mean emodb"):
        chosen("corpus", "emo-db", ("emodb", "tess"), error=CorpusError)


def test_counts_are_in_words():
    assert (counted(1, "clip"), counted(1440, "clip"), counted(2, "copy", "copies")) == (
        "1 clip",
        "1,440 clips",
        "2 copies",
    )
    assert none_of(3, "clip", "can", "be used") == "none of the 3 clips can be used"
    assert none_of(1, "clip", "can", "be used") == "the only clip cannot be used"
    assert none_of(1, "clip", "could", "be used") == "the only clip could not be used"


def test_long_lists_are_cut():
    assert listed(["a", "b", "c"], 3) == "a, b, c"
    assert listed("abcde", 3) == "a, b, c and 2 more"
    assert listed([], 3) == ""

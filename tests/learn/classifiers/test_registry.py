"""The note about a slow model, which comes before the model is fitted."""

import re

import pytest

from prosody_ser.cli.input_table import warn_about_long_fits
from prosody_ser.learn.classifiers.registry import MODELS, takes_long


@pytest.mark.parametrize("model", MODELS)
def test_a_model_that_takes_long_names_others_that_do_not(model):
    assert takes_long(model, 1000) is None
    note = takes_long(model, 90_000)
    if note is not None:
        assert note.startswith(f"{model} will take long: there are about 90,000 clips to train on")
        named = re.search(r"faster models are (.+) \(--model\)", note).group(1).split(", ")
        assert named
        assert all(takes_long(other, 10**9) is None for other in named)


def test_the_note_comes_before_anything_is_fitted(capsys):
    warn_about_long_fits(["svm", "lda", "mine:Classifier"], 90_000)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("prosody-ser: svm will take long")

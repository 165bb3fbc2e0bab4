"""A model file of each earlier format version still opens and gives the same predictions."""

import json

import numpy as np
import pandas as pd
import pytest

from prosody_ser import load_model
from prosody_ser.model.file_format.zip_members import FORMAT_VERSION
from prosody_ser.report.text.model.card import FORMATS
from tests.support.make_model_file import SAVED

VERSIONS = range(1, FORMAT_VERSION + 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_of_each_format_version_opens(version):
    path = SAVED / f"v{version}-lda.skops"
    saved = json.loads(path.with_suffix(".json").read_text())
    model = load_model(path)
    rows = pd.DataFrame(saved["rows"], dtype=float)
    assert list(rows.columns) == list(model.features)
    assert model.feature_set == "prosody_v1"
    assert np.allclose(model.probabilities(rows), saved["probabilities"], rtol=0, atol=1e-9)
    assert np.allclose(model.novelty.score(rows), saved["novelty"], rtol=0, atol=1e-6)
    for show in FORMATS.values():
        assert "Synthetic speech" in show(model.card)


def test_there_is_a_file_for_each_format_version():
    assert {path.name for path in SAVED.glob("*.skops")} == {f"v{version}-lda.skops" for version in VERSIONS}

"""The values that a search tries."""

from math import prod

import pytest

from prosody_ser import make_pipeline
from prosody_ser.learn.classifiers.registry import MODELS
from prosody_ser.learn.tuning.spaces import SMALL, SPACES, WIDE
from tests.support.pipelines import quick_pipeline
from tests.support.tables import acted_table

TABLE = acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0)


@pytest.mark.parametrize("model", MODELS)
def test_search_spaces_fit_their_model(model):
    """The pipeline accepts each value, and the spaces contain the registry's values."""
    pipeline = make_pipeline(model)
    assert set(SPACES[model]) == {SMALL, WIDE}
    assert prod(len(values) for values in SPACES[model][SMALL].values()) <= 12
    assert prod(len(values) for values in SPACES[model][WIDE].values()) <= 100
    for space in SPACES[model].values():
        for name, values in space.items():
            assert pipeline.get_params()[name] in values
            for value in values:
                make_pipeline(model).set_params(**{name: value})
                quick = quick_pipeline(model)  # the quick ensemble lacks a member
                slow = name in ("model__hidden_layer_sizes", "model__alpha") or MODELS[model].reads
                if name in quick.get_params() and not slow:
                    quick.set_params(**{name: value}).fit(TABLE.X, TABLE.y)

"""All kinds of results are written, read and checked against their schema, and give DataFrames."""

import numpy as np
import pytest

from prosody_ser import compare, cross_corpus, evaluate
from prosody_ser.errors import ProsodySerError
from prosody_ser.results import Comparison, CrossResult, Result
from tests.support.pipelines import quick_pipeline
from tests.support.tables import acted_table, keep


@pytest.fixture(scope="module")
def table():
    return acted_table(6, rows_each=12, n_features=4, signal=1.0)


@pytest.fixture(scope="module")
def documents(table):
    one, other = (evaluate(table, quick_pipeline(model), folds="3x2") for model in ("lda", "knn"))
    halves = {}
    for name, speakers in (("a", ["s00", "s01", "s02"]), ("b", ["s03", "s04", "s05"])):
        halves[name] = keep(table, table.frame["speaker"].isin(speakers))
    return one, compare([one, other]), cross_corpus(halves, quick_pipeline("lda"))


def test_each_kind_survives_its_file_and_is_whole(documents, tmp_path):
    for kind, made in zip((Result, Comparison, CrossResult), documents, strict=True):
        path = tmp_path / f"{kind.__name__}.json"
        made.write(path)
        assert made.fault() is None
        assert kind.read_whole(path).data == kind.read(path).data == made.data
        for other in {Result, Comparison, CrossResult} - {kind}:
            with pytest.raises(ProsodySerError, match=f"not a result of 'prosody-ser {other.command}'"):
                other.read(path)
        kind({key: value for key, value in made.data.items() if key != "labels"}).write(path)
        with pytest.raises(ProsodySerError, match=f"'labels' is a required property.*run '{kind.command}' again"):
            kind.read_whole(path)
        kind(made.data | {"schema_version": 99}).write(path)
        with pytest.raises(ProsodySerError, match=r"schema version 99, .* reads version 1; update prosody-ser"):
            kind.read(path)
        kind(made.data | {"schema_version": 0}).write(path)
        with pytest.raises(ProsodySerError, match=rf"version 0, .*; run 'prosody-ser {kind.command}' again"):
            kind.read(path)


def test_frames_of_a_result_are_its_data(documents, table):
    result = documents[0]
    predictions = result.predictions
    assert len(predictions) == 2 * len(table)  # two repeats
    assert list(predictions["file"][: len(table)]) == list(table.frame["file"])
    best = predictions[[f"score_{label}" for label in result.data["labels"]]].idxmax(axis=1).str.removeprefix("score_")
    assert list(best) == list(predictions["predicted"])
    assert (predictions["emotion"] == predictions["predicted"]).mean() == pytest.approx(result.accuracy)
    pooled = result.confusion
    assert (
        pooled.loc["class0", "class1"]
        == ((predictions["emotion"] == "class0") & (predictions["predicted"] == "class1")).sum()
    )
    assert np.diag(pooled / pooled.sum(axis=1).to_numpy()[:, None]).mean() == pytest.approx(result.uar)
    speakers = result.per_speaker
    assert speakers.index.name == "speaker"
    assert (speakers["n_clips"] == table.frame["speaker"].value_counts().sort_index()).all()

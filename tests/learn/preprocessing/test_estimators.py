"""A pipeline that was fitted before and is never fitted again knows the clips that are held out."""

import pytest
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline as pipeline_of

from prosody_ser import cross_corpus, evaluate, importances, make_pipeline
from prosody_ser.errors import ProtocolError
from tests.support.tables import acted_table

TABLE = acted_table(4, rows_each=10, n_features=4, signal=1.0)
FITTED = make_pipeline("lda").fit(TABLE.X, TABLE.y)
STAYS = "is fitted already and is never fitted again"
FOREST = RandomForestClassifier(5, random_state=0).fit(TABLE.X, TABLE.y)


class Growing(LogisticRegression):
    """A classifier whose clone is itself, so that each fold would go on from the clips of the folds before it."""

    def __sklearn_clone__(self):
        return self


@pytest.mark.parametrize(
    "pipeline",
    [
        FrozenEstimator(FITTED),
        pipeline_of(SelectFromModel(FOREST, prefit=True), LogisticRegression()),
        pipeline_of(SelectFromModel(FrozenEstimator(FOREST)), LogisticRegression()),
        StackingClassifier([("lda", FITTED)], LogisticRegression(), cv="prefit"),
        pipeline_of(Growing()),
    ],
    ids=["frozen", "prefit", "inside", "stacking", "its own clone"],
)
def test_steps_that_stay_fitted_are_refused(pipeline):
    for score in (evaluate, importances):
        with pytest.raises(ProtocolError, match=STAYS):
            score(TABLE, pipeline)
    with pytest.raises(ProtocolError, match=STAYS):
        cross_corpus({"one": TABLE, "two": TABLE}, pipeline)


def test_a_fitted_pipeline_is_fitted_anew():
    assert evaluate(TABLE, FITTED).data == evaluate(TABLE, make_pipeline("lda")).data

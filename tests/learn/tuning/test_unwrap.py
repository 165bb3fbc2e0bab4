"""The pipeline inside estimators that calibrate or search it, and the note in a result if there are several."""

from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import GridSearchCV

from prosody_ser import evaluate, make_pipeline, make_tuned_pipeline
from prosody_ser.learn.splits.splitters import LeaveOneSpeakerOut
from prosody_ser.learn.tuning.unwrap import unwrapped
from tests.support.tables import acted_table

TABLE = acted_table(4, rows_each=30, n_features=6, signal=1.0)
X, Y = TABLE.X, TABLE.y.to_numpy(dtype=object)
SPACE = {"model__shrinkage": [0.1, 0.9]}


def test_the_fitted_pipeline_is_unwrapped_at_any_depth():
    plain = make_pipeline("lda")
    wrapped = (
        make_pipeline("lda", calibrate=True),
        make_tuned_pipeline("lda", space=SPACE, calibrate=True),
        GridSearchCV(make_pipeline("lda", calibrate=True), {"estimator__model__shrinkage": [0.1]}, cv=2),
    )
    for estimator in (plain, *wrapped):
        assert unwrapped(estimator).steps[-1][0] == "model"
        inner = unwrapped(estimator.fit(X, Y))
        assert inner.predict(X).tolist() == estimator.predict(X).tolist()
    one = CalibratedClassifierCV(plain, ensemble=False, cv=2).fit(X, Y)
    assert unwrapped(one).predict(X).tolist() == plain.predict(X).tolist()  # fitted on all rows, as `plain` is


def test_of_several_fitted_pipelines_none_stands_for_all():
    calibrated = CalibratedClassifierCV(make_pipeline("lda", select="kbest:2"), cv=2, ensemble=True)
    assert hasattr(unwrapped(calibrated), "steps")
    assert unwrapped(calibrated.fit(X, Y)) is calibrated
    assert "selection" not in evaluate(TABLE, calibrated, folds=LeaveOneSpeakerOut()).data
    assert "selection" in evaluate(TABLE, make_pipeline("lda", select="kbest:2")).data

"""Coefficients or impurities of a model fitted on all clips; they are in-sample, not held out, and marked as such."""

from typing import Any, NoReturn

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from ...errors import ProtocolError
from ...parallel.one_thread import one_thread
from ...results.jsonable import records
from ...tables.feature_table import FeatureTable
from ..evaluation.fitting import takes_validation
from ..preprocessing.estimators import check_pipeline
from ..splits.evaluation_plan import EvaluationPlan, rows_of
from .feature_groups import family_of
from .fitted import linear_weights, model_of, reaching_model

LINEAR, FOREST = "linear coefficients", "forest impurity"
WARNING = (
    "in-sample: from one fit on all clips, without held-out speakers. It shows which features the model uses, not "
    "which help with new speakers; noise also has weight here. Use held-out importances for the latter."
)


def in_sample(table: FeatureTable | EvaluationPlan, pipeline: BaseEstimator) -> pd.DataFrame:
    """Weight of each feature in a model that is fitted once on all usable clips: IN-SAMPLE, no speaker is held out.

    For a linear model (linear-svm, logreg, lda), this is the coefficient of each feature for each emotion: the increase
    of the emotion's score for one standard deviation of the feature, as scaled by the scaler (over all clips, or over
    those of one speaker with speaker normalisation). Coefficients of correlated features depend on each other and can
    have either sign. For a forest (rf), it is the mean decrease in impurity; these shares add up to 1 and favour
    features with many different values.

    Parameters
    ----------
    table : FeatureTable or EvaluationPlan
    pipeline : estimator
        From :func:`make_pipeline`.

    Returns
    -------
    DataFrame
        The columns are `rank`, `feature`, `family`, then one for each emotion (linear model; sorted by the largest
        absolute coefficient), or `importance` and `sd` over trees (forest). Features that a selection has removed are
        missing. ``attrs["kind"]`` is the kind of weights, and ``attrs["warning"]`` a warning to be shown with them.

    Raises
    ------
    ProtocolError
        If the model has neither coefficients nor impurities, or the table cannot be scored.

    References
    ----------
    Strobl, C. et al. (2007). Bias in random forest variable importance measures. BMC Bioinformatics 8, 25.
    """
    check_pipeline(pipeline)
    if takes_validation(model_of(pipeline)):  # refuse a network before training it, which takes minutes
        _refuse(model_of(pipeline))
    X, y, copies = rows_of(table)
    with one_thread():
        fitted = clone(pipeline).fit(*copies.training(X, y.to_numpy(dtype=object)))
    model = model_of(fitted)
    names = list(reaching_model(fitted, X.iloc[:2]).columns)
    weights = linear_weights(model)
    if weights is not None:
        rows = pd.DataFrame(weights.T, columns=[str(label) for label in model.classes_])
        strength, kind = np.abs(weights).max(axis=0), LINEAR
    elif hasattr(model, "feature_importances_"):
        strength, kind = model.feature_importances_, FOREST
        rows = pd.DataFrame({"importance": strength})
        if hasattr(model, "estimators_"):
            rows["sd"] = np.std([tree.feature_importances_ for tree in model.estimators_], axis=0)
    else:
        _refuse(model)
    rows.insert(0, "feature", names)
    rows.insert(1, "family", [family_of(name, "") for name in names])
    rows = rows.iloc[np.argsort(-strength, kind="stable")].reset_index(drop=True)
    rows.insert(0, "rank", np.arange(1, len(rows) + 1))
    rows.attrs |= {"kind": kind, "warning": WARNING}
    return rows


def in_sample_block(weights: pd.DataFrame) -> dict[str, Any]:
    """The result of :func:`in_sample` as the block ``in_sample`` of a result."""
    if weights.attrs["kind"] == LINEAR:
        coefficients = records(weights.drop(columns=["rank", "feature", "family"]))
        features = [
            row | {"coefficients": of_feature}
            for row, of_feature in zip(records(weights[["rank", "feature", "family"]]), coefficients, strict=True)
        ]
    else:
        features = records(weights)
    return {"kind": weights.attrs["kind"], "warning": weights.attrs["warning"], "features": features}


def _refuse(model: Any) -> NoReturn:
    raise ProtocolError(
        f"{type(model).__name__} has neither coefficients nor impurities to show in-sample: use linear-svm, logreg, "
        "lda or rf"
    )

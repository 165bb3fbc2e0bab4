"""What a model fitted on all clips says of itself: coefficients, impurity. Not held out, and marked so."""

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
    "in-sample: from one fit on all clips, no speaker held out. It says what the model looks at, not what helps with "
    "new speakers; noise has weight here too. Held-out importances say the latter."
)


def in_sample(table: FeatureTable | EvaluationPlan, pipeline: BaseEstimator) -> pd.DataFrame:
    """Weight of each feature in the model, fitted once on all usable clips: IN-SAMPLE, no speaker is held out.

    Of a linear model (linear-svm, logreg, lda) the coefficient of each feature for each emotion: by how much its score
    rises with one standard deviation of the feature, as the scaler scales it (over all clips; over those of one speaker
    with speaker normalisation). Coefficients of correlated features trade off and can have either sign. Of a forest
    (rf) the mean decrease in impurity, a share that adds to 1, which prefers features of many values.

    Parameters
    ----------
    table : FeatureTable or EvaluationPlan
    pipeline : estimator
        From :func:`make_pipeline`.

    Returns
    -------
    DataFrame
        `rank`, `feature`, `family`, then one column for each emotion (linear; sorted by the largest absolute
        coefficient) or `importance` and `sd` over trees (forest). Features that a selection dropped are not there.
        ``attrs["kind"]`` says which, ``attrs["warning"]`` what must be said beside it.

    Raises
    ------
    ProtocolError
        If the model has neither coefficients nor impurities, or the table cannot be scored.

    References
    ----------
    Strobl, C. et al. (2007). Bias in random forest variable importance measures. BMC Bioinformatics 8, 25.
    """
    check_pipeline(pipeline)
    if takes_validation(model_of(pipeline)):  # a network: known before the minutes that it takes to train one
        _refuse(model_of(pipeline))
    X, y, copies = rows_of(table)
    with one_thread():
        fitted = clone(pipeline).fit(*copies.training(X, y.to_numpy(dtype=object)))
    model = model_of(fitted)
    names = list(reaching_model(fitted, X.iloc[:2]).columns)
    weights = linear_weights(model)
    if weights is not None:
        found = pd.DataFrame(weights.T, columns=[str(label) for label in model.classes_])
        strength, kind = np.abs(weights).max(axis=0), LINEAR
    elif hasattr(model, "feature_importances_"):
        strength, kind = model.feature_importances_, FOREST
        found = pd.DataFrame({"importance": strength})
        if hasattr(model, "estimators_"):
            found["sd"] = np.std([tree.feature_importances_ for tree in model.estimators_], axis=0)
    else:
        _refuse(model)
    found.insert(0, "feature", names)
    found.insert(1, "family", [family_of(name, "") for name in names])
    found = found.iloc[np.argsort(-strength, kind="stable")].reset_index(drop=True)
    found.insert(0, "rank", np.arange(1, len(found) + 1))
    found.attrs |= {"kind": kind, "warning": WARNING}
    return found


def in_sample_block(found: pd.DataFrame) -> dict[str, Any]:
    """What :func:`in_sample` found, as ``in_sample`` of a result."""
    if found.attrs["kind"] == LINEAR:
        weights = records(found.drop(columns=["rank", "feature", "family"]))
        features = [
            row | {"coefficients": own}
            for row, own in zip(records(found[["rank", "feature", "family"]]), weights, strict=True)
        ]
    else:
        features = records(found)
    return {"kind": found.attrs["kind"], "warning": found.attrs["warning"], "features": features}


def _refuse(model: Any) -> NoReturn:
    raise ProtocolError(
        f"{type(model).__name__} has neither coefficients nor impurities to show in-sample; those that do: "
        "linear-svm, logreg, lda, rf"
    )

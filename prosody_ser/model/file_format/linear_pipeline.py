"""The pipeline of a linear model as its stored numbers, which predicts as scikit-learn's does, to the last bit.

Importing scikit-learn takes longer than opening a model, measuring a clip and predicting it together.
"""

from typing import Any

import numpy as np


class LinearPipeline:
    """Fitted steps by name, with as much of a scikit-learn pipeline as predictions need.

    Parameters
    ----------
    steps : list of (str, object)
    """

    def __init__(self, steps: list[tuple[str, Any]]):
        self.steps = steps

    @property
    def named_steps(self) -> dict[str, Any]:
        """The steps by their names."""
        return dict(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, place: slice) -> "LinearPipeline":
        return LinearPipeline(self.steps[place])


class _Step:
    """A step whose numbers are set after it is made, as those of a fitted estimator."""

    def __init__(self, kept: np.ndarray | None = None, **settings: Any):
        self.kept = kept

    def fit(self, X: Any) -> "_Step":
        """Learn nothing: the numbers come from a file."""
        return self


class _Selection(_Step):
    @property
    def support_(self) -> np.ndarray | None:
        return self.kept

    def get_support(self) -> np.ndarray | None:
        return self.kept


class _Margins:
    """A linear classifier that gives margins."""

    coef_: np.ndarray  #: ndarray of shape (n_classes or 1, n_features)
    intercept_: np.ndarray
    classes_: np.ndarray

    def __init__(self, **settings: Any):
        pass

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        scores = X @ self.coef_.T + self.intercept_
        return scores.reshape(-1) if scores.shape[1] == 1 else scores


class _Probabilities(_Margins):
    """One that gives probabilities, too."""

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        scores = self.decision_function(X)
        if scores.ndim == 1:
            from scipy.special import expit  # opening a file must not wait for SciPy

            second = expit(scores)
            return np.column_stack([1 - second, second])
        exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)


#: What stands in for each type in a file.
CLASSES: dict[str, type] = {"SimpleImputer": _Step, "StandardScaler": _Step, "KeptFeatures": _Selection}
CLASSES |= {"LinearDiscriminantAnalysis": _Probabilities, "LogisticRegression": _Probabilities, "LinearSVC": _Margins}

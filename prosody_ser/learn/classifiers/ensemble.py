"""Several models that vote by the mean of their probabilities."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data


class SoftVotingClassifier(ClassifierMixin, BaseEstimator):
    """Mean of the probabilities of several models of the registry.

    Only models that give probabilities of their own can be members: logreg, rf, mlp, lda, hgb, knn.

    Parameters
    ----------
    members : sequence of str
        Names of models.
    class_weight : dict, "balanced" or None
        For all members, which must then all know it.
    random_state : int, RandomState or None
        For all members that draw at random.

    Attributes
    ----------
    estimators_ : list of estimator
        The fitted members.
    classes_ : ndarray of shape (n_classes,)
    n_features_in_ : int
    """

    def __init__(self, members=("logreg", "rf", "mlp"), class_weight=None, random_state=None):
        self.members = members
        self.class_weight = class_weight
        self.random_state = random_state

    def fit(self, X, y):
        """Fit each member on the same rows."""
        from .registry import build_model

        X, y = validate_data(self, X, y)
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        seed = self.random_state
        if seed is not None and not isinstance(seed, int | np.integer):
            seed = int(seed.randint(2**31))
        weight = {} if self.class_weight is None else {"class_weight": self.class_weight}
        self.estimators_ = [build_model(name, seed=seed, **weight).fit(X, y) for name in self.members]
        return self

    def predict_proba(self, X):
        """Mean of the members' probabilities, shape (n_rows, n_classes)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False)
        return np.mean([member.predict_proba(X) for member in self.estimators_], axis=0)

    def predict(self, X):
        """The class with the largest mean probability."""
        probabilities = self.predict_proba(X)
        return self.classes_[np.argmax(probabilities, axis=1)]

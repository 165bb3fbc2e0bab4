"""What a fitted model says for each emotion, in numbers of which a softmax makes probabilities.

A model's margins are such numbers, and so are the logarithms of its probabilities. scikit-learn's SVC is another
matter: it decides by the votes of one machine for each pair of emotions, and its `decision_function` is an emotion's
votes plus less than 1/3 for its summed margins, there to break ties. A softmax of that is nearly the same for every
clip, however sure the machines were. So votes and margins are taken apart, and weighed separately.
"""

from typing import Any

import numpy as np
from scipy.special import logsumexp, softmax

from ...errors import ProtocolError

#: What scores of a model are, as a result names them.
MARGINS, PROBABILITIES, NO_SCORES = "margin", "probability", "none"
#: By name, so that they need not be imported to open another model.
_BY_VOTES = {"sklearn.svm._classes:SVC", "sklearn.svm._classes:NuSVC"}
#: A probability of 0 would have no logarithm: forests and neighbours say 0 often, and are wrong at times.
LEAST_PROBABILITY = 1e-3
#: Those of a model that has margins too are a softmax of these: their logarithms are exact, and none is 0 in truth.
LEAST_EXACT = 1e-300
#: A weight of 0 would make all emotions equally likely; one beyond this, all but one impossible.
WEIGHTS = (1e-3, 1e3)
#: By how much the logit of the decision is above the next, where margins and votes disagree.
AHEAD = 1e-6


def evidence_of(estimator: Any, X: Any) -> np.ndarray:
    """What a fitted classifier, or a pipeline that ends in one, says of each row.

    Returns
    -------
    ndarray of float64, shape (n_kinds, n_rows, n_classes)
        Two kinds (votes, summed margins) for an SVC of three classes or more, else one. Columns as in `classes_`.
    """
    if hasattr(estimator, "decision_function"):
        return evidence_from(_margins(estimator, X), MARGINS, decides_by_votes(estimator))
    if not hasattr(estimator, "predict_proba"):
        raise ProtocolError("the scores cannot be calibrated: the model gives neither probabilities nor margins")
    return evidence_from(np.asarray(estimator.predict_proba(X), dtype=float), PROBABILITIES)


def class_scores(estimator: Any, X: Any) -> tuple[np.ndarray, str]:
    """Scores of each class and their kind, as a result holds them: probabilities where there are any, else margins.

    NaN where the model gives neither.
    """
    if hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict_proba(X), dtype=float), PROBABILITIES
    if hasattr(estimator, "decision_function"):
        return _margins(estimator, X), MARGINS
    return np.full((len(X), len(estimator.classes_)), np.nan), NO_SCORES


def evidence_in_result(estimator: Any, X: Any) -> np.ndarray:
    """Evidence as :func:`evidence_from` makes it of a result's scores, which are probabilities where there are any."""
    return evidence_from(*class_scores(estimator, X), decides_by_votes(estimator), has_exact(estimator))


def has_exact(estimator: Any) -> bool:
    """Whether a classifier's probabilities are a softmax of its margins: however small, each tells something."""
    return hasattr(estimator, "decision_function") and hasattr(estimator, "predict_proba")


def evidence_from(scores: np.ndarray, kind: str, by_votes: bool = False, exact: bool = False) -> np.ndarray:
    """Scores of each class, as a result holds them, as evidence, shape (n_kinds, n_rows, n_classes).

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_classes)
        With two classes, margins are ``-m, m``: their difference is twice the margin.
    kind : {"margin", "probability"}
    by_votes, exact : bool
        Whether they are an SVC's (:func:`decides_by_votes`), and small ones to be believed (:func:`has_exact`).
    """
    if kind == PROBABILITIES:
        return np.log(np.maximum(scores, LEAST_EXACT if exact else LEAST_PROBABILITY))[None]
    if scores.shape[1] == 2:
        return scores[None] / 2
    return votes_and_margins(scores) if by_votes else scores[None]


def _margins(estimator: Any, X: Any) -> np.ndarray:
    values = np.asarray(estimator.decision_function(X), dtype=float)
    return np.column_stack([-values, values]) if values.ndim == 1 else values


def decides_by_votes(estimator: Any) -> bool:
    """Whether a classifier's `decision_function` is votes with margins to break ties."""
    model = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    kinds = {f"{kind.__module__}:{kind.__name__}" for kind in type(model).__mro__}
    return bool(kinds & _BY_VOTES) and model.decision_function_shape == "ovr"


def votes_and_margins(values: np.ndarray) -> np.ndarray:
    """Take an SVC's `decision_function` of three classes or more apart, to shape (2, n_rows, n_classes).

    It is ``v + s / (3 (|s| + 1))`` for an emotion's `v` votes and its summed margins `s`.
    """
    votes = np.round(values)
    share = 3 * (values - votes)
    return np.stack([votes, share / (1 - np.abs(share))])


def fit_weights(evidence: np.ndarray, named: np.ndarray, temperature: np.ndarray | None = None) -> np.ndarray:
    """The weight of each kind of evidence that makes the true classes (positions in `named`) likeliest.

    With one kind this is temperature scaling, of which the temperature is 1 / weight. The evidence is of rows that the
    model has not been fitted on; what is known beforehand of how sure to be of each is its `temperature`.
    """
    from scipy.optimize import minimize

    if temperature is not None:
        evidence = evidence / temperature[:, None]
    rows = np.arange(named.size)
    true = evidence[:, rows, named]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logits = np.tensordot(weights, evidence, axes=1)
        expected = (softmax(logits, axis=1) * evidence).sum(axis=2)
        value = np.mean(logsumexp(logits, axis=1) - logits[rows, named])
        return value, (expected - true).mean(axis=1)

    # Convex in the weights, so that there is one least.
    found = minimize(loss, np.ones(len(evidence)), jac=True, method="L-BFGS-B", bounds=[WEIGHTS] * len(evidence))
    return found.x


def probabilities(evidence: np.ndarray, weights: np.ndarray, temperature: np.ndarray | None = None) -> np.ndarray:
    """Softmax of the weighted evidence; the likeliest class is the one that the model decides on.

    The logits of each row are divided by its `temperature`, shape (n_rows,), if it is given.

    Where an SVC's margins speak for another class than its votes, both are made equally likely: it is not sure.
    """
    logits = np.tensordot(weights, evidence, axes=1)
    if len(evidence) == 2:
        votes, margins = evidence
        decided = (votes + margins / (3 * (np.abs(margins) + 1))).argmax(axis=1)
        rows = np.arange(len(logits))
        others = logits.copy()
        others[rows, decided] = -np.inf
        logits[rows, decided] = np.maximum(logits[rows, decided], others.max(axis=1) + AHEAD)
    return softmax(logits if temperature is None else logits / temperature[:, None], axis=1)

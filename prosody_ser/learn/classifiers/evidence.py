"""Evidence: a fitted model's scores for each emotion, in a form from which a softmax gives probabilities.

A model's margins have this form, and so have the logarithms of its probabilities. scikit-learn's SVC is different: it
decides by the votes of one machine for each pair of emotions, and its `decision_function` is the number of votes for an
emotion plus its summed margins, scaled to less than 1/3 so that they only break ties. A softmax of that is nearly the
same for every clip, however confident the machines are. Therefore votes and margins are separated and have one weight
each.
"""

from typing import Any

import numpy as np
from scipy.special import expit, logsumexp, softmax

from ...errors import ProtocolError

#: Names, in a result, of the kinds of scores that a model can have.
MARGINS, PROBABILITIES, NO_SCORES = "margin", "probability", "none"
#: Classes that decide by votes, given by name so that other models do not import them.
_BY_VOTES = {"sklearn.svm._classes:SVC", "sklearn.svm._classes:NuSVC"}
#: Smallest probability, because 0 has no logarithm. Forests and neighbours often give 0, and are sometimes wrong.
LEAST_PROBABILITY = 1e-3
#: Smallest probability of a model that also has margins. Its probabilities are a softmax of these, so their logarithms
#: are exact and no true value is 0.
LEAST_EXACT = 1e-300
#: Range of weights. A weight of 0 would make all emotions equally likely; a larger one, all but one impossible.
WEIGHTS = (1e-3, 1e3)
#: Distance of the decision's logit to the next one, if margins and votes disagree.
AHEAD = 1e-6


def evidence_of(estimator: Any, X: Any) -> np.ndarray:
    """Compute the evidence of a fitted classifier, or of a pipeline that ends in one, for each row.

    Returns
    -------
    ndarray of float64, shape (n_kinds, n_rows, n_classes)
        Two kinds (votes and summed margins) for an SVC with three or more classes, otherwise one. The classes are in
        the order of `classes_`.
    """
    if hasattr(estimator, "decision_function"):
        return evidence_from(_margins(estimator, X), MARGINS, decides_by_votes(estimator))
    if not hasattr(estimator, "predict_proba"):
        raise ProtocolError(
            "the scores cannot be calibrated, because the model gives neither probabilities nor margins"
        )
    return evidence_from(np.asarray(estimator.predict_proba(X), dtype=float), PROBABILITIES)


def class_scores(estimator: Any, X: Any) -> tuple[np.ndarray, str]:
    """Scores of each class and their kind, as stored in a result: probabilities if the model has them, else margins.

    The scores are NaN if the model gives neither.
    """
    if hasattr(estimator, "predict_proba"):
        shares = np.asarray(estimator.predict_proba(X), dtype=float)
        exact = has_exact(estimator) and shares.shape[1] == 2
        return _unrounded(shares, _margins(estimator, X)) if exact else shares, PROBABILITIES
    if hasattr(estimator, "decision_function"):
        return _margins(estimator, X), MARGINS
    return np.full((len(X), len(estimator.classes_)), np.nan), NO_SCORES


def evidence_in_result(estimator: Any, X: Any) -> np.ndarray:
    """Compute the same evidence as :func:`evidence_from` computes from the scores in a result."""
    return evidence_from(*class_scores(estimator, X), decides_by_votes(estimator), has_exact(estimator))


def has_exact(estimator: Any) -> bool:
    """Whether a classifier's probabilities are a softmax of its margins, so that even tiny values are meaningful."""
    return hasattr(estimator, "decision_function") and hasattr(estimator, "predict_proba")


def evidence_from(scores: np.ndarray, kind: str, by_votes: bool = False, exact: bool = False) -> np.ndarray:
    """Convert the scores of each class, as stored in a result, to evidence of shape (n_kinds, n_rows, n_classes).

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_classes)
        With two classes, margins are ``-m, m``, so that their difference is twice the margin.
    kind : {"margin", "probability"}
    by_votes : bool
        Whether the scores are those of an SVC (:func:`decides_by_votes`).
    exact : bool
        Whether tiny probabilities are meaningful (:func:`has_exact`).
    """
    if kind == PROBABILITIES:
        return np.log(np.maximum(scores, LEAST_EXACT if exact else LEAST_PROBABILITY))[None]
    if scores.shape[1] == 2:
        return scores[None] / 2
    return votes_and_margins(scores) if by_votes else scores[None]


def _unrounded(shares: np.ndarray, margins: np.ndarray) -> np.ndarray:
    """Compute the probabilities of two classes from their margins ``-m, m``.

    scikit-learn computes the first as ``1 - p``, which is 0 from a margin of 37 on, although its logarithm is -37. If
    the probabilities are not those of the margins, they are returned unchanged.
    """
    exact = expit(margins)
    return exact if np.allclose(exact, shares, rtol=0, atol=1e-12) else shares


def _margins(estimator: Any, X: Any) -> np.ndarray:
    values = np.asarray(estimator.decision_function(X), dtype=float)
    return np.column_stack([-values, values]) if values.ndim == 1 else values


def decides_by_votes(estimator: Any) -> bool:
    """Whether a classifier's `decision_function` consists of votes, with margins that break ties."""
    model = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    kinds = {f"{kind.__module__}:{kind.__name__}" for kind in type(model).__mro__}
    return bool(kinds & _BY_VOTES) and model.decision_function_shape == "ovr"


def votes_and_margins(values: np.ndarray) -> np.ndarray:
    """Split the `decision_function` of an SVC with three or more classes into votes and margins.

    For an emotion with `v` votes and summed margins `s` it is ``v + s / (3 (|s| + 1))``.

    Returns
    -------
    ndarray of shape (2, n_rows, n_classes)
    """
    votes = np.round(values)
    share = 3 * (values - votes)
    return np.stack([votes, share / (1 - np.abs(share))])


def fit_weights(evidence: np.ndarray, named: np.ndarray, temperature: np.ndarray | None = None) -> np.ndarray:
    """Find the weight of each kind of evidence that makes the true classes (positions in `named`) most likely.

    With one kind this is temperature scaling with the temperature 1 / weight. The evidence must come from rows on which
    the model was not fitted. `temperature`, shape (n_rows,), divides the logits of each row in addition.
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

    # The loss is convex in the weights, so it has a single minimum.
    optimum = minimize(loss, np.ones(len(evidence)), jac=True, method="L-BFGS-B", bounds=[WEIGHTS] * len(evidence))
    return optimum.x


def probabilities(evidence: np.ndarray, weights: np.ndarray, temperature: np.ndarray | None = None) -> np.ndarray:
    """Softmax of the weighted evidence; the most likely class is always the one that the model predicts.

    If `temperature`, shape (n_rows,), is given, it divides the logits of each row.

    If the margins of an SVC favour another class than its votes, both classes are made equally likely.
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

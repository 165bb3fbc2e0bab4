"""The support vector machine on a Gram matrix has scikit-learn's results and attributes."""

import pickle

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn import svm
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from prosody_ser import make_pipeline
from prosody_ser.learn.classifiers import svm as ours
from prosody_ser.learn.classifiers.row_pairs import RowPairs, pairs_of
from prosody_ser.learn.classifiers.svm import SVC, is_svc

FITTED = ("support_", "n_support_", "classes_", "class_weight_", "shape_fit_", "fit_status_", "n_iter_")


def clips(n_classes=4, n_rows=90, n_features=30, seed=0):
    """Overlapping classes of unequal size with some duplicate rows, and as many new rows."""
    rng = np.random.default_rng(seed)
    label = np.minimum(rng.geometric(0.4, 2 * n_rows) - 1, n_classes - 1)
    X = rng.normal(size=(2 * n_rows, n_features))
    X[:, :n_classes] += np.eye(n_classes)[label]
    X[3], label[3] = X[2], label[2]
    named = np.array([f"emotion{i}" for i in range(n_classes)])[label]
    return X[:n_rows], named[:n_rows], X[n_rows:]


def both(X, y, sample_weight=None, **given):
    return [kind(**given).fit(X, y, sample_weight=sample_weight) for kind in (SVC, svm.SVC)]


def agree(mine, theirs, *tables):
    for name in FITTED:
        np.testing.assert_array_equal(getattr(mine, name), getattr(theirs, name), err_msg=name)
    np.testing.assert_array_equal(mine.support_vectors_, theirs.support_vectors_)
    assert mine._gamma == theirs._gamma
    assert mine.n_features_in_ == theirs.n_features_in_
    for name in ("dual_coef_", "intercept_", "_dual_coef_", "_intercept_"):
        np.testing.assert_allclose(getattr(mine, name), getattr(theirs, name), rtol=1e-9, atol=1e-11, err_msg=name)
    assert set(vars(theirs)) == set(vars(mine))
    for rows in tables:
        np.testing.assert_allclose(mine.decision_function(rows), theirs.decision_function(rows), rtol=1e-9, atol=1e-11)
        np.testing.assert_array_equal(mine.predict(rows), theirs.predict(rows))


#: scikit-learn's own is as inexact: libsvm stops at a tolerance.
INEXACT = ("check_sample_weight_equivalence_on_dense_data", "check_sample_weight_equivalence_on_sparse_data")


@parametrize_with_checks(
    [SVC(), SVC(kernel="linear"), SVC(break_ties=True)],
    expected_failed_checks=lambda _: dict.fromkeys(INEXACT, "libsvm's tolerance"),
)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("n_classes", [2, 3, 5])
@pytest.mark.parametrize("kernel", ["rbf", "linear"])
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"break_ties": True},
        {"decision_function_shape": "ovo"},
        {"class_weight": "balanced", "C": 10.0},
        {"gamma": "auto", "C": 0.1},
        {"gamma": 0.02, "shrinking": False},
        {"gamma": 0, "tol": 1e-5},
        {"max_iter": 3},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Solver terminated early")
def test_the_answer_is_scikit_learns(n_classes, kernel, given):
    X, y, others = clips(n_classes)
    agree(*both(X, y, kernel=kernel, **given), X, others, others[:1])


@pytest.mark.parametrize("n_classes", [2, 4])
def test_rows_that_weigh_nothing_are_no_support_vectors(n_classes):
    X, y, others = clips(n_classes)
    weight = np.random.default_rng(1).choice([0.0, 0.5, 2.0], size=len(y))
    mine, theirs = both(X, y, sample_weight=weight, gamma=0.03)
    agree(mine, theirs, X, others)
    alone = SVC(gamma=0.03).fit(X[weight > 0], y[weight > 0], sample_weight=weight[weight > 0])
    np.testing.assert_array_equal(mine.support_vectors_, alone.support_vectors_)


def test_what_all_rows_have_in_common_costs_no_digits():
    X, y, others = (rows + 1e6 if rows.dtype == float else rows for rows in clips())
    far, near = SVC().fit(X, y), svm.SVC().fit(X - 1e6, y)
    np.testing.assert_allclose(far.decision_function(others), near.decision_function(others - 1e6), rtol=1e-9)


@pytest.mark.parametrize("given", [{"kernel": "poly"}, {"kernel": "sigmoid"}, {"kernel": lambda X, Y: X @ Y.T}])
def test_other_kernels_are_scikit_learns(given):
    X, y, others = clips()
    mine, theirs = both(X, y, **given)
    np.testing.assert_array_equal(mine.decision_function(others), theirs.decision_function(others))
    np.testing.assert_array_equal(mine.predict(others), theirs.predict(others))


def test_sparse_rows_precomputed_kernels_and_probabilities_are_scikit_learns():
    X, y, others = clips()
    mine, theirs = both(csr_array(X), y)
    np.testing.assert_array_equal(mine.decision_function(others), theirs.decision_function(others))
    gram = X @ X.T
    mine, theirs = both(gram, y, kernel="precomputed")
    np.testing.assert_array_equal(mine.predict(others @ X.T), theirs.predict(others @ X.T))
    with pytest.warns(FutureWarning, match="probability"):
        mine, theirs = both(X, y, probability=True, random_state=0)
    np.testing.assert_array_equal(mine.predict_proba(others), theirs.predict_proba(others))
    np.testing.assert_array_equal(mine.predict(others), theirs.predict(others))


def test_more_rows_than_a_gram_matrix_is_made_of(monkeypatch):
    """With more rows, libsvm fits the rows themselves, and predictions are computed block by block."""
    X, y, others = clips()
    whole = SVC().fit(X, y)
    fitted = []
    scikit_learns = svm.SVC._dense_fit

    def noted(self, X, y, sample_weight, solver_type, kernel, random_seed):
        fitted.append(kernel)
        scikit_learns(self, X, y, sample_weight, solver_type, kernel, random_seed)

    monkeypatch.setattr(svm.SVC, "_dense_fit", noted)
    monkeypatch.setattr(ours, "MOST_PAIRS", len(X) ** 2)
    SVC().fit(X, y)
    monkeypatch.setattr(ours, "MOST_PAIRS", len(X) ** 2 - 1)
    many = SVC().fit(X, y)
    assert fitted == ["precomputed", "rbf"]
    monkeypatch.setattr(ours, "MOST_PAIRS", 7 * len(X))
    agree(many, svm.SVC().fit(X, y), np.vstack([X, others]))
    np.testing.assert_allclose(many.decision_function(others), whole.decision_function(others), rtol=1e-9)


def test_columns_in_memory_and_single_precision_are_taken_as_they_are():
    X, y, others = clips()
    agree(*both(np.asfortranarray(X), y), np.asfortranarray(others))
    agree(*both(X.astype(np.float32), y), others.astype(np.float32))


def test_pairs_are_made_once_for_the_same_rows_and_anew_for_others():
    X, _, others = clips()
    pairs = RowPairs()
    first = pairs.of("rbf", X, X)
    assert pairs.of("rbf", X.copy(), X) is not first  # two arrays, not one with itself
    again = X.copy()
    assert pairs.of("rbf", again, again) is first
    again[5, 2] += 1e-9
    np.testing.assert_array_equal(pairs.of("rbf", again, again), pairs_of("rbf", again, again))
    for kernel in ("rbf", "linear"):
        np.testing.assert_array_equal(pairs.of(kernel, others, X), pairs_of(kernel, others, X))
        np.testing.assert_array_equal(pairs.of(kernel, others, again), pairs_of(kernel, others, again))
        np.testing.assert_array_equal(pairs.of(kernel, X, again), pairs_of(kernel, X, again))


@pytest.mark.parametrize("kernel", ["rbf", "linear"])
def test_models_that_share_pairs_answer_as_if_alone(kernel):
    """Fitted on the same rows, then on other rows, then with some weights of 0."""
    X, y, others = clips()
    pairs = RowPairs()
    for rows, weight in ((X, None), (X[:70], None), (X, np.arange(len(X)) % 3)):
        for given in ({"C": 0.3}, {"C": 3.0}, {"C": 1.0, "gamma": 0.01}, {"C": 1.0, "gamma": 5.0}):
            shared = SVC(kernel=kernel, **given)
            shared.share(pairs)
            shared.fit(rows, y[: len(rows)], sample_weight=weight)
            alone = svm.SVC(kernel=kernel, **given).fit(rows, y[: len(rows)], sample_weight=weight)
            for new in (others, others[::-1], rows):
                np.testing.assert_array_equal(shared.predict(new), alone.predict(new))
                np.testing.assert_allclose(
                    shared.decision_function(new), alone.decision_function(new), rtol=1e-6, atol=1e-9
                )
            assert clone(shared)._shared is None


def test_it_is_the_model_called_svm():
    model = make_pipeline("svm")[-1]
    assert type(model) is SVC
    assert model.get_params() == svm.SVC(break_ties=True, random_state=0).get_params()
    assert is_svc(model)
    assert is_svc(svm.SVC())
    assert not is_svc(type("Own", (SVC,), {})())


def test_it_is_pickled():
    X, y, others = clips()
    fitted = SVC().fit(X, y)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.decision_function(others), fitted.decision_function(others))

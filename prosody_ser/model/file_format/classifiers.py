"""Storage of models without trees: what each needs to predict, without what only fitting needed."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .parts import FLOAT, INT32, WHOLE, Codec, Part, Taken, floats, stored, wholes

KERNELS = ("rbf", "linear")
METRICS = ("minkowski", "euclidean", "manhattan", "cosine")
#: Largest stored value; with larger ones, products overflow.
_LARGE = 1e100


def classes(labels: Sequence[str]) -> np.ndarray:
    """Labels in the form in which estimators store them."""
    return np.array(labels, dtype=object)


def _encode_svc(model: Any) -> Part:
    return Part(
        "SVC",
        {
            "kernel": model.kernel,
            "gamma": float(model._gamma),
            "break_ties": model.break_ties,
            "decision_function_shape": model.decision_function_shape,
            "C": float(model.C),
        },
        {
            "support": stored(model.support_, INT32),
            "support_vectors": floats(model.support_vectors_),
            "n_support": stored(model._n_support, INT32),
            "dual_coef": floats(model._dual_coef_),
            "intercept": floats(model._intercept_),
        },
    )


def _decode_svc(cls: type, taken: Taken, n_features: int, labels: tuple[str, ...]) -> Any:
    n_classes = len(labels)
    vectors = taken.array("support_vectors", FLOAT, (None, n_features), -_LARGE, _LARGE)
    n_vectors = len(vectors)
    if not n_vectors:
        taken.refuse("it has no support vector")
    n_support = taken.array("n_support", INT32, (n_classes,), 0, n_vectors)
    total = n_support.sum(dtype=np.int64)
    if total != n_vectors:
        taken.refuse(f"n_support counts {total} support vectors, but there are {n_vectors}")
    support = taken.array("support", INT32, (n_vectors,), 0)
    dual = taken.array("dual_coef", FLOAT, (n_classes - 1, n_vectors), -_LARGE, _LARGE)
    intercept = taken.array("intercept", FLOAT, (n_classes * (n_classes - 1) // 2,), -_LARGE, _LARGE)
    model = cls(
        kernel=taken.choice("kernel", KERNELS),
        break_ties=taken.flag("break_ties"),
        decision_function_shape=taken.choice("decision_function_shape", ("ovr", "ovo")),
        C=taken.number("C", 1e-30, _LARGE),
    )
    model._gamma = model.gamma = taken.number("gamma", 0.0, _LARGE)
    taken.done()
    if n_classes > 2 and model.decision_function_shape != "ovr":
        taken.refuse("it gives no score for each class")
    model.classes_, model.n_features_in_ = classes(labels), n_features
    model.class_weight_ = np.ones(n_classes)
    model.support_, model.support_vectors_, model._n_support = support, vectors, n_support
    model._dual_coef_, model._intercept_ = dual, intercept
    # For two classes, the public attributes of scikit-learn have the opposite sign.
    sign = -1.0 if n_classes == 2 else 1.0
    model.dual_coef_, model.intercept_ = sign * dual, sign * intercept
    model._probA = model._probB = np.empty(0)
    model._effective_probability = model._sparse = False
    model.fit_status_, model.shape_fit_ = 0, (int(support.max()) + 1, n_features)
    return model


def _check_svc(model: Any) -> str | None:
    if model.kernel not in KERNELS:
        return f"the kernel {model.kernel!r} cannot be stored; {' and '.join(KERNELS)} can"
    return "its own probabilities ignore speakers; leave out 'probability'" if model.probability is True else None


def _encode_linear(model: Any) -> Part:
    return Part(type(model).__name__, {}, {"coef": floats(model.coef_), "intercept": floats(model.intercept_)})


def _decode_linear(cls: type, taken: Taken, n_features: int, labels: tuple[str, ...]) -> Any:
    n_rows = 1 if len(labels) == 2 else len(labels)
    coef = taken.array("coef", FLOAT, (n_rows, n_features), -_LARGE, _LARGE)
    intercept = taken.array("intercept", FLOAT, (n_rows,), -_LARGE, _LARGE)
    taken.done()
    model = cls(solver="lsqr", shrinkage="auto") if taken.type == "LinearDiscriminantAnalysis" else cls()
    model.coef_, model.intercept_ = coef, intercept
    model.classes_, model.n_features_in_ = classes(labels), n_features
    return model


def _check_lda(model: Any) -> str | None:
    return None if model.solver == "lsqr" else f"the solver {model.solver!r} cannot be stored; lsqr can"


def _check_fit_intercept(model: Any) -> str | None:
    return None if model.fit_intercept else "a model without an intercept cannot be stored; set fit_intercept=True"


def _encode_mlp(model: Any) -> Part:
    arrays = {f"coef_{i}": floats(coef) for i, coef in enumerate(model.coefs_)}
    arrays |= {f"intercept_{i}": floats(intercept) for i, intercept in enumerate(model.intercepts_)}
    return Part("WeightedMLPClassifier", {"n_layers": len(model.coefs_)}, arrays)


def _decode_mlp(cls: type, taken: Taken, n_features: int, labels: tuple[str, ...]) -> Any:
    from sklearn.preprocessing import LabelBinarizer

    n_layers = taken.whole("n_layers", 1, 20)
    n_outputs = 1 if len(labels) == 2 else len(labels)
    coefs, intercepts, n_in = [], [], n_features
    for i in range(n_layers):
        n_out = n_outputs if i == n_layers - 1 else None
        coefs.append(taken.array(f"coef_{i}", FLOAT, (n_in, n_out), -_LARGE, _LARGE))
        n_in = coefs[-1].shape[1]
        if not n_in:
            taken.refuse("a layer has no unit")
        intercepts.append(taken.array(f"intercept_{i}", FLOAT, (n_in,), -_LARGE, _LARGE))
    taken.done()
    model = cls(hidden_layer_sizes=tuple(coef.shape[1] for coef in coefs[:-1]))
    model.coefs_, model.intercepts_ = coefs, intercepts
    model.n_layers_, model.n_outputs_ = n_layers + 1, n_outputs
    model.out_activation_ = "logistic" if n_outputs == 1 else "softmax"
    model.classes_, model.n_features_in_ = classes(labels), n_features
    model._label_binarizer = LabelBinarizer().fit(classes(labels))
    return model


def _check_mlp(model: Any) -> str | None:
    return None if model.activation == "relu" else f"the activation {model.activation!r} cannot be stored; relu can"


def _encode_knn(model: Any) -> Part:
    settings = {"n_neighbors": int(model.n_neighbors), "weights": model.weights, "metric": model.metric}
    return Part("KNeighborsClassifier", settings, {"rows": floats(model._fit_X), "named": wholes(model._y)})


def _decode_knn(cls: type, taken: Taken, n_features: int, labels: tuple[str, ...]) -> Any:
    rows = taken.array("rows", FLOAT, (None, n_features), -_LARGE, _LARGE)
    named = taken.array("named", WHOLE, (len(rows),), 0, len(labels) - 1)
    if np.unique(named).size != len(labels):
        taken.refuse("one of its labels has no clip")
    model = cls(
        n_neighbors=taken.whole("n_neighbors", 1, len(rows)),
        weights=taken.choice("weights", ("uniform", "distance")),
        metric=taken.choice("metric", METRICS),
    )
    taken.done()
    # The search tree is rebuilt, because compiled code trusts its content. The same rows give the same tree.
    return model.fit(rows, classes(labels)[named])


def _check_knn(model: Any) -> str | None:
    if callable(model.metric) or model.metric not in METRICS or model.p != 2 or model.metric_params:
        return f"its metric cannot be stored; these metrics can: {', '.join(METRICS)}"
    return None if model.weights in ("uniform", "distance") else "weights that are a function cannot be stored"


CODECS = (
    Codec("prosody_ser.learn.classifiers.svm:SVC", _encode_svc, _decode_svc, _check_svc),
    Codec("sklearn.svm:LinearSVC", _encode_linear, _decode_linear, _check_fit_intercept),
    Codec("sklearn.linear_model:LogisticRegression", _encode_linear, _decode_linear, _check_fit_intercept),
    Codec("prosody_ser.learn.classifiers.lda:LinearDiscriminantAnalysis", _encode_linear, _decode_linear, _check_lda),
    Codec("prosody_ser.learn.classifiers.mlp:WeightedMLPClassifier", _encode_mlp, _decode_mlp, _check_mlp),
    Codec("sklearn.neighbors:KNeighborsClassifier", _encode_knn, _decode_knn, _check_knn),
)

"""Describe what results of learning depend on besides the table; results of other processes must agree in all of it."""

import platform
import sys
from functools import cache
from pathlib import Path

from threadpoolctl import threadpool_info

from ..versions import code_digest, library_versions

_PACKAGE = Path(__file__).resolve().parents[1]
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "imbalanced-learn", "pandas", "joblib", "cloudpickle")
#: Libraries of some models, which count if they are loaded.
_OF_SOME = ("torch", "skorch", "shap", "xgboost", "lightgbm", "catboost")


def loaded_libraries() -> tuple[str, ...]:
    """Return the libraries of some models that this process has loaded and may use."""
    return tuple(name for name in _OF_SOME if name in sys.modules)


def computed_by(more: tuple[str, ...] = ()) -> dict[str, str]:
    """Return what computes results in this process, by name.

    The keys are Python, this package and the libraries, with their versions; ``code`` for the digest of the package's
    own code; ``machine``; and ``blas`` for the libraries of linear algebra and the kinds of processor for which they
    compute, because they round differently on other kinds.

    Parameters
    ----------
    more : tuple of str
        Further libraries: :func:`loaded_libraries` of the requesting process.
    """
    import scipy.linalg  # noqa: F401 - scipy and numpy each bring a library of linear algebra
    import sklearn.linear_model  # noqa: F401

    versions = library_versions(*_LIBRARIES, *more) | {"code": _own_code_digest()[:12]}
    blas = {
        f"{one['internal_api']} {one['version']} {one.get('architecture', '')}".strip()
        for one in threadpool_info()
        if one["user_api"] == "blas"
    }
    return versions | {"machine": f"{platform.system()} {platform.machine()}", "blas": " and ".join(sorted(blas))}


@cache  # of the loaded code: the files may be replaced while this process runs
def _own_code_digest() -> str:
    return code_digest(sorted(_PACKAGE.rglob("*.py")), _PACKAGE)

"""What the results of learning depend on besides the table: other processes' are ours only if all of it agrees."""

import platform
import sys
from functools import cache
from pathlib import Path

from threadpoolctl import threadpool_info

from ..versions import code_digest, library_versions

_PACKAGE = Path(__file__).resolve().parents[1]
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "imbalanced-learn", "pandas", "joblib", "cloudpickle")
#: Libraries that some models need: they count where they are loaded.
_OF_SOME = ("torch", "skorch", "shap", "xgboost", "lightgbm", "catboost")


def loaded_libraries() -> tuple[str, ...]:
    """The libraries of some models that this process has loaded, its jobs perhaps for one of them."""
    return tuple(name for name in _OF_SOME if name in sys.modules)


def computed_by(more: tuple[str, ...] = ()) -> dict[str, str]:
    """What computes results in this process, by name.

    Versions of Python, of this package and of the libraries, ``code`` for the digest of the package's own code,
    ``machine``, and ``blas``: the libraries of linear algebra and the kinds of processor that they compute for. On
    another kind they round differently.

    Parameters
    ----------
    more : tuple of str
        Libraries that count, too: :func:`loaded_libraries` of the process that asks.
    """
    import scipy.linalg  # noqa: F401 - it and numpy bring a library of linear algebra each
    import sklearn.linear_model  # noqa: F401

    versions = library_versions(*_LIBRARIES, *more) | {"code": _own_code_digest()[:12]}
    blas = {
        f"{one['internal_api']} {one['version']} {one.get('architecture', '')}".strip()
        for one in threadpool_info()
        if one["user_api"] == "blas"
    }
    return versions | {"machine": f"{platform.system()} {platform.machine()}", "blas": " and ".join(sorted(blas))}


@cache  # of what is loaded: the files may be replaced while this process runs
def _own_code_digest() -> str:
    return code_digest(sorted(_PACKAGE.rglob("*.py")), _PACKAGE)

"""The leak audit: checks of a table and its folds for anything that could make a score too high or unfair.

>>> from prosody_ser.learn.audit import audit
>>> for finding in audit(table, "loso"):
...     print(finding.severity, finding.sentence)

The checks are in :mod:`prosody_ser.learn.audit.checks`. Together they take about a fifth of the time of a
cross-validation (``svm``, 480 clips, 2,306 features).
"""

from typing import Any

from ...tables.feature_table import FeatureTable
from ..splits.evaluation_plan import EvaluationPlan
from .checks import CHECKS
from .finding import ERROR, NOTE, SEVERITIES, WARNING, Finding
from .material import Material
from .permuted_labels import permuted_labels

__all__ = ["CHECKS", "ERROR", "NOTE", "WARNING", "Finding", "audit", "permuted_labels"]


def audit(table: FeatureTable | EvaluationPlan, folds: Any = "auto", *, seed: int = 0) -> list[Finding]:
    """Look for leaks with all fast checks.

    Parameters
    ----------
    table : FeatureTable or EvaluationPlan
        A plan has its own folds.
    folds : str, int, splitter, sequence of (train, test), or sequence of int
        Folds as for :func:`evaluate`, any scikit-learn splitter, pairs of row positions (or objects with `train` and
        `test`), or the fold number of each usable row. Faulty folds are not refused but reported as findings.
    seed : int
        Seed for the assignment to folds.

    Returns
    -------
    list of Finding
        Errors first, then warnings, then notes.

    Raises
    ------
    ProtocolError
        If the table does not allow a speaker-independent score, or the folds do not fit the table.

    Examples
    --------
    >>> findings = ser.audit(ser.load_emodb_features("chroma"))
    >>> [finding for finding in findings if finding.severity == "error"]
    []
    """
    material = Material(table, folds, seed)
    findings = [finding for find in CHECKS.values() for finding in find(material)]
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))

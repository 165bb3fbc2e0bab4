"""Read a result that a report can rely on: whole, of this schema, its parts of one size."""

import json
import os
from importlib.resources import files
from typing import Any

from ..errors import ProsodySerError
from .evaluation import Result

_LONGEST = 160


def read_result(path: str | os.PathLike) -> Result:
    """Read a result and check it against ``schemas/result.schema.json``.

    Keys that the schema does not know are let pass: they would not be shown.

    Parameters
    ----------
    path : path_like
        From ``prosody-ser cv`` or another command that writes results.

    Raises
    ------
    ProsodySerError
        If the file cannot be read, is no result, is of another schema, or lacks something a report needs.
    """
    try:
        result = Result.read(path)
    except RecursionError as error:
        raise ProsodySerError(f"{path}: cannot be read (nested too deep)") from error
    fault = _fault(result.data)
    if fault:
        raise ProsodySerError(f"{path}: not a whole result of this release ({fault}); run 'cv' again")
    return result


def _fault(data: dict[str, Any]) -> str | None:
    """What is wrong first, or None."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    schema = json.loads(files("prosody_ser.results").joinpath("schemas/result.schema.json").read_text(encoding="utf-8"))
    errors = (e for e in Draft202012Validator(schema).iter_errors(data) if e.validator != "additionalProperties")
    worst = best_match(errors)
    if worst is not None:
        message = worst.message if len(worst.message) <= _LONGEST else f"breaks the rule {worst.validator!r}"
        return f"{worst.json_path.removeprefix('$').lstrip('.') or 'at its top'}: {message}"
    try:
        json.dumps(data, allow_nan=False)
    except ValueError:
        return "it holds NaN or infinity"
    return _ill_fitting(data)


def _ill_fitting(data):
    labels = data["labels"]
    if not data["protocol"]["steps"]:
        return "protocol.steps is empty"
    for where, part in (
        ("", data),
        *((f"alongside[{i}].", part) for i, part in enumerate(data.get("alongside") or [])),
    ):
        missing = [label for label in labels if label not in part["per_class"]]
        if missing:
            return f"{where}per_class lacks {missing[0]!r}"
        counts, columns = part["confusion"]["counts"], part["confusion"]["labels"]
        if len(counts) != len(columns) or any(len(row) != len(columns) for row in counts):
            return f"{where}confusion.counts is not as large as its labels"
    return None

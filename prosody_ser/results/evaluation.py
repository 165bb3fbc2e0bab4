"""The result of an evaluation: a documented, versioned JSON.

``result.json`` follows ``schemas/result.schema.json`` (JSON Schema 2020-12), where every field is described. ``uar``,
``accuracy`` and ``macro_f1`` stand at its top. The same evaluation gives the same bytes.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..atomic_write import write_json
from ..errors import ProsodySerError

SCHEMA = "prosody-ser/result"
SCHEMA_VERSION = 1


@dataclass(frozen=True, eq=False)
class Result:
    """What an evaluation found and what it assumed.

    Attributes
    ----------
    data : dict
        The content of ``result.json``; fields as in ``result.schema.json``.
    """

    data: dict[str, Any]

    @property
    def uar(self) -> float:
        """Unweighted average recall (macro recall), pooled over all held-out predictions."""
        return self.data["uar"]

    @property
    def accuracy(self) -> float:
        """Share of held-out clips labelled correctly."""
        return self.data["accuracy"]

    @property
    def macro_f1(self) -> float:
        """Unweighted mean of the classes' F1."""
        return self.data["macro_f1"]

    def write(self, path) -> None:
        """Write as JSON, whole or not at all.

        Raises
        ------
        ProsodySerError
            If the file cannot be written.
        """
        write_json(path, self.data)

    @classmethod
    def read(cls, path) -> "Result":
        """Read what :meth:`write` wrote.

        Raises
        ------
        ProsodySerError
            If the file cannot be read, is no result, or is of a newer schema.
        """
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ProsodySerError(f"{path}: cannot be read ({' '.join(str(error).split())})") from error
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            raise ProsodySerError(f"{path}: not a result of 'prosody-ser cv'")
        if data.get("schema_version") != SCHEMA_VERSION:
            raise ProsodySerError(
                f"{path}: schema version {data.get('schema_version')}, this release reads {SCHEMA_VERSION}"
            )
        return cls(data)

    def __repr__(self) -> str:
        track = self.data["protocol"]["track"]
        return f"<Result uar={self.uar:.3f} accuracy={self.accuracy:.3f} macro_f1={self.macro_f1:.3f} ({track})>"

    def _repr_html_(self) -> str:
        from .result_view import evaluation_view

        return evaluation_view(self.data)

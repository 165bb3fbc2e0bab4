"""Results side by side: a documented, versioned JSON, which follows ``schemas/comparison.schema.json``."""

from dataclasses import dataclass
from typing import Any

from ..atomic_write import write_json

SCHEMA = "prosody-ser/comparison"
SCHEMA_VERSION = 1


@dataclass(frozen=True, eq=False)
class Comparison:
    """Results side by side, and how they differ.

    Attributes
    ----------
    data : dict
        The content of ``comparison.json``; fields as in ``comparison.schema.json``.
    """

    data: dict[str, Any]

    @property
    def results(self) -> list[dict[str, Any]]:
        """Name, rank within its track, scores and intervals of each result."""
        return self.data["results"]

    @property
    def pairs(self) -> list[dict[str, Any]]:
        """For each two results, the first less the second: difference, interval, p and effect sizes."""
        return self.data["pairs"]

    def write(self, path) -> None:
        """Write as JSON, whole or not at all.

        Raises
        ------
        ProsodySerError
            If the file cannot be written.
        """
        write_json(path, self.data)

    def __repr__(self) -> str:
        scores = ", ".join(f"{result['name']} {result['uar']:.3f}" for result in self.results)
        return f"<Comparison of UAR: {scores}>"

    def _repr_html_(self) -> str:
        from .result_view import comparison_view

        return comparison_view(self.data)

"""A comparison of results: a documented, versioned JSON file that follows ``schemas/comparison.schema.json``."""

from dataclasses import dataclass
from typing import Any

from .document import Document


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Document):
    """A comparison of several results, with the differences between each two.

    Attributes
    ----------
    data : dict
        The content of ``comparison.json``; fields as in ``comparison.schema.json``.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> results = [ser.evaluate(table, ser.make_pipeline(name), folds=2) for name in ("lda", "logreg")]
    >>> comparison = ser.compare(results, ["lda", "logreg"])
    >>> [(result["name"], result["rank"]) for result in comparison.results]
    [('lda', 1), ('logreg', 2)]
    """

    schema = "prosody-ser/comparison"
    schema_file = "comparison.schema.json"
    command = "compare"

    @property
    def results(self) -> list[dict[str, Any]]:
        """Name, rank within its track, scores and intervals of each result."""
        return self.data["results"]

    @property
    def pairs(self) -> list[dict[str, Any]]:
        """For each pair of results, first minus second: difference, interval, p-value and effect sizes."""
        return self.data["pairs"]

    def __repr__(self) -> str:
        scores = ", ".join(f"{result['name']} {result['uar']:.3f}" for result in self.results)
        return f"<Comparison of UAR: {scores}>"

    def _repr_html_(self) -> str:
        from .result_view import comparison_view

        return comparison_view(self.data)

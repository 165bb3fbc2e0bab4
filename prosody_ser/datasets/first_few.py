"""Collect notes on many lines of a file: the first ones of each kind, and the number of others."""

from collections import Counter

#: Number of notes of one kind that are kept.
SHOWN = 5


class FirstFew:
    """Collects notes; of each kind it keeps five and counts the others."""

    def __init__(self) -> None:
        self._notes: list[str] = []
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, note: str) -> None:
        """Add a single note."""
        self._notes.append(note)

    def add_on_line(self, path: object, line: int, kind: str, what: str) -> None:
        """Add a note on a line of a file; `kind` describes the others, after "12 more lines: "."""
        self._counts[str(path), kind] += 1
        if self._counts[str(path), kind] <= SHOWN:
            self._notes.append(f"{path} line {line}: {what}")

    def count(self, path: object, kind: str) -> int:
        """Return the number of notes of a kind, including those that are only counted."""
        return self._counts[str(path), kind]

    @property
    def notes(self) -> list[str]:
        """All notes, then the numbers of the others."""
        rest = (
            f"{path}: {count - SHOWN} more lines: {kind}"
            for (path, kind), count in self._counts.items()
            if count > SHOWN
        )
        return [*self._notes, *rest]

"""Notes on many lines of a file: the first of each kind in full, then how many more there are."""

from collections import Counter

#: Notes of one kind that are given in full.
SHOWN = 5


class FirstFew:
    """Collects notes; of more than five of one kind it keeps five and counts the rest."""

    def __init__(self) -> None:
        self._notes: list[str] = []
        self._counts: Counter[tuple[str, str]] = Counter()

    def say(self, note: str) -> None:
        """Keep a note that is given once."""
        self._notes.append(note)

    def say_of_line(self, path: object, line: int, kind: str, what: str) -> None:
        """Keep a note on a line of a file; `kind` says what the rest have in common, after "12 more lines: "."""
        self._counts[str(path), kind] += 1
        if self._counts[str(path), kind] <= SHOWN:
            self._notes.append(f"{path} line {line}: {what}")

    def count(self, path: object, kind: str) -> int:
        """How many notes of a kind there are, given in full or not."""
        return self._counts[str(path), kind]

    @property
    def notes(self) -> list[str]:
        """All that is given in full, then the counts of the rest."""
        rest = (
            f"{path}: {count - SHOWN} more lines: {kind}"
            for (path, kind), count in self._counts.items()
            if count > SHOWN
        )
        return [*self._notes, *rest]

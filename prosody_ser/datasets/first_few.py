"""Collect notes on many lines of a file: the first ones of each kind, and the number of others."""

from collections import Counter

#: Number of notes of one kind that are kept.
SHOWN = 5


class FirstFew:
    """Collects notes; of each kind it keeps five and counts the others."""

    def __init__(self) -> None:
        self._notes: list[str] = []
        self._on_lines: list[tuple[str, int, str]] = []
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, note: str) -> None:
        """Add a single note."""
        self._notes.append(note)

    def add_on_line(self, path: object, line: int, kind: str, what: str) -> None:
        """Add a note on a line of a file; `kind` describes the others, after "12 more lines: "."""
        self._counts[str(path), kind] += 1
        if self._counts[str(path), kind] <= SHOWN:
            self._on_lines.append((str(path), line, what))

    def extend(self, others: "FirstFew") -> None:
        """Add the notes of another collection, on other kinds or other files."""
        self._notes += others._notes
        self._on_lines += others._on_lines
        self._counts += others._counts

    def count(self, path: object, kind: str) -> int:
        """Return the number of notes of a kind, including those that are only counted."""
        return self._counts[str(path), kind]

    @property
    def notes(self) -> list[str]:
        """All single notes, those on lines in the order of files and lines, then the numbers of the others."""
        files = list(dict.fromkeys(path for path, _, _ in self._on_lines))
        in_order = sorted(self._on_lines, key=lambda note: (files.index(note[0]), note[1]))
        rest = (
            f"{path}: {count - SHOWN} more lines: {kind}"
            for (path, kind), count in self._counts.items()
            if count > SHOWN
        )
        return [*self._notes, *(f"{path} line {line}: {what}" for path, line, what in in_order), *rest]

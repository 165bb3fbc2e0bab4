"""Which table a command works on: the one named, else the one that ``extract`` wrote last here, else EMO-DB's."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ProsodySerError, ProtocolError, listed
from .printing import tell

if TYPE_CHECKING:
    from ..learn.splits.listed import ListedFolds
    from ..tables.feature_table import FeatureTable

#: Names that a message lists, at most.
_SHOWN = 12
_NUMBERED = re.compile(r"(.*?)(\d+)(\D*)")
BUILT_IN = "the built-in EMO-DB table (real speech of ten actors, but not yours)"


def table_or_default(path: Path | None) -> Path | None:
    """The table named, else the one written last in this folder, which is said; None for the built-in one."""
    found = path or _newest()
    if found is None:
        tell(f"no table named, and none in this folder: taking {BUILT_IN}")
    return found


def last_table() -> Path:
    """The table written last in this folder, which is said; an error if there is none."""
    found = _newest()
    if found is None:
        raise ProsodySerError("no table named, and none in this folder: run 'prosody-ser extract DIR OUT.csv' first")
    return found


def _newest() -> Path | None:
    """The table written last in this folder, which is said, the others named; None if there is none."""
    from ..tables.latest import tables_in

    found = tables_in()
    if not found:
        return None
    others = f"; also here: {listed(found[1:], _SHOWN)}" if found[1:] else ""
    tell(f"no table named: taking {found[0]}, which was written last in this folder{others}")
    return found[0]


def files_read(path: Path | None) -> list[Path]:
    """What reading the table at `path` reads, and no output may replace."""
    from ..tables.file import companion_of

    return [] if path is None else [path, companion_of(path)]


def each_once(paths: Iterable[Path]) -> None:
    """Refuse a file that is named twice."""
    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen:
            raise ProsodySerError(f"{path}: named twice")
        seen.add(path.resolve())


def short_names(paths: Sequence[Path]) -> list[str]:
    """What files are called where each needs a name: their own names if these tell them apart, else their paths."""
    names = [path.name for path in paths]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


def open_table(
    path: Path | None, features: str | None = None, family: str | None = None, columns: str | None = None
) -> "tuple[FeatureTable, str]":
    """The table at `path`, or the built-in one if that is None, with the features asked for; stderr says what to know.

    Gives the table and what it is called. Features and families are words with commas between; see
    :func:`prosody_ser.tables.columns.with_features`. Columns are as :func:`columns_asked` reads them.
    """
    from ..tables.columns import with_features
    from ..tables.file import read_table
    from ..tables.sequences import is_of_frames, read_sequences

    chosen = words(features, "--features"), words(family, "--family")
    asked = columns_asked(columns)
    if asked and (path is None or is_of_frames(path)):
        raise ProsodySerError("--columns is for a table of your own that has a row for each clip")
    if path is None:
        from ..catalogue import DEFAULT_SET
        from ..datasets.emodb_features import load_emodb_features

        return with_features(load_emodb_features(None if features else DEFAULT_SET), *chosen), BUILT_IN
    if is_of_frames(path):
        return with_features(read_sequences(path), *chosen), str(path)
    table = read_table(path, asked)
    _say_labels(path, table)
    if table.about.get("edited"):
        tell(f"{path}: changed since 'extract' wrote it; its companion names the features")
    if table.guessed:
        tell(f"{path}: taken as features: {_all_named(table.feature_names)}")
    if table.set_aside:
        tell(f"{path}: columns set aside, not used: {listed(table.set_aside, _SHOWN)}")
    return with_features(table, *chosen), str(path)


def _say_labels(path: Path, table: "FeatureTable") -> None:
    """Say how the table was read, and which of its classes may be no emotions."""
    from ..datasets.label_words import doubtful_classes

    for note in table.notes:
        tell(f"{path}: {note}")
    for note in doubtful_classes(path, table.frame["emotion"]):
        tell(note)


def columns_asked(text: str | None) -> dict[str, str] | None:
    """What ``--columns`` asks for: ``emotion=gt_emotion,speaker=speaker_id`` as our names to the file's own."""
    if text is None:
        return None
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    wrong = next((pair for pair in pairs if not (pair[0].strip() and pair[2].strip())), None)
    if wrong is not None or not pairs:
        said = "".join(wrong or ("",))
        raise ProsodySerError(
            f"--columns {said!r}: write ours=yours with commas between, as emotion=gt_emotion,speaker=id"
        )
    found = {ours.strip().lower(): theirs.strip() for ours, _, theirs in pairs}
    if len(found) < len(pairs):
        raise ProsodySerError(f"--columns {text!r}: a column of ours is named twice")
    return found


def _all_named(names: Sequence[str]) -> str:
    """Every name, as nobody can see from some of them whether one holds the label; long numbered rows by their ends.

    >>> _all_named(["f0", *(f"mel_{k}" for k in range(40))])
    'f0, mel_0 to mel_39 (40 columns)'
    """
    said: list[str] = []
    for _, each in groupby(enumerate(names), key=_place_in_row):
        row = [name for _, name in each]
        said += row if len(row) <= _SHOWN else [f"{row[0]} to {row[-1]} ({len(row)} columns)"]
    return ", ".join(said)


def _place_in_row(place_and_name: tuple[int, str]) -> tuple[str | int, ...]:
    """The same for names that differ in one number alone, which counts up from each to the next."""
    place, name = place_and_name
    numbered = _NUMBERED.fullmatch(name)
    return (numbered[1], numbered[3], int(numbered[2]) - place) if numbered else (name, place)


def words(text: str | None, option: str) -> list[str] | None:
    """The words in an option with commas, or None if it is not given; an error if there is none, or one twice."""
    if text is None:
        return None
    found = [word.strip() for word in text.split(",") if word.strip()]
    if not found:
        raise ProsodySerError(f"{option} is empty: name one or more, with commas between")
    twice = [word for word in found if found.count(word) > 1]
    if twice:
        raise ProsodySerError(f"{option}: {twice[0]} is named twice")
    return found


def say_what_takes_long(models: Iterable[str], n_clips: int) -> None:
    """A sentence on stderr for each model whose fits on so many clips take many minutes, before the first begins."""
    from ..learn.classifiers.registry import takes_long

    for sentence in filter(None, (takes_long(model, n_clips) for model in models)):
        tell(f"prosody-ser: {sentence}")


def folds_or_file(folds: str, split_file: Path | None, table: "FeatureTable") -> "str | ListedFolds":
    """The folds named, or those read from a file for this table; stderr says what the table lacks of them."""
    if split_file is None:
        from ..learn.splits.split_column import with_split_column

        return with_split_column(folds, table)
    from ..learn.splits.split_file import read_split

    if folds != "auto":
        raise ProtocolError("both --folds and --split-file are given: take one")
    found = read_split(split_file, table)
    if found.n_absent:
        tell(f"{split_file}: {found.n_absent} of its clips are not in the table: the score is of a part of them")
    return found

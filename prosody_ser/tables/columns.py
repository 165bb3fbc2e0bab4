"""Select features of a table by set, by family, by descriptor, or by name."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from shlex import quote

from ..catalogue import FEATURE_SETS, Contour, Feature, column, feature_set
from ..errors import ProtocolError, chosen, counted, did_you_mean, listed
from .feature_table import FeatureTable

#: Numbered contours that are selected together.
_SERIES = ("mfcc", "mel", "chroma", "contrast")
#: Largest number of columns of a user's own table that a message names.
_SHOWN = 12


def with_features(
    table: FeatureTable, features: str | Sequence[str] | None = None, families: str | Sequence[str] | None = None
) -> FeatureTable:
    """Select some features of a table; the others are set aside.

    Parameters
    ----------
    table : FeatureTable
    features : str or sequence of str, optional
        Each is a feature set (``prosody_v1``), a descriptor (``f0``; ``mfcc``, ``mel`` or ``chroma`` for all of a
        series), a column, or a pattern of columns (``mine_*``).
    families : str or sequence of str, optional
        ``pitch``, ``intensity``, ``formants``, ``voice quality``, ``timing``, ``spectrum``. If `features` is given,
        too, features that match both are selected.

    Returns
    -------
    FeatureTable
        Columns in the order of the table; the same table if neither argument is given. ``about["feature_set"]`` is the
        selected set, otherwise the set to which the features belong.

    Raises
    ------
    ProtocolError
        If a word matches no feature of the table.

    Examples
    --------
    >>> ser.with_features(ser.load_emodb_features(), ["f0", "loudness"])
    <FeatureTable: 535 clips (0 left out), 10 speakers, 7 emotions, 18 features of prosody_v1>
    """
    if features is None and families is None:
        return table
    features, families = ([given] if isinstance(given, str) else given for given in (features, families))
    names = list(table.feature_names)
    kept = set(names)
    if features is not None:
        groups = columns_by_descriptor(names)
        kept &= {name for word in features for name in _named(word, names, groups)}
    if families is not None:
        kept &= {name for word in families for name in _of_family(word, names)}
    if not kept:
        raise ProtocolError("no feature of the table matches both --features and --family")
    chosen = tuple(name for name in names if name in kept)
    about = dict(table.about)
    for name in FEATURE_SETS:
        if chosen == tuple(feature.name for feature in feature_set(name)):
            about["feature_set"] = name
    other_columns = (*table.other_columns, *(name for name in names if name not in kept))
    return replace(table, feature_names=chosen, about=about, other_columns=other_columns)


def _named(word: str, names: Sequence[str], groups: dict[str, set[str]]) -> set[str]:
    if word in FEATURE_SETS:
        wanted = {feature.name for feature in feature_set(word)}
        lacking = wanted - set(names)
        if lacking:
            raise ProtocolError(
                f"the table lacks {counted(len(lacking), 'feature')} of {word}, for example {min(lacking)}; "
                f"'extract --set {word}' measures them"
            )
        return wanted
    matches = set(groups.get(word, ()))
    matches |= {name for name in names if fnmatchcase(name, word)} if set(word) & set("*?[") else {word} & set(names)
    if not matches:
        raise ProtocolError(f"the table has no feature {word!r}{_instead(word, names)}")
    return matches


def _instead(word: str, names: Sequence[str]) -> str:
    """Say what to write in place of a word that matches no feature of a table, as the end of a message."""
    families = list(families_of(names))
    if word in families:
        return f"; this is a family: choose it with --family {quote(word)}"
    if hint := measured_by(word):
        return hint
    options = {family: f"--family {quote(family)}" for family in families}
    sizes = Counter(_descriptors(what)[-1] for what in _known(names).values())
    groups = [group for group, size in sorted(sizes.items()) if size > 1]
    near = did_you_mean(word, [*options, *names, *FEATURE_SETS, *groups], lambda name: options.get(name, name))
    if near or not groups:
        return near or f"; it has {listed(names, _SHOWN)}"
    return (
        f"; --features takes groups ({listed(groups, _SHOWN)}), feature sets ({', '.join(FEATURE_SETS)}) and names of "
        f"columns, and --family takes families ({', '.join(families)})"
    )


def measured_by(word: str) -> str:
    """Name the feature sets that have a feature or a group of features, as the end of a message; empty if none has."""
    holding = [
        name
        for name in FEATURE_SETS
        if any(word == feature.name or word in _descriptors(feature) for feature in feature_set(name))
    ]
    if not holding:
        return ""
    have = (
        f"the feature set {holding[0]} has" if len(holding) == 1 else f"the feature sets {' and '.join(holding)} have"
    )
    return f", but {have} it: 'extract --set {holding[0]}' measures it"


def columns_by_descriptor(names: Sequence[str]) -> dict[str, set[str]]:
    """Return the columns of each descriptor."""
    columns: dict[str, set[str]] = {}
    for name, what in _known(names).items():
        for descriptor in _descriptors(what):
            columns.setdefault(descriptor, set()).add(name)
    return columns


def _known(names: Sequence[str]) -> dict[str, Feature | Contour]:
    """Return the catalogue entries of those columns that are in the catalogue."""
    return {name: what for name in names if (what := column(name)) is not None}


def _descriptors(what: Feature | Contour) -> tuple[str, ...]:
    """Return the descriptors of a column with and without number (``mfcc3``, ``mfcc``), or the name of a measure."""
    contour = what if isinstance(what, Contour) else what.contour
    if contour is None:
        return (what.name,)
    descriptor = contour.descriptor
    series = descriptor.rstrip("0123456789")
    return (descriptor, series) if series in _SERIES else (descriptor,)


def families_of(names: Sequence[str]) -> dict[str, set[str]]:
    """Return the columns of each family, as far as the catalogue knows them, in alphabetical order of the families."""
    columns: dict[str, set[str]] = {}
    for name, what in _known(names).items():
        columns.setdefault(what.family, set()).add(name)
    return dict(sorted(columns.items()))


def _of_family(word: str, names: Sequence[str]) -> set[str]:
    families = families_of(names)
    if not families:
        raise ProtocolError("the families of the table's features are unknown, so --family cannot be used")
    if word not in families and word in columns_by_descriptor(names):
        raise ProtocolError(f"unknown family of the table {word!r}; this is a group: choose it with --features {word}")
    return set(chosen("family of the table", word, families))

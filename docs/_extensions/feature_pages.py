"""Pages about the features, from the catalogue: small sets as one table, large ones by contour and statistic."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from markdown_text import number, plain, table

from prosody_ser.catalogue import FEATURE_SETS, MEASURES, Contour, Feature, feature_set
from prosody_ser.catalogue.formulas import CONTOUR_NOTATION, MEASURE_NOTATION, STATISTIC_FORMULAS, STATISTIC_NOTATION
from prosody_ser.functionals.statistics import FUNCTIONALS

#: Unit of a statistic of a contour.
_UNITS = {
    "value": "the contour's",
    "spread": "the contour's",
    "difference": "the contour's",
    "rate": "the contour's per s",
    "speed": "the contour's per s",
    "acceleration": "the contour's per s²",
    "share": "ratio, 0 to 1",
    "number": "ratio",
    "level_ratio": "dB",
    "events": "1/s",
    "duration": "s",
}
_SCALES = {"any": "every contour", "ratio": "contours with a true zero, such as Hz", "level": "levels in dB"}


def _range(low: float, high: float, unit: str) -> str:
    return f"{number(low)} to {number(high)} {plain(unit)}"


def _origin(item: Feature | Contour) -> str:
    """Give the source of the definition, the call of the reference engine, and what the package does differently."""
    parts = [plain(item.source) + "."]
    if item.original:
        parts.append(f"Reference engine: {plain(item.original)}.")
    if item.deviation:
        text = plain(item.deviation)
        parts.append(f"Different here: {text}." if item.original else f"{text[:1].upper()}{text[1:]}.")
    return " ".join(parts)


def _needs(item: Feature | Contour) -> str:
    return f" Undefined (NaN) for recordings of less than {item.needs_rate_hz:,} Hz." if item.needs_rate_hz else ""


def _formula(item: Feature | Contour) -> str:
    """In the definition's cell, on a line of its own; of a contour's statistic, the contour's stands on its page."""
    if isinstance(item, Feature) and item.contour is not None and item.functional is not None:
        return f"`{STATISTIC_FORMULAS[item.functional.name]}`, x = [{item.contour.descriptor}](contours.md)"
    return f"`{item.formula}`"


def _notation(letters: dict[str, str]) -> str:
    return "In the formulas:\n\n" + "".join(f"- `{letter}`: {plain(text)}\n" for letter, text in letters.items())


def _row(item: Feature | Contour, name: str, text: str, ends: tuple[float, float], origin: str) -> tuple[str, ...]:
    definition = f"{plain(text)}.{_needs(item)}<br>{_formula(item)}"
    return f"`{name}`", plain(item.unit), definition, _range(*ends, item.unit), origin


def _feature_rows(features: Iterable[Feature], origin: Callable[[Feature], str]) -> list[tuple[str, ...]]:
    return [_row(f, f.name, f.definition, (f.minimum, f.maximum), origin(f)) for f in features]


def _source(feature: Feature) -> str:
    """Give the source of the definition; the pages of contours and measures have more."""
    return plain(feature.source) + "."


_COLUMNS = ("feature", "unit", "definition and formula", "valid range", "source")


def _by_family(items: Iterable[Feature | Contour]) -> dict[str, list]:
    families = defaultdict(list)
    for item in items:
        families[item.family].append(item)
    return families


def _small_set(name: str) -> str:
    features = feature_set(name)
    parts = [
        f"# {name}: {len(features)} features that can be described in words\n",
        "This is what `prosody-ser extract` measures unless you name another set. A value outside the valid range "
        "is an error of measurement and cannot occur in speech. `st` is a semitone, counted from 27.5 Hz.\n",
        "In the formula of a statistic, `x` is the contour; its own formula stands in [contours](contours.md). That "
        "page, [statistics](statistics.md) and [measures](measures.md) explain the letters. They also describe what "
        "comes from Praat or librosa, and what the package does differently.\n",
    ]
    for family, members in _by_family(features).items():
        parts += [f"## {family.capitalize()}\n", table(_COLUMNS, _feature_rows(members, _source))]
    return "\n".join(parts)


def _large_set(name: str) -> str:
    features = feature_set(name)
    statistics: dict[str, list[str]] = defaultdict(list)
    contours = {}
    for feature in features:
        if feature.contour is not None and feature.functional is not None:
            contours[feature.contour.descriptor] = feature.contour
            statistics[feature.contour.descriptor].append(feature.functional.name)
    measures = [feature for feature in features if feature.contour is None]
    kinds: dict[tuple[str, ...], str] = {}
    for names in statistics.values():
        kinds.setdefault(tuple(names), f"group {len(kinds) + 1}")
    parts = [
        f"# {name}: {len(features):,} features, by contour and statistic\n",
        f"A feature is a statistic of a contour, or a measure of the whole clip. `{name}` has "
        f"{len(features) - len(measures):,} statistics of {len(contours)} contours, and {len(measures)} measures. The "
        "name of a feature consists of the contour, the statistic and the unit: the mean of `f0` in semitones is "
        "`f0_mean_st`. "
        "The pages [contours](contours.md) and [statistics](statistics.md) have units, definitions and formulas. "
        f"`prosody-ser features --set {name}` lists every name.\n",
        "## Statistics of each contour\n",
        "Contours with the same statistics are in one group.\n",
    ]
    for names, title in kinds.items():
        members = [f"`{descriptor}`" for descriptor in statistics if tuple(statistics[descriptor]) == names]
        parts += [
            f"### {title.capitalize()}: {len(names)} statistics of {len(members)} contour{'s' * (len(members) > 1)}\n",
            f"**Contours:** {', '.join(members)}\n",
            f"**Statistics:** {', '.join(f'`{one}`' for one in names)}\n",
        ]
    parts += ["## Measures\n", "The page [measures of the whole clip](measures.md) describes these:\n"]
    parts.append(", ".join(f"`{feature.name}`" for feature in measures) + "\n")
    return "\n".join(parts)


def _contours() -> str:
    contours = {
        f.contour.descriptor: f.contour for name in FEATURE_SETS for f in feature_set(name) if f.contour is not None
    }
    parts = [
        "# Contours\n",
        "A contour has one value every 10 ms. `prosody-ser extract DIR frames.parquet --level frames` writes the "
        "contours themselves; the features are statistics of them.\n",
        _notation(CONTOUR_NOTATION),
    ]
    for family, members in _by_family(contours.values()).items():
        rows = [_row(c, c.descriptor, c.text, (c.low, c.high), _origin(c)) for c in members]
        parts += [f"## {family.capitalize()}\n", table(("contour", *_COLUMNS[1:]), rows)]
    return "\n".join(parts)


def _statistics() -> str:
    rows = [
        (
            f"`{name}`",
            f"{plain(f.text.format('contour'))}<br>`{STATISTIC_FORMULAS[name]}`",
            _UNITS[f.unit],
            _SCALES.get(f.scale, f.scale),
        )
        for name, f in FUNCTIONALS.items()
    ]
    return (
        "# Statistics of contours\n\n"
        "A statistic turns a contour into one number. It is undefined (NaN) with fewer than three defined frames.\n\n"
        + _notation(STATISTIC_NOTATION)
        + "\n"
        + table(("statistic", "definition and formula", "unit", "taken of"), rows)
    )


def _measures() -> str:
    parts = ["# Measures of the whole clip\n", "A measure is one number for a clip, not a statistic of a contour.\n"]
    parts.append(_notation(MEASURE_NOTATION))
    for family, members in _by_family(MEASURES.values()).items():
        parts += [f"## {family.capitalize()}\n", table(_COLUMNS, _feature_rows(members, _origin))]
    return "\n".join(parts)


def pages(root: Path) -> dict[str, str]:
    """Write a page for each set, and one each for contours, statistics and measures."""
    small, *large = FEATURE_SETS
    return {
        f"features/{small}.md": _small_set(small),
        **{f"features/{name}.md": _large_set(name) for name in large},
        "features/contours.md": _contours(),
        "features/statistics.md": _statistics(),
        "features/measures.md": _measures(),
    }

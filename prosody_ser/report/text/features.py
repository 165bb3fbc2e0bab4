"""A feature set as text: for the terminal, as JSON, as Markdown."""

import json
from collections.abc import Callable, Sequence

from ...catalogue import Feature
from ...errors import counted
from ...terminal_view import columns_of, fits, line_width
from ..markdown import table


@fits
def feature_table(name: str, features: Sequence[Feature]) -> str:
    """By family: name, unit, definition, formula and source, in columns where these fit, else one below the other."""
    name_width = max(len(f.name) for f in features)
    unit_width = max(len(f.unit) for f in features)
    lines = [f"{name}: {counted(len(features), 'feature')}"]
    for family, members in _by_family(features).items():
        lines += ["", family]
        for f in members:
            line = f"  {f.name:{name_width}}  {f.unit:{unit_width}}  {_description(f)}"
            lines += [line] if columns_of(line) <= line_width() else [f"  {f.name}  {f.unit}", f"    {_description(f)}"]
    return "\n".join(lines)


def feature_json(name: str, features: Sequence[Feature]) -> str:
    """Give one JSON object with the name of the set and a list of its features with all their properties."""
    plain = ("name", "unit", "family", "definition", "source", "minimum", "maximum")
    listed = [
        {key: getattr(f, key) for key in plain}
        | {"formula": f.formula or None, "original": f.original or None, "own": f.deviation or None}
        | {"contour": f.contour.name if f.contour else None}
        | {"functional": f.functional.name if f.functional else None}
        | {"needs_rate_hz": f.needs_rate_hz or None}
        for f in features
    ]
    return json.dumps({"feature_set": name, "n_features": len(features), "features": listed}, indent=1)


def feature_markdown(name: str, features: Sequence[Feature]) -> str:
    """Give a Markdown table for each family."""
    lines = [f"# {name}: {counted(len(features), 'feature')}"]
    for family, members in _by_family(features).items():
        rows = [(f"`{f.name}`", f.unit, f.definition, _code(f.formula), f.source, origin(f)) for f in members]
        columns = ("feature", "unit", "definition", "formula", "source", "origin")
        lines += ["", f"## {family}", "", table(columns, rows, 6, str)]
    return "\n".join(lines)


def _description(feature: Feature) -> str:
    formula = feature.formula and f"Formula: {feature.formula}"
    return ". ".join(filter(None, [feature.definition, formula, f"Source: {feature.source}", origin(feature)]))


def _code(formula: str) -> str:
    """A formula as a code span; a bar would end the cell of the table."""
    return f"`{formula}`".replace("|", r"\|") if formula else ""


def origin(feature: Feature) -> str:
    """What the reference engine calls for a feature, and what the package does differently; empty for a plugin's."""
    if feature.original:
        return f"Reference engine: {feature.original}. Different here: {feature.deviation}"
    return feature.deviation[:1].upper() + feature.deviation[1:]


def _by_family(features: Sequence[Feature]) -> dict[str, list[Feature]]:
    families: dict[str, list[Feature]] = {}
    for f in features:
        families.setdefault(f.family, []).append(f)
    return families


FORMATS: dict[str, Callable[[str, Sequence[Feature]], str]] = {
    "table": feature_table,
    "json": feature_json,
    "markdown": feature_markdown,
}

"""A feature set as text: for the terminal, as JSON, as Markdown."""

import json
from collections.abc import Callable, Sequence

from ...catalogue import Feature
from ...terminal_view import columns_of, fits, line_width
from ..markdown import table


@fits
def feature_table(name: str, features: Sequence[Feature]) -> str:
    """List features by family with name, unit, definition and source, in columns if these fit, else on two lines."""
    name_width = max(len(f.name) for f in features)
    unit_width = max(len(f.unit) for f in features)
    lines = [f"{name}: {len(features)} features"]
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
        | {"original": f.original or None, "own": f.own or None}
        | {"contour": f.contour.name if f.contour else None}
        | {"functional": f.functional.name if f.functional else None}
        | {"needs_rate_hz": f.needs_rate_hz or None}
        for f in features
    ]
    return json.dumps({"feature_set": name, "n_features": len(features), "features": listed}, indent=1)


def feature_markdown(name: str, features: Sequence[Feature]) -> str:
    """Give a Markdown table for each family."""
    lines = [f"# {name}: {len(features)} features"]
    for family, members in _by_family(features).items():
        rows = [(f"`{f.name}`", f.unit, f.definition, f.source, origin(f)) for f in members]
        lines += ["", f"## {family}", "", table(("feature", "unit", "definition", "source", "whose"), rows, 5, str)]
    return "\n".join(lines)


def _description(feature: Feature) -> str:
    return ". ".join(filter(None, [feature.definition, f"Source: {feature.source}", origin(feature)]))


def origin(feature: Feature) -> str:
    """Say which parts of a feature follow Praat or librosa, and which are the package's own; empty for plugins."""
    return "; ".join(filter(None, [feature.original, feature.own and f"ours: {feature.own}"]))


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

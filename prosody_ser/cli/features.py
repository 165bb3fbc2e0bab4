"""``prosody-ser features``."""

from typing import Annotated

import typer

from .options import FeatureSet, Plugin

EXAMPLES = ("prosody-ser features", "prosody-ser features --set full_v1 --format markdown")


def command(
    features: FeatureSet = None,
    format: Annotated[str, typer.Option(help="Format of the printed list: table, json or markdown.")] = "table",
    plugin: Plugin = None,
) -> None:
    """List the features of a set.

    The list gives the name, unit, definition and source of each feature.
    """
    from ..catalogue import DEFAULT_SET, feature_set
    from ..errors import chosen
    from ..report.text.features import FORMATS

    chosen("format", format, FORMATS)
    name = features or DEFAULT_SET
    listed = feature_set(name)
    if plugin is not None:
        from ..plugin import load_plugin

        listed += load_plugin(plugin).features
    print(FORMATS[format](name, listed))

"""The JSON schemas that the package ships."""

import json
from importlib.resources import files


def json_schema(name):
    """The schema of a ``result``, a ``comparison``, a ``cross`` evaluation or a line of ``live``."""
    text = files("prosody_ser.results").joinpath(f"schemas/{name}.schema.json").read_text(encoding="utf-8")
    return json.loads(text)

"""The JSON schemas that the package ships."""

import json
from functools import cache
from importlib.resources import files

from jsonschema import Draft202012Validator


def json_schema(name):
    """The schema of a ``result``, a ``comparison``, a ``cross`` evaluation or a line of ``live``."""
    text = files("prosody_ser.results").joinpath(f"schemas/{name}.schema.json").read_text(encoding="utf-8")
    return json.loads(text)


@cache
def validator(name):
    """Give a validator: ``validator("result").validate(data)``. The schema itself is checked here, once."""
    schema = json_schema(name)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)

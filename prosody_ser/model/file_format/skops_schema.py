"""``schema.json``: the file as a skops file of plain data, which is all that it may be.

skops (protocol 2) describes an object as a tree of nodes, each with the class to make and a loader that makes it.
Estimators would come as such objects, their attributes and all; what a file may then ask for can be narrowed by type,
but not by content (skops' own words on trees: "a crafted file can crash the process"). Here a model is a dictionary of
texts and arrays: no class beyond dict, list, str and ndarray, and ``skops.io.load(file)`` opens it with nothing to
trust. We read it ourselves (importing skops also imports all of scikit-learn): the schema must be, node for node, the
one that this module writes for the members that are there, and anything else is refused before a node is looked at.
"""

from typing import Any

from ...errors import ModelError
from .canonical_json import everything_in
from .zip_members import parsed

PROTOCOL = 2
#: The release whose protocol that is; it only informs.
SKOPS_VERSION = "0.16.0"
SCHEMA = "schema.json"
_LOADERS = {
    "DictNode": "builtins.dict",
    "ListNode": "builtins.list",
    "TypeNode": "builtins.str",
    "JsonNode": "builtins.str",
    "NdArrayNode": "numpy.ndarray",
}


def schema_of(texts: dict[str, str], arrays: list[str]) -> dict[str, Any]:
    """The schema of a dictionary of texts (JSON by key) and of .npy members, each under its name without ``.npy``."""
    keys = [*texts, *(name.removesuffix(".npy") for name in arrays)]
    ids = iter(range(1, 2 * len(keys) + 3))

    def node(loader: str, **more: Any) -> dict[str, Any]:
        module, _, name = _LOADERS[loader].rpartition(".")
        return {"__class__": name, "__module__": module, "__loader__": loader, **more, "__id__": next(ids)}

    content = {key: node("JsonNode", content=text, is_json=True) for key, text in texts.items()}
    content |= {name.removesuffix(".npy"): node("NdArrayNode", type="numpy", file=name) for name in arrays}
    key_types = node("ListNode", content=[node("TypeNode") for _ in keys])
    root = node("DictNode", content=content, key_types=key_types)
    return root | {"protocol": PROTOCOL, "_skops_version": SKOPS_VERSION}


def texts_of(content: bytes, keys: tuple[str, ...], arrays: list[str]) -> dict[str, Any]:
    """What the texts of a schema say, if it is the schema of those texts and arrays and holds nothing else.

    Raises
    ------
    ModelError
        Naming the first node that no model has.
    """
    schema = parsed(content, SCHEMA)
    foreign = _foreign(schema)
    if foreign:
        raise ModelError(f"its {SCHEMA} asks for {foreign}, which no model holds")
    try:
        texts = {key: schema["content"][key]["content"] for key in keys}
        same = all(isinstance(text, str) for text in texts.values()) and schema == schema_of(texts, arrays)
    except (KeyError, TypeError):
        same = False
    if not same:
        raise ModelError(f"its {SCHEMA} is not that of a model")
    return {key: parsed(text, f"{SCHEMA}, {key},") for key, text in texts.items()}


def _foreign(schema: Any) -> str | None:
    """The first node that is none of :data:`_LOADERS`, in words; None if there is none."""
    for found in everything_in(schema):
        if isinstance(found, dict) and {"__class__", "__module__", "__loader__"} & set(found):
            name = f"{found.get('__module__')}.{found.get('__class__')}"
            loader = found.get("__loader__")
            if not isinstance(loader, str) or _LOADERS.get(loader) != name:
                return f"{name!r:.80} ({loader!r:.40})"
    return None

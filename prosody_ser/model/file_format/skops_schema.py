"""``schema.json``: makes the file a skops file that contains only plain data.

skops (protocol 2) describes an object as a tree of nodes, each with the class to create and a loader that creates it.
If estimators were stored as such objects, the types in a file could be restricted, but not their content (skops warns
about trees: "a crafted file can crash the process"). Here a model is a dictionary of texts and arrays. It has no
classes other than dict, list, str and ndarray, so ``skops.io.load(file)`` opens it without any trusted types. This
package reads the file without skops, whose import also imports all of scikit-learn. The schema must be, node for node,
the one that this module writes for the members of the file; anything else is refused before a node is used.
"""

from typing import Any

from ...errors import ModelError
from .canonical_json import everything_in
from .zip_members import parsed

PROTOCOL = 2
#: The skops release that uses this protocol; stored for information only.
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
    """Write the schema of a dictionary with texts (JSON by key) and .npy members, keyed by name without ``.npy``."""
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
    """Parse the texts in a schema, after checking that it describes these texts and arrays and nothing else.

    Raises
    ------
    ModelError
        If the schema is another; the message names the first node that a model may not have.
    """
    schema = parsed(content, SCHEMA)
    foreign = _foreign(schema)
    if foreign:
        raise ModelError(f"{SCHEMA} requests {foreign}, which is not allowed in a model file")
    try:
        texts = {key: schema["content"][key]["content"] for key in keys}
        same = all(isinstance(text, str) for text in texts.values()) and schema == schema_of(texts, arrays)
    except (KeyError, TypeError):
        same = False
    if not same:
        raise ModelError(f"{SCHEMA} is not the schema of a model file")
    return {key: parsed(text, f"{SCHEMA}, {key},") for key, text in texts.items()}


def _foreign(schema: Any) -> str | None:
    """Description of the first node that is not in :data:`_LOADERS`; None if there is no such node."""
    for node in everything_in(schema):
        if isinstance(node, dict) and {"__class__", "__module__", "__loader__"} & set(node):
            name = f"{node.get('__module__')}.{node.get('__class__')}"
            loader = node.get("__loader__")
            if not isinstance(loader, str) or _LOADERS.get(loader) != name:
                return f"{name!r:.80} ({loader!r:.40})"
    return None

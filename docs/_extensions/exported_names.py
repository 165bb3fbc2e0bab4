"""For the API pages: links of docstrings to exported names, and which members are shown.

A docstring may name the module in which a function is defined, but its page has the exported name.
"""

import importlib
import inspect
from typing import Any

from sphinx.application import Sphinx

import prosody_ser


def _object(path: str) -> Any:
    """Give the object at a dotted path; None if there is none."""
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            thing = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for part in parts[cut:]:
            thing = getattr(thing, part, None)
        return thing
    return None


def _resolve(app: Sphinx, env: Any, node: Any, content: Any) -> Any:
    """Link to the exported name of the same object."""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"]
    if not target.startswith("prosody_ser."):
        target = f"{node.get('py:module') or 'prosody_ser'}.{target}"
    thing = _object(target) or _object(f"prosody_ser.{node['reftarget']}")
    for name in prosody_ser.__all__:
        if thing is not None and getattr(prosody_ser, name) is thing:
            exported = f"prosody_ser.{name}"
            return env.get_domain("py").resolve_xref(
                env, node["refdoc"], app.builder, node["reftype"], exported, node, content
            )
    return None


def _is_foreign(app: Sphinx, kind: str, name: str, member: Any, skip: bool, options: Any) -> bool | None:
    """Leave out members that a class inherits from pandas or scikit-learn, which document them."""
    function = getattr(member, "fget", member)
    module = getattr(inspect.unwrap(function), "__module__", None) if callable(function) else None
    return True if module is not None and not module.startswith("prosody_ser") else None


def _list_references(app: Sphinx, kind: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Make a list of the references of a docstring; each begins with a line that is not indented."""
    try:
        start = lines.index("References") + 2
    except ValueError:
        return
    for number in range(start, len(lines)):
        line = lines[number]
        if number + 1 < len(lines) and lines[number + 1].startswith("---"):  # the next section's title
            return
        if line.strip():
            lines[number] = f"  {line.strip()}" if line.startswith(" ") else f"* {line}"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the functions for references, members and docstrings."""
    app.connect("missing-reference", _resolve)
    app.connect("autodoc-skip-member", _is_foreign)
    app.connect("autodoc-process-docstring", _list_references, priority=100)  # before numpydoc rewrites the sections
    return {"parallel_read_safe": True, "parallel_write_safe": True}

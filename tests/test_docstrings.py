"""All names to which docstrings refer exist."""

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import prosody_ser

ROLE = re.compile(r":(?:attr|class|data|exc|func|meth|mod):`~?([^`]+)`")


def has(owner, name):
    """Return whether an object has an attribute; for a class, also fields that only instances have."""
    return hasattr(owner, name) or any(name in inspect.get_annotations(kind) for kind in getattr(owner, "__mro__", ()))


def leads_somewhere(target, module):
    """Return whether a name exists: a full name, or one in the module, its classes, or the package."""
    first, *rest = target.lstrip(".").split(".")
    kinds = [kind for kind in vars(module).values() if inspect.isclass(kind)]
    owner = next((place for place in (module, prosody_ser, *kinds) if has(place, first)), None)
    if target.startswith("."):
        owner, rest = importlib.import_module(module.__package__), [first, *rest]
    elif owner is not None:
        owner = getattr(owner, first, None)
    elif rest:
        owner = importlib.import_module(first)
    else:
        return False
    for name in rest:
        if inspect.ismodule(owner) and not hasattr(owner, name):
            try:
                importlib.import_module(f"{owner.__name__}.{name}")
            except ImportError:
                return False
        if not has(owner, name):
            return False
        owner = getattr(owner, name, None)
    return True


def docstrings(module):
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    return [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, documented)]


def test_what_a_docstring_refers_to_is_there():
    lost = []
    for name in [
        "prosody_ser",
        *(module.name for module in pkgutil.walk_packages(prosody_ser.__path__, "prosody_ser.")),
    ]:
        if not name.endswith("__main__"):
            module = importlib.import_module(name)
            targets = {target for text in docstrings(module) for target in ROLE.findall(text)}
            lost += [f"{name}: {target}" for target in sorted(targets) if not leads_somewhere(target, module)]
    assert lost == []


def test_a_name_that_is_nowhere_is_told_from_one_that_is():
    module = importlib.import_module("prosody_ser.learn.splits.evaluation_plan")
    there = ["prosody_ser.learn.splits.named.make_splitter", "EvaluationPlan.X", "of", "evaluate", ".named"]
    nowhere = ["prosody_ser.learn.splits.make_splitters", "prosody_ser.learn.nothing", "EvaluationPlan.Z", "unwrap_it"]
    assert [leads_somewhere(target, module) for target in there + nowhere] == [True] * 5 + [False] * 4

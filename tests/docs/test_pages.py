"""The documentation names all that there is. Whether it builds is asked by ``scripts/docs``."""

import importlib.util
import re
from pathlib import Path

import prosody_ser as ser

DOCS = Path(__file__).resolve().parents[2] / "docs"


def _extension(name, monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS / "_extensions"))
    spec = importlib.util.spec_from_file_location(name, DOCS / "_extensions" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_exported_name_is_in_the_api_once():
    listed = re.findall(r"^   (\w+)$", (DOCS / "reference" / "api.rst").read_text("utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(set(ser.__all__) - {"__version__"})


def test_every_command_has_a_page_with_its_options(monkeypatch):
    pages = _extension("command_pages", monkeypatch).pages(DOCS.parent)
    for module in (DOCS.parent / "prosody_ser" / "cli").glob("*.py"):
        if "\nEXAMPLES = " in module.read_text("utf-8"):
            name = module.stem.replace("_", "-")
            assert f"commands/prosody-ser-{name}.md" in pages
    assert "`--speaker-norm LIST`" in pages["commands/prosody-ser-cv.md"]
    assert "commands/prosody-ser-cache-clear.md" in pages


def test_every_feature_of_the_default_set_stands_with_its_unit_and_range(monkeypatch):
    pages = _extension("feature_pages", monkeypatch).pages(DOCS.parent)
    for feature in ser.feature_set("prosody_v1"):
        (row,) = re.findall(rf"^\| `{feature.name}` .*$", pages["features/prosody_v1.md"], re.MULTILINE)
        assert feature.unit in row

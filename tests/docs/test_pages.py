"""The documentation names all that there is. Whether it builds is asked by ``scripts/docs``."""

import importlib.util
import re
import shlex

import typer

import prosody_ser as ser
from prosody_ser.cli import app
from tests.support.project import ROOT

DOCS = ROOT / "docs"


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


def test_every_command_on_a_page_is_understood():
    shown = [
        (path.name, words) for path in [*DOCS.glob("*.md"), *DOCS.glob("[!_g]*/*.md")] for words in _commands_of(path)
    ]
    assert len(shown) > 50
    program = typer.main.get_command(app)
    for page, words in shown:
        command, rest = program, words[1:]
        while hasattr(command, "commands") and rest and rest[0] in command.commands:
            command, rest = command.commands[rest[0]], rest[1:]
        try:
            command.make_context(words[0], list(rest))
        except typer.Exit:
            assert rest == ["--version"]
        except typer.BadParameter.__base__ as error:
            raise AssertionError(f"{page}: {shlex.join(words)}: {error.format_message()}") from error


def _commands_of(path):
    """Each call of prosody-ser in the shell blocks of a page, as words."""
    for block in re.findall(r"```sh\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            words = shlex.shlex(line, posix=True, punctuation_chars="|&;")
            words.whitespace_split = True
            for call in " ".join(map(shlex.quote, words)).split(" '&&' "):
                if call.startswith("prosody-ser "):
                    yield shlex.split(call)

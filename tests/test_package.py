"""The files of the package; ``scripts/check_package`` builds and installs it."""

import configparser
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

import pytest

import prosody_ser
from tests.support.project import ROOT

SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
PACKAGE = ROOT / "prosody_ser"


def contents():
    """The script that checks a built package, as a module."""
    loader = SourceFileLoader("package_contents", str(ROOT / "scripts" / "package_contents"))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def test_every_file_of_the_package_is_in_the_wheel():
    """A module lies in a folder with an __init__.py, and any other file matches a pattern of setup.cfg."""
    listed = {
        path
        for package, patterns in SETUP["options.package_data"].items()
        for pattern in patterns.split(",")
        for path in (ROOT / package.replace(".", "/")).glob(pattern.strip())
    }
    modules = {path for path in PACKAGE.rglob("*.py") if (path.parent / "__init__.py").exists()}
    built = {path.relative_to(ROOT).as_posix() for path in listed | modules if path.is_file()}
    assert built == contents().package_files()


def test_no_recording_is_in_the_package():
    kinds = {path.rpartition(".")[2] for path in contents().package_files()}
    assert kinds == {"py", "pyi", "typed", "json", "html", "css", "parquet", "skops"}


def test_a_missing_and_a_foreign_file_are_named():
    differences = contents().differences({"prosody_ser/a.py", "tests/b.py"}, {"prosody_ser/a.py", "prosody_ser/c.json"})
    assert differences == ["missing: prosody_ser/c.json", "not expected: tests/b.py"]


@pytest.mark.parametrize("key", ["version", "license", "repository-code"])
def test_the_citation_says_what_the_package_says(key):
    """A development version is cited as the next release."""
    lines = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    cited = dict(line.split(": ", 1) for line in lines if ": " in line and not line.startswith(" "))
    source = SETUP["metadata"]["project_urls"].strip().splitlines()[0].removeprefix("Source = ")
    expected = {
        "version": prosody_ser.__version__.partition(".dev")[0],
        "license": SETUP["metadata"]["license"],
        "repository-code": source,
    }
    assert cited[key] == expected[key]

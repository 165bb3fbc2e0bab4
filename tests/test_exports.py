"""The exported names: the stub for editors is complete, and importing the package loads nothing slow."""

import ast
import doctest
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import prosody_ser

STUB = Path(prosody_ser.__file__).with_suffix(".pyi")


def names_in_the_stub():
    tree = ast.parse(STUB.read_text())
    return [alias.asname for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]


def test_the_stub_names_what_is_exported_and_all_of_it_is_there():
    names = names_in_the_stub()
    assert sorted(prosody_ser.__all__) == sorted(set(names))
    assert len(set(names)) == len(names)
    assert [name for name in names if getattr(prosody_ser, name).__name__ != name] == []
    assert {"measure_file", "predict_signal", "LeaveOneSpeakerOut", "RecordingError", "plot_clip"} <= set(names)


def test_importing_the_package_loads_nothing_that_is_slow():
    program = "import sys, prosody_ser; print({'numpy', 'pandas', 'sklearn', 'markupsafe'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_package_is_marked_as_typed():
    assert STUB.with_name("py.typed").is_file()


#: What stands before every example.
GIVEN = {"np": np, "pd": pd, "ser": prosody_ser}
EXAMPLES = [
    example
    for name, documented in [("prosody_ser", prosody_ser), *((n, getattr(prosody_ser, n)) for n in prosody_ser.__all__)]
    for example in doctest.DocTestFinder(recurse=False).find(documented, name, globs=GIVEN)
    if example.examples
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_example_in_the_documentation_runs(example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example).failed == 0

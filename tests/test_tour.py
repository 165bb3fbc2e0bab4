"""The notebook runs as it stands, and shows what is stored in it."""

import runpy

import nbformat
import pytest

from tests.support.project import ROOT

TOUR = runpy.run_path(str(ROOT / "scripts" / "make_tour"))


def shown(notebook):
    """What the cells on EMO-DB's table say in text; what the synthesiser speaks differs from machine to machine."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    first, last = (
        next(i for i, cell in enumerate(cells) if word in cell.source)
        for word in ("load_emodb_features", "predict_files")
    )
    return [
        "".join(output.get("text", "") or output["data"]["text/plain"] for output in cell.outputs)
        for cell in cells[first:last]
    ]


@pytest.mark.slow
def test_the_notebook_runs_and_shows_what_it_holds():
    stored = nbformat.read(TOUR["NOTEBOOK"], 4)
    made = TOUR["executed"](stored)
    TOUR["kept"](made)
    assert len(shown(made)) > 4
    assert shown(made) == shown(stored)


def test_the_notebook_is_small_and_holds_no_sound_and_no_paths_of_a_machine():
    text = TOUR["NOTEBOOK"].read_text(encoding="utf-8")
    assert len(text) < 500_000
    assert "data:audio" not in text
    assert "site-packages" not in text
    code = [cell for cell in nbformat.reads(text, 4).cells if cell.cell_type == "code"]
    assert all(cell.outputs for cell in code[1:])

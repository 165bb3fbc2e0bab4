"""Every exported function that shows a result takes the result, its data, or the path of its file."""

import inspect

import pytest

import prosody_ser as ser
from prosody_ser.errors import ProsodySerError
from tests.support.full_result import small_result, with_every_block

SHOWN = [
    name for name in ser.__all__ if name.startswith("plot_") or name.endswith(("_text", "_html", "_latex", "_markdown"))
]
FIRST = {name: next(iter(inspect.signature(getattr(ser, name)).parameters.values())) for name in SHOWN}
OF_RESULTS = [name for name, first in FIRST.items() if first.name == "result"]


@pytest.fixture(scope="module")
def results():
    table = ser.load_emodb_features("chroma")
    women, men = (ser.FeatureTable(part, table.feature_names) for _, part in table.frame.groupby("sex"))
    one = ser.Result(with_every_block(small_result()))
    return {
        "Result": one,
        "Comparison": ser.compare(
            [ser.evaluate(table, ser.make_pipeline(name), folds=2) for name in ("lda", "logreg")]
        ),
        "CrossResult": ser.cross_corpus({"women": women, "men": men}, ser.make_pipeline("lda"), folds=2),
    }


def test_every_function_that_shows_a_result_is_tested_here():
    annotated = [name for name, first in FIRST.items() if "Result" in str(first.annotation) or first.name == "data"]
    annotated += [name for name, first in FIRST.items() if "Comparison" in str(first.annotation)]
    assert sorted(OF_RESULTS) == sorted(set(annotated))
    assert len(OF_RESULTS) == 13


@pytest.mark.parametrize("name", OF_RESULTS)
def test_a_result_its_data_and_its_path_show_the_same(name, results, tmp_path):
    kind = next(part for part in ("CrossResult", "Comparison", "Result") if part in str(FIRST[name].annotation))
    given = results[kind]
    given.write(tmp_path / "r.json")
    shown = []
    for form in (given, given.data, str(tmp_path / "r.json")):
        picture = [tmp_path / "p.png"] if name.startswith("plot_") else []
        text = getattr(ser, name)(form, *picture)
        shown.append(picture[0].read_bytes() if picture else text)
    assert len(set(shown)) == 1
    other = results["Comparison" if kind != "Comparison" else "CrossResult"]
    for wrong in (other, other.data, 3):
        with pytest.raises(ProsodySerError, match=f"expected a {kind} "):
            getattr(ser, name)(wrong, *[tmp_path / "q.png"][: name.startswith("plot_")])

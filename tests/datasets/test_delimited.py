"""Files of rows and columns are read as they were written, and other files are refused."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosody_ser.datasets.delimited import SEPARATORS, read_rows
from prosody_ser.datasets.labels import names_of_files, read_labels
from prosody_ser.errors import CorpusError
from tests.support.drawn import drawn, texts

HEAD = ["file", "speaker", "emotion"]
cells = st.one_of(texts, st.lists(texts, min_size=2, max_size=3).map("\n".join)).map(str.strip)
rows = st.lists(st.tuples(cells.filter(bool), cells, cells).map(list), min_size=1, max_size=5)


@drawn
@given(
    rows,
    st.sampled_from(SEPARATORS),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_rows_are_read_as_they_were_written(tmp_path, rows, separator, encoding, newline):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=newline).writerows([HEAD, *rows])
    path = tmp_path / "labels.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    content = read_rows(path, names_of_files())
    assert content.columns == tuple(HEAD)
    assert [row for _, row in content.cells] == rows
    assert (content.collected.notes, content.left_out) == ([], 0)


@drawn
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode(errors="ignore"))))
@pytest.mark.parametrize("head", [b"", b"file,speaker,emotion,start,end,age\n", b"file;label\n"])
def test_any_bytes_are_labels_or_refused_in_one_line(tmp_path, head, content):
    path = tmp_path / "labels.csv"
    path.write_bytes(head + content)
    try:
        utterances, notes, _ = read_labels(tmp_path, [path])
        assert utterances
    except CorpusError as error:
        notes = [str(error)]
    assert not any("\n" in note for note in notes)

"""Why a file cannot be read is said in words of our own, whichever library reads it."""

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest

from prosody_ser.file_errors import why_unreadable


def by_csv(text):
    return list(csv.reader(io.StringIO(text), strict=True))


def by_pandas(text):
    return pd.read_csv(io.StringIO(text))


@pytest.mark.parametrize(
    ("read", "text", "why"),
    [
        (by_pandas, "", "the file is empty"),
        (json.loads, " \n", "the file is empty"),
        (json.loads, '{"a": 1', "the file is not valid JSON (line 1, column 8: Expecting ',' delimiter)"),
        (
            by_pandas,
            "a,b\n1,2\n1,2,3\n",
            "line 3 has 3 cells, but the lines above have 2; put cells that contain a comma in quotation marks",
        ),
        (by_pandas, 'a,b\n1,"2\n', "a quotation mark in line 2 is not closed"),
        (by_csv, 'a,"b\n', "a quotation mark is not closed"),
        (
            by_csv,
            'a,"b"c\n',
            "a cell goes on after its closing quotation mark; a quotation mark inside a cell must be doubled",
        ),
        (lambda name: Path(name).read_text(), "no/such/file", "there is no such file"),
        (bytes.decode, b"\xff\xfe\x00", "the file is not text in the encoding UTF-8; save it as UTF-8"),
    ],
)
def test_the_cause_is_named(read, text, why):
    with pytest.raises((OSError, ValueError, csv.Error)) as caught:
        read(text)
    assert why_unreadable(caught.value) == why

"""The option ``--columns``, which names the columns in a user's own list or table."""

import pandas as pd
import pytest

from prosody_ser.cli.input_table import columns_asked, open_table
from prosody_ser.errors import ProsodySerError


def test_pairs_with_commas():
    assert columns_asked(None) is None
    assert columns_asked("emotion=gt_emotion, Speaker = who =x,") == {"emotion": "gt_emotion", "speaker": "who =x"}


@pytest.mark.parametrize("text", ["", ",", "emotion", "emotion=", "=x", "emotion=a,emotion=b", "speaker=a;emotion=b,x"])
def test_what_is_no_pair_is_refused(text):
    with pytest.raises(ProsodySerError, match=r"^--columns '"):
        columns_asked(text)


def test_a_table_is_read_by_them_and_its_doubtful_classes_are_named(tmp_path, capsys):
    path = tmp_path / "own.csv"
    labels = {"clip_id": ["a", "b", "c"], "who": ["x", "y", "y"], "felt": ["hapy", "happy", "happy;sad"]}
    pd.DataFrame({**labels, "x0": [0.5, 1.5, 1.0]}).to_csv(path, index=False)
    table, _ = open_table(path, columns="file=clip_id,speaker=who,emotion=felt")
    assert table.frame[["file", "speaker", "emotion"]].to_numpy().tolist()[0] == ["a", "x", "hapy"]
    message = capsys.readouterr().err
    assert f"{path}: columns read: 'clip_id' as file, 'who' as speaker, 'felt' as emotion" in message
    names = "happy;sad (1 clip), hapy (1 clip; did you mean happiness?)"
    assert f"these classes may not be separate emotions: {names}" in message


def test_the_built_in_table_has_no_other_columns():
    with pytest.raises(ProsodySerError, match="--columns can be used only with a table of your own"):
        open_table(None, columns="emotion=x")

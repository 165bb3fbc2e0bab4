"""Folds that a column of the table names."""

import numpy as np
import pytest

from prosody_ser.errors import ProtocolError
from prosody_ser.learn.splits.evaluation_plan import EvaluationPlan
from tests.support.tables import random_table


def with_split(part_of, column="split"):
    """A table whose column says for each speaker (s00 to s04) where its clips are."""
    table = random_table()
    table.frame[column] = [part_of(speaker) for speaker in table.frame["speaker"]]
    return table


def sides(plan):
    return [tuple(sorted(set(plan.speakers[rows])) for rows in (f.train, f.validation, f.test)) for f in plan.folds]


@pytest.mark.parametrize(
    "words", [("train", "dev", "test"), ("Training", "val", "Test"), ("trn", "validation", "eval")]
)
def test_train_and_test_are_one_fold(words):
    train, validation, test = words
    table = with_split(lambda s: {"s03": validation, "s04": test}.get(s, train))
    plan = EvaluationPlan.of(table, "split")
    assert sides(plan) == [(["s00", "s01", "s02"], ["s03"], ["s04"])]
    assert "the column 'split'" in plan.splitter.describe(plan.folds, plan.X)


@pytest.mark.parametrize("column", ["split", "fold", "partition", "Fold"])
@pytest.mark.parametrize("name", [int, "fold{}".format, "part {}".format])
def test_each_value_is_a_fold(column, name):
    table = with_split(lambda s: name(int(s[1:]) % 2), column)
    assert sides(EvaluationPlan.of(table, "split")) == [
        (["s01", "s03"], [], ["s00", "s02", "s04"]),
        (["s00", "s02", "s04"], [], ["s01", "s03"]),
    ]


def test_a_speaker_on_both_sides_is_refused():
    table = random_table()
    table.frame["split"] = np.where(np.arange(len(table)) % 3 == 0, "test", "train")
    with pytest.raises(ProtocolError, match=r"the column 'split'.*speaker"):
        EvaluationPlan.of(table, "split")


@pytest.mark.parametrize(
    ("part_of", "message"),
    [
        (lambda s: "train", r"has the values train, but it must have train and test"),
        (lambda s: "train" if s < "s03" else "later", "has the values train, later|has the values later, train"),
        (lambda s: "1", r"at least two different values \(got 1\)"),
        (lambda s: "", r"at least two different values \(got 0\)"),
    ],
)
def test_a_column_that_names_no_folds_is_refused(part_of, message):
    with pytest.raises(ProtocolError, match=message):
        EvaluationPlan.of(with_split(part_of), "split")


def test_a_table_without_the_column_says_how_to_name_it():
    with pytest.raises(ProtocolError, match=r"no column 'split' .*--columns split=NAME"):
        EvaluationPlan.of(random_table(), "split")

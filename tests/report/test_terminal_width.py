"""Text fits the terminal at every width from 80 columns on, and control characters in names are escaped."""

import importlib
import pkgutil
from collections import Counter

import numpy as np
import pytest
from rich.cells import cell_len

import prosody_ser as ser
from prosody_ser.catalogue import feature_set
from prosody_ser.datasets.survey import survey
from prosody_ser.learn.evaluation.naive import with_naive
from prosody_ser.learn.inspection.ablation import drop_family
from prosody_ser.learn.inspection.in_sample import in_sample
from prosody_ser.learn.inspection.shapley import METHODS
from prosody_ser.live.listener import Summary
from prosody_ser.model import read_card
from prosody_ser.prediction import default_model_path
from prosody_ser.report import text as renderers
from prosody_ser.report.grid import grid
from prosody_ser.report.text import agreement, audit, features, naive
from prosody_ser.report.text.augmentations import augmentations_text
from prosody_ser.report.text.choices import selection_text, tuning_text
from prosody_ser.report.text.model import card, explain, live, predictions
from prosody_ser.report.text.survey import survey_text
from prosody_ser.tables.agreement import agreement as differences
from prosody_ser.tables.agreement import clip_differences
from prosody_ser.terminal_view import fitted, one_line
from tests.support.full_result import with_every_block
from tests.support.signals import voice, write_wav
from tests.support.tables import random_table

#: Nine emotions: long, East Asian, with combining marks, and one that would take the terminal over.
HOSTILE = "angry\x1b[31m\n\u202edrow\x9b2J"
LABELS = (
    *("neutral", "calm", "happiness", "sadness", "disgust", "surprise", "驚きと喜び", "e\u0301coeure\u0301"),
    HOSTILE,
)
WIDTHS = (80, 100, 120)


@pytest.fixture(scope="module")
def table():
    table = random_table(n_rows=150, n_speakers=4, shares=(1 / 9,) * 9, n_features=14, signal=1.0)
    names = {f"class{i}": label for i, label in enumerate(LABELS)}
    frame = table.frame.assign(
        emotion=table.frame["emotion"].map(names),
        speaker="speaker\x1b]0;x\x07 of the " + table.frame["speaker"],
        file="recordings of the first session, afternoon/" + table.frame["file"],
        corpus="corpus\u202e",
    )
    names = [feature.name for feature in feature_set("full_v1")[::160][:14]]
    return ser.FeatureTable(frame.rename(columns=dict(zip(table.feature_names, names, strict=True))), tuple(names))


@pytest.fixture(scope="module")
def result(table):
    pipeline = ser.make_pipeline("lda")
    result = with_naive(ser.evaluate(table, pipeline, folds=2), table, pipeline, folds=2)
    return ser.Result(result.data | with_every_block(result.data))


@pytest.fixture(scope="module")
def texts(table, result, tmp_path_factory):
    """Every renderer of :mod:`prosody_ser.report.text`, by name, as a function without arguments."""
    pipeline = ser.make_pipeline("lda")
    other = ser.evaluate(table, ser.make_pipeline("logreg"), folds=2)
    named = {"a model with a rather long name.json": ser.Result(result.data), "other\x1b[2J.json": other}
    compared = ser.compare([ser.evaluate(table, pipeline, folds=2), other], list(named))
    halves = [ser.FeatureTable(part, table.feature_names) for _, part in table.frame.groupby(table.frame.index % 2)]
    crossed = ser.cross_corpus({f"corpus \x1b{i}": half for i, half in enumerate(_apart(halves))}, pipeline, folds=2)
    plan = ser.EvaluationPlan.of(table, 2)
    ranked = ser.importances(plan, pipeline, n_repeats=1)
    lost, weights = drop_family(plan, pipeline), in_sample(plan, pipeline)
    explained = ser.explain(plan, pipeline)
    profile = ser.profile(table)
    folder = tmp_path_factory.mktemp("rec") / "a folder"
    for label in ("sad", "happy"):
        write_wav(folder / label / "ann\x1b[1m_1.wav", voice(200, 0.5))
    corpus = survey(folder, "folder", jobs=1)
    moved = ser.FeatureTable(table.frame.assign(**{table.feature_names[0]: 1.0}), table.feature_names)
    rows = _rows()
    known = read_card(default_model_path())
    known["training"]["corpora"][0]["title"] += "\x1b[31m"
    summary = Summary()
    summary.labels = Counter(dict.fromkeys(map(one_line, LABELS), 3))
    summary.hops = summary.measured = 27
    return {
        "result.result_text": lambda: ser.result_text(result),
        "result.last_line": lambda: ser.report.last_line(result, "a/very\x1b/long/path of mine/" * 3),
        "audit.audit_text": lambda: audit.audit_text(_findings(), 12),
        "naive.naive_text": lambda: fitted(naive.naive_text(result.data)),
        "choices.tuning_text": lambda: fitted(tuning_text(result.data)),
        "choices.selection_text": lambda: fitted(selection_text(result.data)),
        "comparison.comparison_text": lambda: ser.comparison_text(compared.data),
        "cross.cross_text": lambda: ser.cross_text(crossed.data),
        "importances.importances_text": lambda: ser.report.importances_text(ranked, "A notice. " * 20),
        "importances.drop_family_text": lambda: ser.report.drop_family_text(lost),
        "importances.in_sample_text": lambda: ser.report.in_sample_text(weights),
        "explain.explanation_text": lambda: explain.explanation_text(explained, 0, explained.labels[0]),
        "explain.pushes_text": lambda: explain.pushes_text(explained, 1, explained.labels[-1]),
        "explain.explanations_text": lambda: explain.explanations_text(explained, METHODS[explained.method]),
        "profile.profile_text": lambda: ser.report.profile_text(profile, "A notice. " * 20),
        "card.card_text": lambda: card.card_text(known),
        "features.feature_table": lambda: features.feature_table("full_v1", feature_set("full_v1")[::7]),
        "survey.survey_text": lambda: survey_text(corpus),
        "agreement.agreement_text": lambda: agreement.agreement_text(
            differences(table, moved), clip_differences(table, moved), 9
        ),
        "augmentations.augmentations_text": augmentations_text,
        "predictions.predictions_text": lambda: predictions.predictions_text(rows),
        "predictions.summary_text": lambda: predictions.summary_text(rows, known),
        "live.live_summary": lambda: live.live_summary(summary),
    }


def _apart(tables):
    """The same result with other names of speakers and recordings."""
    for i, one in enumerate(tables):
        frame = one.frame.assign(speaker=one.frame["speaker"] + str(i), file=f"{i}/" + one.frame["file"])
        yield ser.FeatureTable(frame.reset_index(drop=True), one.feature_names)


def _findings():
    sentence = f"The feature {HOSTILE} tells the emotion of speakers that nobody has heard. " * 4
    evidence = {"severity": "error", "check": "planted", "sentence": sentence, "effect": "It is too high. " * 9}
    return [evidence, evidence | {"severity": "note"}]


def _rows():
    import pandas as pd

    row = {"start": 0.0, "end": np.nan, "status": "ok", "error": "", "confidence": 0.5, "novelty": 0.999}
    row |= {"abstain": True, "abstain_reason": "unlike the training speech"}
    row |= {"reasons": "pitch +1.2, intensity +0.8, voice quality -0.4, spectrum +0.3, timing 0.0"}
    broken = row | {"file": "a\x1b\n.wav", "label": "", "status": "unreadable", "error": "not a recording. " * 9}
    return pd.DataFrame(
        [broken, *(row | {"file": f"/{'long/' * n}驚き.wav", "label": LABELS[-n]} for n in range(1, 9))]
    )


def test_every_renderer_is_here(texts):
    there = {"features.feature_table", "live.live_summary", "result.last_line"}
    for module in pkgutil.walk_packages(renderers.__path__, f"{renderers.__name__}."):
        file = module.name.rpartition(".")[2]
        functions = vars(importlib.import_module(module.name)).items()
        local = [name for name, value in functions if getattr(value, "__module__", "") == module.name]
        there |= {f"{file}.{name}" for name in local if name.endswith("_text") and not name.startswith("_")}
    assert there == set(texts)


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_longer_than_the_terminal(texts, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    for name, write in texts.items():
        text = write()
        assert text.replace("\n", "") == one_line(text.replace("\n", "")), name
        for line in text.split("\n"):
            alone = len(line.split()) == 1  # a path, which cannot be broken
            assert alone or cell_len(line) <= width, (name, line)


def test_a_table_keeps_all_its_cells_however_narrow():
    header = ["emotion", *(f"heading{i}" for i in range(9)), "a longer remark"]
    rows = [[f"row{r}", *(f"{r}.{i}" for i in range(9)), f"remark{r} " * 9] for r in range(3)]
    whole = grid(header, rows, width=1000)
    assert len(whole.splitlines()) == 4
    for width in (40, 60, 80, 120):
        text = grid(header, rows, width=width)
        assert max(map(len, text.splitlines())) <= width
        for row in rows:
            assert all(f" {cell}" in text for cell in row[1:-1])
            assert text.count(row[-1].split()[0]) == 9


def test_where_columns_do_not_fit_the_rows_are_named_again():
    text = grid(["speaker", *("wide" * 4 for _ in range(4))], [["anna", *"1234"], ["bert", *"5678"]], width=40)
    assert text.split("\n\n")[0].count("anna") == 1
    numbers = grid(["x", *"abcd"], [["anna", *(f"{i}" * 15 for i in "1234")]], width=40)
    assert [block.splitlines()[1].split()[0] for block in numbers.split("\n\n")] == ["anna"] * 2


def test_what_is_wide_counts_as_wide():
    assert [cell_len(line) for line in grid(["x", "y"], [["驚き", "1"], ["e\u0301", "2"]]).splitlines()] == [7, 7, 7]

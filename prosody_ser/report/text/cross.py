"""A cross-corpus evaluation as plain text, Markdown or LaTeX."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from ...results import CrossResult
from ...tables.left_out import left_out_text
from ..grid import Table, bounds, laid_out
from ..number_format import features_text


def cross_text(result: CrossResult | Mapping[str, Any] | str | os.PathLike, form: str = "text") -> str:
    """Format a cross-corpus evaluation: the matrix of UAR, the scores of each cell, and warnings.

    Parameters
    ----------
    result : CrossResult, dict or path_like
        As it is, its data (``CrossResult.data``), or the path of its JSON file.
    form : {"text", "markdown", "latex"}

    Returns
    -------
    str

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> women, men = (ser.FeatureTable(part, table.feature_names) for _, part in table.frame.groupby("sex"))
    >>> cross = ser.cross_corpus({"women": women, "men": men}, ser.make_pipeline("lda"), folds=2)
    >>> print(ser.cross_text(cross))
    2 corpora, 7 common emotions (anger, boredom, ...
    """
    return laid_out(cross_parts(CrossResult.of(result).data), form)


def cross_parts(data: Mapping[str, Any]) -> Iterator[str | Table]:
    """Give the remarks and tables of a cross-corpus evaluation, for any format."""
    if data["notice"]:
        yield f"NOTE: {data['notice']}"
    steps = " -> ".join(step["estimator"] for step in data["steps"])
    yield (
        f"{len(data['corpora'])} corpora, {len(data['labels'])} common emotions ({', '.join(data['labels'])}); "
        f"{features_text(data['feature_set'] or 'own', data['n_features'])}; {data['track']}, {steps}; "
        f"chance {data['chance']:.3f}"
    )
    yield _corpora(data)
    for name, corpus in data["corpora"].items():
        if left_out := left_out_text(corpus["left_out"]):
            yield f"The evaluation leaves out of {name}: {left_out}."
    yield _matrix(data)
    yield _cells(data)
    yield (
        "lost: UAR within the test corpus (the diagonal of its column) minus the UAR of this cell. Off the diagonal, "
        "the model is trained on all clips of the training corpus and on none of the test corpus."
    )
    if any(cell["interval_note"] for cell in data["cells"]):
        yield "- : too few test speakers for an interval (at least two are needed)."
    for finding in data["findings"]:
        word = "NOTE" if finding["severity"] == "note" else "WARNING"
        yield f"{word}: {finding['sentence']} {finding['effect']}"
    for name, corpus in data["corpora"].items():
        for finding in corpus["audit"]:
            if finding["severity"] != "note":
                yield f"{finding['severity'].upper()} in {name} ({finding['check']}): {finding['sentence']}"
    for text, count in data["warnings"].items():
        yield f"warning ({count}x): {text}"


def _corpora(data: Mapping[str, Any]) -> Table:
    rows = [
        [name, str(corpus["n_clips"]), str(corpus["n_speakers"]), corpus["split"]]
        for name, corpus in data["corpora"].items()
    ]
    return Table("corpora", ["corpus", "clips", "speakers", "within the corpus"], rows, n_left=4)


def _matrix(data: Mapping[str, Any]) -> Table:
    names = list(data["corpora"])
    uar = {(cell["train"], cell["test"]): cell["uar"] for cell in data["cells"]}
    rows = [[train, *(f"{uar[train, test]:.3f}" for test in names)] for train in names]
    title = "UAR (rows: training corpus; columns: test corpus; diagonal: within the corpus)"
    return Table(title, ["trained on", *names], rows)


def _cells(data: Mapping[str, Any]) -> Table:
    header = ["trained on", "tested on", "UAR", "95 % interval", "accuracy", "macro F1", "lost", "95 % interval"]
    rows = [
        [
            cell["train"],
            cell["test"],
            f"{cell['uar']:.3f}",
            bounds(cell["intervals"] and cell["intervals"]["uar"]),
            f"{cell['accuracy']:.3f}",
            f"{cell['macro_f1']:.3f}",
            "" if cell["within"] else f"{cell['uar_lost']:+z.3f}",
            "" if cell["within"] else bounds(cell["uar_lost_interval"], "+z.3f"),
        ]
        for cell in data["cells"]
    ]
    return Table("each training and test corpus", header, rows, n_left=2)

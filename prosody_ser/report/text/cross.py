"""A cross-corpus evaluation as plain text, Markdown or LaTeX."""

from collections.abc import Mapping
from typing import Any

from ..grid import bounds, grid, paragraph, titled
from ..number_format import features_said


def cross_text(data: dict[str, Any], form: str = "text") -> str:
    """The matrix of UAR, each cell at length, and what was left out.

    Parameters
    ----------
    data : dict
        As ``CrossResult.data``.
    form : {"text", "markdown", "latex"}

    Returns
    -------
    str

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> women, men = (ser.FeatureTable(part, table.feature_names) for _, part in table.frame.groupby("sex"))
    >>> cross = ser.cross_corpus({"women": women, "men": men}, ser.make_pipeline("lda"), folds=2)
    >>> print(ser.cross_text(cross.data))
    2 corpora, 7 common emotions (anger, boredom, ...
    """
    parts = [paragraph(f"NOTE: {data['notice']}", form)] if data["notice"] else []
    steps = " -> ".join(step["estimator"] for step in data["steps"])
    parts += [
        paragraph(
            f"{len(data['corpora'])} corpora, {len(data['labels'])} common emotions ({', '.join(data['labels'])}); "
            f"{features_said(data['feature_set'] or 'own', data['n_features'])}; {data['track']}, {steps}; "
            f"chance {data['chance']:.3f}",
            form,
        ),
        titled("corpora", _corpora(data, form), form),
        titled("UAR (rows: trained on; columns: tested on; diagonal: within the corpus)", _matrix(data, form), form),
        titled("each training and test corpus", _cells(data, form), form),
        paragraph(
            "lost: UAR of the test corpus's own model (the diagonal of the column) less this one. Off the diagonal the "
            "model is trained on all clips of the other corpus and has seen none of the one that is tested.",
            form,
        ),
    ]
    if any(cell["interval_note"] for cell in data["cells"]):
        parts.append(paragraph("- : too few test speakers for an interval (six are the least).", form))
    parts += [paragraph(f"WARNING: {finding['sentence']} {finding['effect']}", form) for finding in data["findings"]]
    for name, corpus in data["corpora"].items():
        parts += [
            paragraph(f"{finding['severity'].upper()} in {name} ({finding['check']}): {finding['sentence']}", form)
            for finding in corpus["audit"]
            if finding["severity"] != "note"
        ]
    parts += [paragraph(f"warning ({count}x): {text}", form) for text, count in data["warnings"].items()]
    return "\n\n".join(parts)


def _corpora(data: Mapping[str, Any], form: str) -> str:
    rows = [
        [
            name,
            str(corpus["n_clips"]),
            str(corpus["n_speakers"]),
            corpus["split"],
            ", ".join(f"{count} {cause}" for cause, count in corpus["left_out"].items()) or "-",
        ]
        for name, corpus in data["corpora"].items()
    ]
    # the long column last, so that lines break there
    return grid(["corpus", "clips", "speakers", "within the corpus", "left out"], rows, form, n_left=5)


def _matrix(data: Mapping[str, Any], form: str) -> str:
    names = list(data["corpora"])
    uar = {(cell["train"], cell["test"]): cell["uar"] for cell in data["cells"]}
    rows = [[train, *(f"{uar[train, test]:.3f}" for test in names)] for train in names]
    return grid(["trained on", *names], rows, form)


def _cells(data: Mapping[str, Any], form: str) -> str:
    header = ["trained on", "tested on", "UAR", "95 % interval", "accuracy", "macro F1", "lost", "95 % interval"]
    rows = [
        [
            cell["train"],
            cell["test"],
            f"{cell['uar']:.3f}",
            bounds(cell["intervals"] and cell["intervals"]["uar"]),
            f"{cell['accuracy']:.3f}",
            f"{cell['macro_f1']:.3f}",
            "" if cell["within"] else f"{cell['uar_lost']:+.3f}",
            "" if cell["within"] else bounds(cell["uar_lost_interval"], "+.3f"),
        ]
        for cell in data["cells"]
    ]
    return grid(header, rows, form, n_left=2)

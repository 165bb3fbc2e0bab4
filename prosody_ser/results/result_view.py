"""The notebook views of a result, a comparison, and scores across corpora."""

from collections.abc import Mapping
from typing import Any

from ..corpus_names import corpora_in_words
from ..errors import counted
from ..notebook_view import grid, line, ranged, shaded, view


def evaluation_view(data: Mapping[str, Any]) -> str:
    """The view of ``result.json``: scores with intervals, protocol, and confusion matrix."""
    protocol, intervals = data["protocol"], data.get("intervals") or {}
    facts = {
        "UAR": ranged(data["uar"], intervals.get("uar")),
        "accuracy": ranged(data["accuracy"], intervals.get("accuracy")),
        "macro F1": ranged(data["macro_f1"], intervals.get("macro_f1")),
        "chance": f"{1 / len(data['labels']):.3f}",
        "interval": _interval_note(data),
        "clips": _clips(data, protocol["corpora"]),
        "folds": protocol["split"],
        "track": f"{protocol['track']}. {protocol['track_note']}",
        "model": " \N{RIGHTWARDS ARROW} ".join(step["estimator"] for step in protocol["steps"]),
        "features": f"{protocol['n_features']}" + (f" of {protocol['feature_set']}" if protocol["feature_set"] else ""),
    }
    confusion = data["confusion"]
    rows = [
        [label, *(shaded(n, n / max(sum(counts), 1)) for n in counts), f"{data['per_class'][label]['recall']:.2f}"]
        for label, counts in zip(confusion["labels"], confusion["counts"], strict=True)
        if label in data["per_class"]
    ]
    head = ["predicted \N{RIGHTWARDS ARROW}", *confusion["labels"], "recall"]
    return view("Evaluation", facts, grid(head, rows), notice=data.get("notice"))


def comparison_view(data: Mapping[str, Any]) -> str:
    """The view of ``comparison.json``: results by rank within their track, and their differences."""
    facts = {
        "clips": _clips(data, data["corpora"]),
        "folds": data["split"],
        "chance": f"{data['chance']:.3f}",
        "test": f"{data['test']}; {data['correction']}",
    }
    results = [
        [result["name"], result["track"], result["rank"], ranged(result["uar"], (result["intervals"] or {}).get("uar"))]
        for result in data["results"]
    ]
    pairs = [
        [
            f"{pair['one']} minus {pair['other']}",
            f"{pair['uar']['difference']:+.3f}",
            _p(pair["uar"].get("p_corrected")),
        ]
        for pair in data["pairs"]
    ]
    return view(
        "Comparison",
        facts,
        grid(["result", "track", "rank", "UAR"], results, text=["track"]),
        grid(["difference", "UAR", "corrected p"], pairs),
        *map(line, data["cautions"]),
        notice=data["notice"],
    )


def cross_view(data: Mapping[str, Any]) -> str:
    """The view of ``cross.json``: UAR by training and test corpus."""
    names = list(data["corpora"])
    uar = {(cell["train"], cell["test"]): cell["uar"] for cell in data["cells"]}
    rows = [[name, *(shaded(f"{uar[name, other]:.3f}", uar[name, other]) for other in names)] for name in names]
    facts = {
        "trained on": "rows",
        "tested on": "columns; on the diagonal cross-validated within the corpus",
        "emotions": ", ".join(data["labels"]),
        "chance": f"{1 / len(data['labels']):.3f}",
        "track": data["track"],
    }
    return view("UAR across corpora", facts, grid(["", *names], rows), notice=data["notice"])


def _clips(data: Mapping[str, Any], corpora: list[str]) -> str:
    return f"{data['n_clips']} of {counted(data['n_speakers'], 'speaker')}, {corpora_in_words(corpora)}"


def _interval_note(data: Mapping[str, Any]) -> str:
    intervals = data.get("intervals")
    return f"{intervals['level']:.0%}, {intervals['method']}" if intervals else data.get("interval_note") or "none"


def _p(value: float | None) -> str:
    if value is None:
        return "\N{EN DASH}"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"

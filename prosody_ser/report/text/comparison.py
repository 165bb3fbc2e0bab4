"""A comparison of results as plain text, Markdown or LaTeX."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...corpus_names import corpora_in_words
from ...errors import counted
from ...results import Comparison
from ..grid import Table, bounds, laid_out

#: With fewer speakers that differ, a Wilcoxon test cannot give a p below 0.05.
_LEAST_DIFFERING = 6
_MEASURES = {"uar": "UAR", "accuracy": "accuracy"}


def comparison_text(result: Comparison | Mapping[str, Any] | str | os.PathLike, form: str = "text") -> str:
    """Format a comparison: results side by side, their differences with tests and effect sizes, and cautions.

    Parameters
    ----------
    result : Comparison, dict or path_like
        As it is, its data (``Comparison.data``), or the path of its JSON file.
    form : {"text", "markdown", "latex"}

    Returns
    -------
    str

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> results = [ser.evaluate(table, ser.make_pipeline(name), folds=2) for name in ("lda", "logreg")]
    >>> ser.comparison_text(ser.compare(results)).splitlines()[0]
    '535 clips, 10 speakers, 7 emotions (emodb); 2 speaker-disjoint folds; chance 0.143'
    """
    return laid_out(comparison_parts(Comparison.of(result).data), form)


def comparison_parts(data: Mapping[str, Any]) -> Iterator[str | Table]:
    """Give the remarks and tables of a comparison, for any format."""
    if data["notice"]:
        yield f"NOTE: {data['notice']}"
    corpora = corpora_in_words(data["corpora"])
    yield (
        f"{counted(data['n_clips'], 'clip')}, {counted(data['n_speakers'], 'speaker')}, {len(data['labels'])} "
        f"emotions ({corpora}); "
        f"{data['split']}; chance {data['chance']:.3f}"
    )
    yield _results(data)
    tested = [pair for pair in data["pairs"] if pair["same_track"]]
    for name, title in _MEASURES.items():
        if tested:
            yield _differences(f"differences in {title} ({_how(data)})", tested, name)
    across = [pair for pair in data["pairs"] if not pair["same_track"]]
    if across:
        yield _across(across)
    yield from (f"NOTE: {caution}" for caution in data["cautions"])
    yield from _notes(data, tested)


def _results(data: Mapping[str, Any]) -> Table:
    header = ["result", "track", "features", "rank", "UAR", "95 % interval", "accuracy", "macro F1"]
    tracks = list(dict.fromkeys(result["track"] for result in data["results"]))
    rows = [
        [
            result["name"],
            result["track"],
            f"{result['feature_set'] or 'own'}, {result['n_features']}",
            str(result["rank"]),
            f"{result['uar']:.3f}",
            bounds(result["intervals"] and result["intervals"]["uar"]),
            f"{result['accuracy']:.3f}",
            f"{result['macro_f1']:.3f}",
        ]
        for result in sorted(data["results"], key=lambda result: (tracks.index(result["track"]), result["rank"]))
    ]
    return Table("results", header, rows, n_left=3)


def _how(data: Mapping[str, Any]) -> str:
    unit = counted(data["n_speakers"], "speaker") if data["test"] == "wilcoxon" else "folds"
    return f"{data['test_note']}, {unit}; {data['correction']}"


def _differences(title: str, pairs: Sequence[Mapping[str, Any]], name: str) -> Table:
    header = ["pair", "pooled", "95 % interval", "by speaker", "p", "p corrected", "rank-biserial", "d_z"]
    rows = []
    for pair in pairs:
        measure = pair[name]
        rows.append(
            [
                f"{pair['one']} - {pair['other']}",
                f"{measure['difference']:+z.3f}",
                bounds(measure["interval"], "+z.3f"),
                f"{measure['mean_over_speakers']:+z.3f}",
                _p(measure["p"]),
                _p(measure["p_corrected"]),
                _or_dash(measure["rank_biserial"], "+z.2f"),
                _or_dash(measure["cohen_dz"], "+z.2f"),
            ]
        )
    return Table(title, header, rows)


def _across(pairs: Sequence[Mapping[str, Any]]) -> Table:
    header = ["pair", *(part for title in _MEASURES.values() for part in (title, "95 % interval"))]
    rows = [
        [
            f"{pair['one']} - {pair['other']}",
            *(
                part
                for name in _MEASURES
                for part in (f"{pair[name]['difference']:+z.3f}", bounds(pair[name]["interval"], "+z.3f"))
            ),
        ]
        for pair in pairs
    ]
    return Table("differences between tracks, which answer different questions and are not tested", header, rows)


def _notes(data: Mapping[str, Any], tested: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if tested:
        both = "from which p (Wilcoxon) and the effect sizes are computed"
        apart = "from which the effect sizes are computed; p is computed from the differences of the folds"
        yield (
            "pooled: difference of the scores above, over all clips; by speaker: mean of the speakers' differences, "
            f"{both if data['test'] == 'wilcoxon' else apart}; - : undefined."
        )
        for pair in tested:
            n, differing = pair["uar"]["n"], pair["uar"]["n_nonzero"]
            if data["test"] == "wilcoxon" and 0 < differing < min(n, _LEAST_DIFFERING):
                yield (
                    f"{pair['one']} - {pair['other']}: the UAR differs for only {differing} of {n} speakers, which are "
                    "too few for a small p, whatever the rank-biserial correlation."
                )
        opposed = [p for p in tested if p["uar"]["difference"] * p["uar"]["mean_over_speakers"] < 0]
        if opposed:
            yield (
                f"{opposed[0]['one']} - {opposed[0]['other']}"
                + (f" and {counted(len(opposed) - 1, 'more pair')}" if len(opposed) > 1 else "")
                + ": the pooled UAR and the mean over speakers differ in opposite directions; do not rely on this "
                "difference."
            )
    if data["interval_method"]:
        yield f"Intervals: {data['interval_method']}."


def _p(value: float | None) -> str:
    return "-" if value is None else "<0.0001" if value < 0.0001 else f"{value:.4f}"


def _or_dash(value: float | None, form: str) -> str:
    return "-" if value is None else f"{value:{form}}"

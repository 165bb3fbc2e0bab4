"""Comparison of results on the same folds: differences paired over speakers, tested and corrected.

>>> comparison = compare([evaluate(table, make_pipeline(model)) for model in ("svm", "rf")], ["svm", "rf"])
>>> comparison.pairs[0]["uar"]["difference"], comparison.pairs[0]["uar"]["p_corrected"]
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from ...errors import ProtocolError, chosen
from ...results import Comparison, Result
from ..metrics.corrections import corrected
from ..metrics.intervals import LEAST_SPEAKERS, METHOD, REFERENCE, TOO_FEW, difference_interval, intervals
from ..metrics.paired_statistics import cohen_dz, corrected_t_test, rank_biserial, smallest_p, wilcoxon_test
from ..metrics.scores import counts_by, scores_of
from .same_clips import refuse_other_clips

#: Measures whose differences are tested; the p-values of each are corrected separately.
TESTED = ("uar", "accuracy")
WILCOXON, CORRECTED_T = "wilcoxon", "t"
TESTS = {
    "auto": "Wilcoxon if each clip is held out once, t if folds are repeated",
    WILCOXON: "Wilcoxon signed-rank test over speakers",
    CORRECTED_T: "corrected resampled t-test over folds (Nadeau & Bengio 2003)",
}
_SIGNIFICANT = 0.05
#: With fewer speakers, a comparison notes that the test has little power.
_FEW = 10
#: From this number of results on, a comparison notes that the highest score tends to be too high.
_MANY = 3


def compare(results: Sequence[Result], names: Sequence[str] | None = None, *, test: str = "auto") -> Comparison:
    """Compare results for the same clips on the same folds.

    For each pair of results, the UAR (and accuracy) of each held-out speaker, over the emotions of which the speaker
    has clips, is computed under both. The paired differences are tested, and their effect size is measured. The
    difference of the pooled scores gets an interval over speakers
    (:func:`prosody_ser.learn.metrics.intervals.difference_interval`).

    Parameters
    ----------
    results : sequence of Result
        Two or more, from :func:`evaluate` or :meth:`Result.read`.
    names : sequence of str, optional
        Names of the results in the comparison and in errors, such as file names; by default model and number.
    test : {"auto", "wilcoxon", "t"}
        ``wilcoxon`` is the signed-rank test over speakers, and ``t`` the corrected resampled t-test over the folds of
        all repeats. ``auto`` uses ``wilcoxon`` if each clip is held out once, and ``t`` if folds are repeated.

    Returns
    -------
    Comparison
        Results of the same track are ranked by UAR and tested against each other. The p-values are corrected (Holm) for
        their number, separately for UAR and accuracy. Between two tracks, the difference is given without test and
        rank, because the speaker-normalised track uses more information about the test speaker.

    Raises
    ------
    ProtocolError
        If results differ in clips, true labels or folds, there are fewer than two, or the test cannot be used.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> results = [ser.evaluate(table, ser.make_pipeline(name), folds=2) for name in ("lda", "logreg")]
    >>> ser.compare(results, ["lda", "logreg"])
    <Comparison of UAR: lda 0.3..., logreg 0.2...>
    """
    chosen("test", test, TESTS)
    names = _checked_names(results, names)
    data = results[0].data
    n_repeats = data["protocol"].get("n_repeats", 1)
    kind = test if test != "auto" else (CORRECTED_T if n_repeats > 1 else WILCOXON)
    if kind == CORRECTED_T and len(data["protocol"]["folds"]) < 2:
        raise ProtocolError(
            f"{names[0]}: the result has one fold only, but a t-test over folds needs at least two: use 'wilcoxon'"
        )
    by_speaker = [_confusions(result, "speaker") for result in results]
    tracks = [result.data["protocol"]["track"] for result in results]
    pairs = _pairs(results, names, tracks, by_speaker, kind)
    n_tested = sum(pair["same_track"] for pair in pairs)
    n_speakers = data["n_speakers"]
    return Comparison(
        {
            "schema": Comparison.schema,
            "schema_version": Comparison.schema_version,
            "notice": next((r.data["notice"] for r in results if r.data["notice"]), None),
            "labels": data["labels"],
            "chance": 1 / len(data["labels"]),
            "n_clips": data["n_clips"],
            "n_speakers": n_speakers,
            "corpora": data["protocol"]["corpora"],
            "split": data["protocol"]["split"],
            "split_hash": data["protocol"]["split_hash"],
            "n_repeats": n_repeats,
            "test": kind,
            "test_note": TESTS[kind],
            "correction": f"Holm over {n_tested} comparison{'s' * (n_tested != 1)}, for each measure",
            "interval_method": f"{METHOD} ({REFERENCE})" if n_speakers >= LEAST_SPEAKERS else None,
            "cautions": _cautions(kind, n_speakers, n_tested, n_repeats, tracks),
            "results": _side_by_side(results, names, tracks, by_speaker),
            "pairs": pairs,
            "per_speaker": _per_speaker(results, names),
        }
    )


def _checked_names(results: Sequence[Result], names: Sequence[str] | None) -> list[str]:
    """Names of the results, after checking that they are comparable."""
    if isinstance(results, Result) or not all(isinstance(result, Result) for result in results):
        raise ProtocolError("a comparison needs a list of results from evaluate or Result.read")
    if len(results) < 2:
        raise ProtocolError(f"a comparison needs at least two results (got {len(results)})")
    names = _default_names(results) if names is None else list(names)
    if len(names) != len(results) or len(set(names)) != len(names):
        raise ProtocolError("each result must have a different name")
    _refuse_incomparable(results, names)
    return names


def _pairs(
    results: Sequence[Result], names: list[str], tracks: list[str], by_speaker: list[np.ndarray], kind: str
) -> list[dict[str, Any]]:
    """Differences of all pairs of results; those of the same track are tested, with corrected p-values."""
    by_fold = [_confusions(result, "fold") for result in results]
    folds = results[0].data["protocol"]["folds"]
    pairs = []
    for i, j in combinations(range(len(results)), 2):
        pair: dict[str, Any] = {"one": names[i], "other": names[j], "same_track": tracks[i] == tracks[j]}
        for name in TESTED:
            pair[name] = _difference(name, by_speaker[i], by_speaker[j])
            if pair["same_track"]:
                pair[name] |= _tested(name, kind, by_speaker, by_fold, i, j, folds)
        pairs.append(pair)
    for name in TESTED:
        for pair, p in zip(pairs, corrected([pair[name].get("p") for pair in pairs], "holm"), strict=True):
            pair[name]["p_corrected"] = None if np.isnan(p) else float(p)
    return pairs


def _default_names(results: Sequence[Result]) -> list[str]:
    models = [result.data["protocol"]["steps"][-1]["estimator"] for result in results]
    return [f"{model} ({number})" for number, model in enumerate(models, start=1)]


def _refuse_incomparable(results: Sequence[Result], names: list[str]) -> None:
    for result, name in zip(results, names, strict=True):
        lacking = [key for key in ("labels", "protocol", "clips", "per_speaker") if key not in result.data]
        if lacking:
            raise ProtocolError(f"{name}: the result is not complete, it lacks {lacking[0]!r}")
        if "split_hash" not in result.data["protocol"]:
            raise ProtocolError(
                f"{name}: the result is from an older release and has no hash of its folds; run 'prosody-ser cv' again"
            )
    first, first_name = results[0].data, names[0]
    for result, name in zip(results[1:], names[1:], strict=True):
        one, other = first["protocol"], result.data["protocol"]
        splits = f"{first_name}: {one['split']}; {name}: {other['split']}"
        try:
            refuse_other_clips(_labels_of_clips(first), _labels_of_clips(result.data), first_name, name)
        except ProtocolError as error:  # a fixed split scores the clips of its test speakers only
            more = f". The folds differ, too ({splits})" if one["split"] != other["split"] else ""
            raise ProtocolError(f"{error}{more}") from None
        if one["split_hash"] != other["split_hash"]:
            raise ProtocolError(
                f"{first_name} and {name}: different folds ({splits}); use the same --folds and --seed, or the same "
                "--split-file, for both runs"
            )


def _labels_of_clips(data: dict[str, Any]) -> dict[tuple, str]:
    """Return the label of each clip; with repeated folds a clip is held out several times."""
    return {_key(clip): clip["emotion"] for clip in data["clips"]}


def _key(clip: dict[str, Any]) -> tuple:
    times = (None if clip[part] is None else round(clip[part], 6) for part in ("start", "end"))
    return (clip["file"], *times, clip["variant"], clip["speaker"])


def _confusions(result: Result, by: str) -> np.ndarray:
    """Confusion matrices by speaker or by fold, each in sorted order."""
    predictions = result.predictions
    return counts_by(predictions[by], predictions["emotion"], predictions["predicted"], result.data["labels"])


def _difference(name: str, one: np.ndarray, other: np.ndarray) -> dict[str, Any]:
    """The difference of a pooled measure with its interval, from counts by speaker."""
    difference = float(scores_of(one.sum(axis=0))[name] - scores_of(other.sum(axis=0))[name])
    return {"difference": difference, "interval": difference_interval(one, other, name)}


def _tested(
    name: str,
    kind: str,
    by_speaker: list[np.ndarray],
    by_fold: list[np.ndarray],
    i: int,
    j: int,
    folds: list[dict[str, Any]],
) -> dict[str, Any]:
    """P-value and effect sizes of paired differences; effect sizes are always over speakers."""
    of_speakers = scores_of(by_speaker[i])[name] - scores_of(by_speaker[j])[name]
    if kind == WILCOXON:
        outcome = wilcoxon_test(of_speakers)
    else:
        n_test, n_train = (np.mean([fold[part] for fold in folds]) for part in ("n_test", "n_train"))
        of_folds = scores_of(by_fold[i])[name] - scores_of(by_fold[j])[name]
        outcome = corrected_t_test(of_folds, float(n_test / n_train))
    return outcome.data | {
        "mean_over_speakers": float(of_speakers.mean()),
        "rank_biserial": rank_biserial(of_speakers),
        "cohen_dz": cohen_dz(of_speakers),
    }


def _side_by_side(
    results: Sequence[Result], names: list[str], tracks: list[str], by_speaker: list[np.ndarray]
) -> list[dict[str, Any]]:
    rows = []
    for result, name, track, counts in zip(results, names, tracks, by_speaker, strict=True):
        protocol = result.data["protocol"]
        better = [r.uar for r, t in zip(results, tracks, strict=True) if t == track and r.uar > result.uar]
        rows.append(
            {
                "name": name,
                "rank": len(better) + 1,
                "track": track,
                "track_note": protocol["track_note"],
                "model": protocol["steps"][-1]["estimator"],
                "steps": [step["estimator"] for step in protocol["steps"]],
                "feature_set": protocol["feature_set"],
                "n_features": protocol["n_features"],
                "uar": result.uar,
                "accuracy": result.accuracy,
                "macro_f1": result.macro_f1,
                "intervals": intervals(counts),
                "interval_note": TOO_FEW if len(counts) < LEAST_SPEAKERS else None,
            }
        )
    return rows


def _per_speaker(results: Sequence[Result], names: list[str]) -> dict[str, dict[str, Any]]:
    speakers = sorted(results[0].data["per_speaker"])
    return {
        speaker: {
            name: {key: result.data["per_speaker"][speaker][key] for key in TESTED}
            for name, result in zip(names, results, strict=True)
        }
        for speaker in speakers
    }


def _cautions(kind: str, n_speakers: int, n_tested: int, n_repeats: int, tracks: list[str]) -> list[str]:
    """Cautions that a reader needs before trusting a p-value or a rank."""
    cautions = []
    least = smallest_p(n_speakers)
    if kind == WILCOXON and n_tested:
        if least > _SIGNIFICANT:
            cautions.append(
                f"{n_speakers} speaker{'s are' if n_speakers > 1 else ' is'} too few: whatever the results, a "
                f"two-sided Wilcoxon test cannot give a p below {least:.3g}; p < 0.05 needs at least six speakers."
            )
        elif n_tested * least > _SIGNIFICANT:
            cautions.append(
                f"With {n_speakers} speakers and {n_tested} comparisons no corrected p can be below "
                f"{n_tested * least:.3g}: compare fewer results, or use more speakers."
            )
        elif n_speakers < _FEW:
            cautions.append(
                f"With {n_speakers} speakers the test detects only large and consistent differences: a large p does "
                "not show that the results are equally good."
            )
        if n_repeats > 1:
            cautions.append("Each speaker is held out several times; the repeats are pooled before the test.")
    if n_speakers < LEAST_SPEAKERS:
        cautions.append(f"{n_speakers} speaker: {TOO_FEW} (it needs at least two).")
    if len(set(tracks)) > 1:
        listed = " and ".join(sorted(set(tracks)))
        cautions.append(
            f"The results belong to different tracks ({listed}), which use different information about the test "
            "speaker and are not comparable. Ranks are within a track; differences between tracks are not tested."
        )
    if len(tracks) >= _MANY:
        cautions.append(
            f"The highest of {len(tracks)} scores on the same clips tends to be too high for new speakers, because the "
            "clips that give the score also choose the model: report all results, or confirm the choice on other "
            "recordings. 'prosody-ser tune' chooses parameters within the training speakers."
        )
    return cautions

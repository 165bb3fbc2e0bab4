"""Coverage of 95 % intervals over speakers: how often they contain the true score, for simulated speakers.

    python benchmarks/interval_coverage.py                       # the tables of interval_coverage.md; some 15 minutes
    python benchmarks/interval_coverage.py scores --draws 100    # one of them, roughly

Every simulated speaker has a skill of their own, and every emotion of theirs too; some speakers have four times as many
clips as others. The truth is the same score of 20,000 such speakers. In half of the settings a speaker lacks each
emotion with a probability of .25, but each emotion has two speakers at least.
"""

import argparse
from collections.abc import Callable, Iterator

import numpy as np
from scipy import special, stats

from prosody_ser.learn.metrics.intervals import difference_interval, intervals
from prosody_ser.learn.metrics.paired_statistics import wilcoxon_test
from prosody_ser.learn.metrics.scores import recalls, scores_of

N_LABELS, N_TRUTH, N_RESAMPLES = 7, 20_000, 1000
SPEAKERS = (2, 3, 4, 5, 6, 8, 10, 16, 24)
#: Intended UAR, and the mean skill (log odds) that gives about this UAR.
SKILLS = {".30": -1.0, ".60": 0.5, ".90": 2.6, ".99": 5.2}
#: Standard deviations in log odds: of speakers, of emotions within a speaker, of emotions, and between two models.
SPEAKER_SD, OWN_SD, EMOTION_SD, MODEL_SD = 0.6, 0.5, 0.7, 0.3
LACKING = 0.25


Interval = Callable[[np.ndarray, str], tuple[float, float]]


def score(counts: np.ndarray, name: str) -> np.ndarray:
    """A score of counts (..., n_labels, n_labels); "recall" is that of the first emotion."""
    return recalls(counts)[..., 0] if name == "recall" else scores_of(counts)[name]


def drawn(rng: np.random.Generator, n: int, skill: float, lacking: bool, gain: float = 0.0) -> tuple:
    """Confusion counts of n speakers, shape (n, n_labels, n_labels), of two models on the same clips."""
    emotion = np.linspace(-1.5, 1.5, N_LABELS) * EMOTION_SD
    odds = skill + emotion + rng.normal(0, SPEAKER_SD, (n, 1)) + rng.normal(0, OWN_SD, (n, N_LABELS))
    many = rng.choice([4, 8, 16], size=(n, 1))
    n_clips = np.maximum(rng.poisson(many, (n, N_LABELS)), 1)
    if lacking:
        has = rng.random((n, N_LABELS)) >= LACKING
        for label in np.flatnonzero(has.sum(axis=0) < 2):
            has[rng.choice(n, size=2, replace=False), label] = True
        n_clips = n_clips * has
    models = []
    for added in (0.0, gain):
        logits = odds + added + rng.normal(0, MODEL_SD, (n, N_LABELS))
        hits = rng.binomial(n_clips, special.expit(logits))
        models.append(_spread(rng, hits, n_clips - hits))
    return models[0], models[1]


def _spread(rng: np.random.Generator, hits: np.ndarray, misses: np.ndarray) -> np.ndarray:
    """Confusion counts; a missed clip is predicted as one of the other emotions, most often as the next one."""
    counts = np.zeros((*hits.shape, N_LABELS), dtype=int)
    for label in range(N_LABELS):
        share = np.full(N_LABELS, 0.5 / (N_LABELS - 2))
        share[label], share[(label + 1) % N_LABELS] = 0, 0.5
        counts[:, label] = rng.multinomial(misses[:, label], share)
        counts[:, label, label] = hits[:, label]
    return counts


def _resampled(counts: np.ndarray, name: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    n = len(counts)
    times = rng.multinomial(n, np.full(n, 1 / n), size=N_RESAMPLES)
    return times, score(np.tensordot(times, counts, axes=1), name)


def percentile(counts: np.ndarray, name: str) -> tuple[float, float]:
    """Percentile bootstrap, the former method."""
    _, values = _resampled(counts, name, np.random.default_rng(0))
    return tuple(np.nanpercentile(values, [2.5, 97.5]))


def expanded_percentile(counts: np.ndarray, name: str) -> tuple[float, float]:
    """Expanded percentiles, farther out as a t interval is wider than a normal one (Hesterberg 2015)."""
    n = len(counts)
    _, values = _resampled(counts, name, np.random.default_rng(0))
    tail = stats.norm.cdf(-np.sqrt(n / (n - 1)) * stats.t.ppf(0.975, n - 1))
    return tuple(np.nanquantile(values, [tail, 1 - tail]))


def bca(counts: np.ndarray, name: str) -> tuple[float, float]:
    """Bias-corrected and accelerated bootstrap (Efron 1987)."""
    _, values = _resampled(counts, name, np.random.default_rng(0))
    estimate, left = score(counts.sum(axis=0), name), _left_out(counts, name)
    below = np.mean(values < estimate) + np.mean(values == estimate) / 2
    if not 0 < below < 1:
        return float(estimate), float(estimate)
    away = left.mean() - left
    spread = (away**2).sum()
    acceleration = (away**3).sum() / (6 * spread**1.5) if spread > 0 else 0.0
    middle, ends = stats.norm.ppf(below), stats.norm.ppf([0.025, 0.975])
    return tuple(
        np.nanquantile(values, stats.norm.cdf(middle + (middle + ends) / (1 - acceleration * (middle + ends))))
    )


def bootstrap_t(counts: np.ndarray, name: str) -> tuple[float, float]:
    """Studentised bootstrap, by the jackknife of each resample, within 0 to 1 (Efron & Tibshirani 1993, chapter 12)."""
    n, estimate = len(counts), score(counts.sum(axis=0), name)
    times, values = _resampled(counts, name, np.random.default_rng(0))
    times, values = times[:300], values[:300]
    summed = np.tensordot(times, counts, axes=1)
    left = score(summed[:, None] - counts[None], name)  # without one copy of each speaker in the resample
    present = times > 0
    left = np.where(present, left, np.nan)
    away = left - (np.nansum(times * np.nan_to_num(left), axis=1) / n)[:, None]
    error = np.sqrt((n - 1) / n * np.nansum(times * away**2, axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.where(error > 0, (values - estimate) / error, np.nan)
    low, high = np.nanquantile(t, [0.025, 0.975]) if np.isfinite(t).any() else (0, 0)
    error = _standard_error(counts, name)
    return max(estimate - high * error, 0.0), min(estimate - low * error, 1.0)


def _left_out(counts: np.ndarray, name: str) -> np.ndarray:
    return score(counts.sum(axis=0) - counts, name)


def _standard_error(counts: np.ndarray, name: str) -> float:
    left = _left_out(counts, name)
    left = left[np.isfinite(left)]
    return float(np.sqrt((left.size - 1) / left.size * ((left - left.mean()) ** 2).sum()))


def jackknife_t(counts: np.ndarray, name: str) -> tuple[float, float]:
    """Student's t with the jackknife's standard error, limited to 0 to 1."""
    estimate = float(score(counts.sum(axis=0), name))
    half = stats.t.ppf(0.975, len(counts) - 1) * _standard_error(counts, name)
    return max(estimate - half, 0.0), min(estimate + half, 1.0)


def logit_jackknife_t(counts: np.ndarray, name: str) -> tuple[float, float]:
    """Student's t on the scale of log odds."""
    estimate = float(score(counts.sum(axis=0), name))
    if not 0 < estimate < 1:
        return estimate, estimate
    half = stats.t.ppf(0.975, len(counts) - 1) * _standard_error(counts, name) / (estimate * (1 - estimate))
    return tuple(special.expit(special.logit(estimate) + np.array([-half, half])))


def wilson_jackknife_t(counts: np.ndarray, name: str) -> tuple[float, float]:
    """Student's t with the standard error that the score would have at the ends (Wilson 1927, Dean & Pagano 2015)."""
    n, estimate = len(counts), float(score(counts.sum(axis=0), name))
    variance, spread = _standard_error(counts, name) ** 2, estimate * (1 - estimate)
    if not 0 < estimate < 1:
        return estimate, estimate
    return _wilson(estimate, variance / spread, n)


def _wilson(estimate: float, inverse: float, n: int) -> tuple[float, float]:
    squared = stats.t.ppf(0.975, n - 1) ** 2 * inverse
    half = np.sqrt(squared * (estimate * (1 - estimate) + squared / 4))
    return tuple((estimate + squared / 2 + np.array([-half, half])) / (1 + squared))


def chosen(counts: np.ndarray, name: str) -> tuple[float, float]:
    """The package's interval: Wilson's form, never narrower than for as many independent clips."""
    return tuple(intervals(counts)[name])


METHODS: dict[str, Interval] = {
    "percentile bootstrap (former)": percentile,
    "percentile, expanded": expanded_percentile,
    "BCa": bca,
    "bootstrap-t": bootstrap_t,
    "jackknife t": jackknife_t,
    "jackknife t, log odds": logit_jackknife_t,
    "jackknife t, Wilson": wilson_jackknife_t,
    "jackknife t, Wilson, bounded (chosen)": chosen,
}


def truths(gain: float = 0.0) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Counts of very many speakers, whose score is taken as the true one, for both models and each skill."""
    rng = np.random.default_rng(99)
    scores = {aim: drawn(rng, N_TRUTH, skill, False, gain) for aim, skill in SKILLS.items()}
    return {aim: (one.sum(axis=0), other.sum(axis=0)) for aim, (one, other) in scores.items()}


def samples(n_speakers: int, aim: str, lacking: bool, n: int, gain: float = 0.0) -> Iterator[tuple]:
    """Counts of both models for `n` draws of speakers; the draws are always the same."""
    rng = np.random.default_rng([n_speakers, int(lacking), *aim.encode()])
    return (drawn(rng, n_speakers, SKILLS[aim], lacking, gain) for _ in range(n))


def share_held(held: list[bool]) -> str:
    """Format a share in per cent."""
    return f"{100 * np.mean(held):.1f}"


def holds(ends: tuple[float, float], truth: float) -> bool:
    """Whether an interval contains a value, up to rounding."""
    return bool(ends[0] - 1e-12 <= truth <= ends[1] + 1e-12)


def of_methods(n: int) -> None:
    """Print the coverage of every kind of interval of the UAR."""
    truth = {aim: float(score(one, "uar")) for aim, (one, _) in truths().items()}
    print(f"| kind | speakers |{'|'.join(f' UAR {uar:.2f} ' for uar in truth.values())}|")
    print(f"|---|---|{'---|' * len(truth)}")
    for name, interval in METHODS.items():
        for n_speakers in (6, 10):
            cells = []
            for aim, uar in truth.items():
                ends = [interval(one, "uar") for one, _ in samples(n_speakers, aim, False, n)]
                cells.append(f"{share_held([holds(each, uar) for each in ends])} ({np.mean(np.ptp(ends, axis=1)):.3f})")
            print(f"| {name} | {n_speakers} | {' | '.join(cells)} |", flush=True)


def of_scores(n: int) -> None:
    """Print the coverage of the chosen kind for every score and number of speakers, also with missing emotions."""
    truth = {aim: one for aim, (one, _) in truths().items()}
    names = ("uar", "accuracy", "macro_f1", "weighted_f1")
    print(
        f"| score | all have all emotions |{'|'.join(f' {k} ' for k in SPEAKERS)}|\n|---|---|{'---|' * len(SPEAKERS)}"
    )
    held: dict[tuple, list[list[bool]]] = {}
    for lacking in (False, True):
        for k in SPEAKERS:
            for aim, pooled in truth.items():
                per_sample = [intervals(one) for one, _ in samples(k, aim, lacking, n)]
                for name in names:
                    true = float(score(pooled, name))
                    held.setdefault((name, lacking, k), []).append([holds(each[name], true) for each in per_sample])
    for name in names:
        for lacking in (False, True):
            cells = (" to ".join(share_held(one) for one in _extremes(held[name, lacking, k])) for k in SPEAKERS)
            print(f"| {name} | {'no' if lacking else 'yes'} | {' | '.join(cells)} |", flush=True)


def _extremes(held: list[list[bool]]) -> list[list[bool]]:
    ordered = sorted(held, key=np.mean)
    return [ordered[0], ordered[-1]]


def of_differences(n: int) -> None:
    """Print, for two models on the same speakers, the coverage for the difference and errors of Wilcoxon's test."""
    print("| true difference | speakers | interval holds it | Wilcoxon p < .05 |\n|---|---|---|---|")
    for gain in (0.0, 0.4):
        pooled = truths(gain)
        for k in SPEAKERS:
            held, significant = [], []
            for aim, (one, other) in pooled.items():
                true = float(score(one, "uar") - score(other, "uar"))
                for pair in samples(k, aim, False, n, gain):
                    held.append(holds(tuple(difference_interval(*pair)), true))
                    differences = score(pair[0], "uar") - score(pair[1], "uar")
                    significant.append((wilcoxon_test(differences).p or 1.0) < 0.05)
            shares = f"{share_held(held)} | {share_held(significant)}"
            print(f"| {'none' if not gain else 'some'} | {k} | {shares} |", flush=True)


TABLES = {"methods": (of_methods, 200), "scores": (of_scores, 600), "differences": (of_differences, 300)}


def main() -> None:
    """Print the tables named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"{', '.join(TABLES)}; all if none is named")
    parser.add_argument("--draws", type=int, help="draws of speakers for each cell and UAR")
    options = parser.parse_args()
    for name in options.tables or TABLES:
        table, n = TABLES[name]
        table(options.draws or n)
        print()


if __name__ == "__main__":
    main()

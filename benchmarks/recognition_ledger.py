"""The models tried on the way to `best` and their results: each compared with the one before, with an interval.

    python benchmarks/recognition_ledger.py emodb/wav ravdess emovo --work /tmp/ledger

Of each folder `full_v1` and `wide_v1` are measured. Each line of the ledger is evaluated leave one speaker out, blind
and speaker-normalised, and set against the line that it was compared with: the difference of UAR, paired over the
speakers, with its 95 % interval. "yes" before it says that the mean difference on the other corpora is above 0: they
would have chosen the line, and the figures say what it then did on this corpus, which had no part in the choice.
Last, from one corpus to another, models without absolute levels against the same with them.
Results are kept in the folder --work: a second run only evaluates what is missing. They are not made anew when a
line or the package changes: take an empty folder then.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
from bench_recognition import TRACKS, table_of
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.multiclass import OneVsOneClassifier
from sklearn.pipeline import make_pipeline as in_a_row
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC
from tried_models import EmphasisOfTelling, KernelCoordinates, Kernels, ScoreBlend, columns_of

import prosody_ser as ser
from prosody_ser.learn.classifiers.family_ridge import unit_rows
from prosody_ser.learn.classifiers.lda import LinearDiscriminantAnalysis
from prosody_ser.learn.comparison.corpora import over_common_emotions, put_together
from prosody_ser.learn.splits.listed import TEST, TRAIN, UNUSED, ListedFolds

WIDE = "full_v1 + spectral motion"


@dataclass(frozen=True)
class Line:
    """One model that was tried."""

    text: str
    columns: str  #: columns of the table for the pipeline, a word of `columns_of`
    against: str | None  #: the line with which it was compared
    verdict: str
    #: function that makes the steps after imputing and scaling from the number of emotions, or a model of the registry
    model: Callable[[int], list] | str


def ridge(C: float) -> RidgeClassifier:
    """Weighted ridge regression to the classes, as in `best`."""
    return RidgeClassifier(alpha=1 / C, class_weight="balanced")


def linear(*before) -> Callable[[int], list]:
    """Ridge on signed square roots, scaled to length 1."""
    return lambda n: [*before, FunctionTransformer(unit_rows), ridge(2)]


def kernel(*kernels: tuple[float, str, str, str], C: float = 1, model=None) -> Callable[[int], list]:
    """Ridge, or another linear model, on a sum of kernels."""
    return lambda n: [KernelCoordinates(kernels), ridge(C) if model is None else model]


def lda(n: int) -> LinearDiscriminantAnalysis:
    """Equal prior probabilities of all emotions, as in the score."""
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=np.full(n, 1 / n))


def blend(n: int) -> list:
    """SVM and LDA on the small set, added to the ridge on all features."""
    svm = SVC(class_weight="balanced")
    return [
        ScoreBlend(
            [("prosody_v1", svm), ("prosody_v1", lda(n)), (WIDE, in_a_row(FunctionTransformer(unit_rows), ridge(2)))]
        )
    ]


def laplacian(columns: str, families: str = "one") -> tuple[float, str, str, str]:
    """A Laplacian kernel, or one for each family with a total weight of 1."""
    return (1.0, "laplacian", columns, families)


ABSOLUTE: Kernels = (laplacian(WIDE, "eleven"), laplacian("prosody_v1"), (1.0, "linear", WIDE, "one"))
OVER_THE_CLIPS = "relative + spectral motion"
RELATIVE: Kernels = (
    laplacian(OVER_THE_CLIPS, "eleven"),
    laplacian("no levels"),
    (1.0, "linear", OVER_THE_CLIPS, "one"),
)
HALF: Kernels = (*RELATIVE[:2], (0.5, "linear", OVER_THE_CLIPS, "one"))
MOVING: Kernels = (RELATIVE[0], laplacian("other motion"), (0.5, "linear", "wide_v1", "one"))
EIGHT: Kernels = ((0.8, "laplacian", "wide_v1", "eight"), (0.2, "linear", "wide_v1", "one"))
EVERYTHING = "full_v1 + wide_v1"

#: The models in the order in which they were tried.
LINES = {
    "prosody": Line("SVM, RBF kernel, `prosody_v1`", "prosody_v1", None, "a mark to beat", "svm"),
    "full": Line("SVM, RBF kernel, `full_v1`", "full_v1", None, "a mark to beat", "svm"),
    "no levels": Line(
        "SVM, `prosody_v1` without absolute levels", "no levels", "prosody", "for other corpora: see below", "svm"
    ),
    "linear": Line(
        "weighted ridge, linear in signed square roots of length 1, `full_v1`",
        "full_v1",
        "full",
        "as a fifth of the kernel",
        linear(),
    ),
    "wide": Line(
        "the same with what `wide_v1` adds of RASTA bands and MFCC (`full_v1`+)",
        WIDE,
        "linear",
        "yes, in `wide_v1`",
        linear(),
    ),
    "wide lda": Line("LDA, emotions equally likely, `full_v1`+", WIDE, "wide", "no", lambda n: [lda(n)]),
    "wide svm": Line("weighted SVM, `full_v1`+", WIDE, "wide", "no", lambda n: [SVC(class_weight="balanced")]),
    "blend": Line(
        "blend of SVM and LDA on `prosody_v1` with that ridge", WIDE, "wide", "no: sums of kernels instead", blend
    ),
    **{
        f"telling {power}": Line(
            f"features weighted by how far the emotions lie apart in them, power {power}",
            WIDE,
            "wide",
            "no",
            linear(EmphasisOfTelling(power)),
        )
        for power in (0.25, 0.5, 1.0)
    },
    "rbf": Line(
        "weighted ridge in place of the SVM, RBF kernel, C 4, `full_v1`+",
        WIDE,
        "wide svm",
        "yes, the ridge",
        kernel((1.0, "rbf", WIDE, "one"), C=4),
    ),
    "laplacian": Line(
        "Laplacian kernel in place of the RBF kernel, C 4",
        WIDE,
        "rbf",
        "yes, but not for its score",
        kernel(laplacian(WIDE), C=4),
    ),
    "small laplacian": Line(
        "Laplacian kernel on `prosody_v1` alone, C 4",
        "prosody_v1",
        "prosody",
        "no, but families came of it",
        kernel(laplacian("prosody_v1"), C=4),
    ),
    "both": Line(
        "sum of both Laplacian kernels, C 4",
        WIDE,
        "laplacian",
        "families instead",
        kernel(laplacian("prosody_v1"), laplacian(WIDE), C=4),
    ),
    "three": Line(
        "and the linear kernel, C 1",
        WIDE,
        "both",
        "yes, the linear kernel",
        kernel(laplacian("prosody_v1"), laplacian(WIDE), (1.0, "linear", WIDE, "one")),
    ),
    "eleven": Line(
        "a Laplacian kernel for each of 11 families, C 1",
        WIDE,
        "laplacian",
        "yes, families",
        kernel(laplacian(WIDE, "eleven")),
    ),
    "absolute": Line(
        "and the linear kernel and the Laplacian one of `prosody_v1`",
        WIDE,
        "eleven",
        "yes, the linear kernel",
        kernel(*ABSOLUTE),
    ),
    "relative": Line(
        "levels taken over the clip's own",
        EVERYTHING,
        "absolute",
        "yes, for other corpora: see below",
        kernel(*RELATIVE),
    ),
    "half": Line("the linear kernel at half the weight", EVERYTHING, "relative", "yes", kernel(*HALF)),
    "pairwise": Line(
        "pairwise ridges that vote", EVERYTHING, "half", "no", kernel(*HALF, model=OneVsOneClassifier(ridge(1)))
    ),
    **{
        f"logistic {C}": Line(
            f"kernel logistic regression, weighted, C {C}",
            EVERYTHING,
            "half",
            "no",
            kernel(*HALF, model=LogisticRegression(C=C, class_weight="balanced", max_iter=2000)),
        )
        for C in (2, 8)
    },
    "motion": Line(
        "what `wide_v1` adds of pitch, intensity, formants, voice quality and spectral shape, alone, C 1",
        "wide_v1",
        "small laplacian",
        "yes, in `wide_v1`",
        kernel(laplacian("other motion")),
    ),
    "moving": Line(
        "these in place of `prosody_v1` in the sum of kernels", "wide_v1", "half", "yes, in `wide_v1`", kernel(*MOVING)
    ),
    "best": Line(
        "the catalogue's six families on `wide_v1`, linear share a fifth, C 5: `best`",
        "wide_v1",
        "moving",
        "yes",
        "best",
    ),
    "eight": Line(
        "`spectrum` cut into mel bands, MFCC and shape: eight kernels",
        "wide_v1",
        "best",
        "no: hardly any gain",
        kernel(*EIGHT, C=5),
    ),
}
#: Models without absolute levels, and those compared with: the pairs that are evaluated across corpora.
ACROSS = (("no levels", "prosody"), ("relative", "absolute"))


@cache
def table_with_all(work: Path, corpus: Path) -> tuple[str, ser.FeatureTable]:
    """Give the name of a corpus and its table with the columns of all sets."""
    path = table_of(work, corpus, "wide_v1")
    wide, full = ser.read_table(path), ser.read_table(table_of(work, corpus, "full_v1"))
    if not wide.frame[["file", "start"]].equals(full.frame[["file", "start"]]):
        raise SystemExit(f"{path}: other clips than in the table of full_v1; remove both and measure them again")
    added = [name for name in full.feature_names if name not in set(wide.feature_names)]
    frame = pd.concat([wide.frame, full.frame[added]], axis=1)
    about = wide.about | {"feature_set": "full_v1 and wide_v1"}
    return path.stem.removesuffix("-wide_v1"), ser.FeatureTable(frame, (*wide.feature_names, *added), about)


def pipeline_of(line: Line, norm: str, n_classes: int):
    """Make the package's pipeline with the model of a line."""
    if isinstance(line.model, str):
        return ser.make_pipeline(line.model, speaker_norm=norm)
    pipeline = ser.make_pipeline("best", speaker_norm=norm)  # its steps before the model keep column names
    steps = line.model(n_classes)
    names = [*(f"tried_{number}" for number in range(1, len(steps))), "model"]
    pipeline.steps[-1:] = list(zip(names, steps, strict=True))
    return pipeline


def result_of(out: Path, table: ser.FeatureTable, key: str, norm: str, jobs: int, folds="auto") -> ser.Result:
    """Evaluate, or read the result from the folder if it exists."""
    if not out.exists():
        print(f"{time.strftime('%H:%M:%S')} {out.stem}", file=sys.stderr, flush=True)
        line = LINES[key]
        of_line = ser.FeatureTable(table.frame, tuple(columns_of(line.columns, table.feature_names)), table.about)
        pipeline = pipeline_of(line, norm, table.y.nunique())
        ser.evaluate(of_line, pipeline, folds=folds, n_jobs=jobs).write(out)
    return ser.Result(json.loads(out.read_text(encoding="utf-8")))


@dataclass(frozen=True, eq=False)
class Gain:
    """A difference of UAR, with its interval over speakers."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:+.3f} ({self.low:+.3f} to {self.high:+.3f})"


def gain(one: ser.Result, other: ser.Result) -> Gain:
    """The paired difference of UAR of two results."""
    uar = ser.compare([one, other], ["tried", "against"]).pairs[0]["uar"]
    difference = round(uar["difference"], 9)  # sums in another order differ by rounding, and 0 must not count as a gain
    return Gain(difference, *uar["interval"])


def print_ledger(work: Path, corpora: list[Path], norm: str, jobs: int) -> None:
    """Print each line's score, its gain over the line compared with, and the choice of two corpora for the third."""
    tables = dict(table_with_all(work, corpus) for corpus in corpora)
    results = {
        (name, key): result_of(work / f"{name}-{key.replace(' ', '-')}-{norm}.json", table, key, norm, jobs)
        for name, table in tables.items()
        for key in LINES
    }
    print_row(["no.", f"tried, {TRACKS[norm]}", "against", *(f"UAR {name}" for name in tables), *tables, "kept?"])
    print("|" + "---|" * (4 + 2 * len(tables)))
    asked, chosen = 0, []
    for key, line in LINES.items():
        scores = [f"{results[name, key].uar:.3f}" for name in tables]
        shown, against = [""] * len(tables), ""
        if line.against:
            gains = [gain(results[name, key], results[name, line.against]) for name in tables]
            by_others = [np.mean([other.mean for other in gains if other is not gain]) > 0 for gain in gains]
            shown = [f"{'yes' if yes else 'no'}: {gain}" for gain, yes in zip(gains, by_others, strict=True)]
            against = number(line.against)
            asked += len(gains)
            chosen += [gain for gain, yes in zip(gains, by_others, strict=True) if yes]
        print_row([number(key), line.text, against, *scores, *shown, line.verdict])
    gained, surely = sum(gain.mean > 0 for gain in chosen), sum(gain.low > 0 for gain in chosen)
    print(
        f"\n{TRACKS[norm]}: of {asked} times the other corpora chose the line {len(chosen)} times. On the corpus that "
        f"had no part in it {gained} of these gained, {surely} with an interval above 0; "
        f"{sum(gain.high < 0 for gain in chosen)} lost with an interval below 0. "
        f"The mean gain was {np.mean([gain.mean for gain in chosen]):+.3f}.\n"
    )


def print_across(work: Path, corpora: list[Path], norm: str, jobs: int) -> None:
    """Print the scores from each corpus to every other, over common emotions, with and without absolute levels."""
    tables = over_common_emotions(dict(table_with_all(work, corpus) for corpus in corpora))[1]
    together, corpus = put_together(tables)
    numbers = [(number(tried), number(against)) for tried, against in ACROSS]
    print_row([TRACKS[norm], *(f"UAR, no. {a} | UAR, no. {t} | no. {t} against no. {a}" for t, a in numbers)])
    print("|" + "---|" * (1 + 3 * len(ACROSS)))
    scores = []
    for one, other in permutations(tables, 2):
        roles = np.where(corpus == one, TRAIN, np.where(corpus == other, TEST, UNUSED))
        folds = ListedFolds(together.X.index, roles[:, np.newaxis], f"{one} to {other}")
        cells = []
        for pair in ACROSS:
            names = [work / f"{one}-to-{other}-{key.replace(' ', '-')}-{norm}.json" for key in pair]
            tried, against = (result_of(n, together, k, norm, jobs, folds) for n, k in zip(names, pair, strict=True))
            scores.append((against.uar, tried.uar))
            cells += [f"{against.uar:.3f}", f"{tried.uar:.3f}", str(gain(tried, against))]
        print_row([f"{one} to {other}", *cells])
    means = np.reshape(scores, (-1, len(ACROSS), 2)).mean(axis=0)
    print_row(["mean", *(f"{against:.3f} | {tried:.3f} | {tried - against:+.3f}" for against, tried in means)])
    print()


def number(key: str) -> str:
    """A line's number in the ledger."""
    return str(1 + list(LINES).index(key))


def print_row(cells: list[str]) -> None:
    """A row of a table."""
    print("| " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Print the ledger of each track, then what levels do across corpora."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path, metavar="DIR", help="Two or more.")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=1)
    how = parser.parse_args()
    if len(how.corpora) < 2:
        parser.error("two corpora or more: what one chooses, another must confirm")
    how.work.mkdir(parents=True, exist_ok=True)
    for print_table in (print_ledger, print_across):
        for norm in TRACKS:
            print_table(how.work, how.corpora, norm, how.jobs)


if __name__ == "__main__":
    main()

"""Recognition of emotions of held-out speakers, on any corpora or tables, in both tracks.

    python benchmarks/bench_recognition.py emodb/wav ravdess emovo --work /tmp/recognition
    python benchmarks/bench_recognition.py emodb/wav ravdess emovo --work /tmp/recognition --opensmile
    python benchmarks/bench_recognition.py table.parquet --work /tmp/recognition --models svm,lda,best

Of a folder the sets prosody_v1, full_v1 and wide_v1 are measured, with --opensmile (``pip install opensmile``; for
comparison only, its licence forbids commercial use) eGeMAPSv02 and ComParE_2016 as well; a table is taken as it is.
Leave one speaker out, pooled UAR with its interval over speakers. Then the gain of `best` on wide_v1 over the better of
svm on prosody_v1 and on full_v1, paired over the speakers of each corpus, and over the speakers of all corpora.
--variants also changes one thing at a time in `best` and prints what that costs. Results are kept in the folder --work:
a second run only evaluates what is missing.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from scipy import stats

import prosody_ser as ser

#: Models that are evaluated on each table by default.
MODELS = {
    "prosody_v1": ("svm", "lda", "best"),
    "full_v1": ("svm", "lda", "best"),
    "wide_v1": ("svm", "lda", "best"),
    "eGeMAPSv02": ("svm", "linear-svm"),
    "ComParE_2016": ("svm", "linear-svm"),
}
OPENSMILE = ("eGeMAPSv02", "ComParE_2016")
#: Changes of `best` on wide_v1, one at a time.
VARIANTS = {
    "without the linear kernel": {"model__linear_share": 0.0},
    "the linear kernel alone": {"model__linear_share": 1.0},
    "all features one family": None,
    "classes not weighted": {"model__class_weight": None},
    "C 1.5": {"model__C": 1.5},
    "C 15": {"model__C": 15.0},
}
TRACKS = {"none": "blind", "speaker": "speaker-normalised"}


def table_of(work: Path, corpus: Path, name: str) -> Path:
    """Read the table of a folder, or measure it if it does not exist."""
    path = work / f"{_short(corpus)}-{name}.parquet"
    if not path.exists():
        if name in OPENSMILE:
            command = [
                sys.executable,
                str(Path(__file__).with_name("opensmile_table.py")),
                str(corpus),
                str(path),
                name,
            ]
        else:
            command = [sys.executable, "-m", "prosody_ser", "extract", str(corpus), str(path), "--set", name]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return path


def result_of(work: Path, path: Path, model: str, norm: str, jobs: int, variant: str = "") -> ser.Result:
    """Evaluate, or read the result from the folder if it exists."""
    out = work / "-".join([path.stem, model, norm, *variant.split()])
    out = out.with_name(f"{out.name}.json")
    if not out.exists():
        print(f"{time.strftime('%H:%M')} {out.stem}", file=sys.stderr, flush=True)
        table = ser.read_table(path)
        ser.evaluate(table, pipeline_of(model, norm, variant), n_jobs=jobs).write(out)
    return ser.Result(json.loads(out.read_text()))


def pipeline_of(model: str, norm: str, variant: str):
    """Make a model, or `best` with one change."""
    pipeline = ser.make_pipeline(model, speaker_norm=norm)
    if not variant:
        return pipeline
    changed = VARIANTS[variant]
    if changed is None:
        for _, step in pipeline.steps[:-1]:
            step.set_output(transform="default")  # the model needs column names to find families
        return pipeline
    return pipeline.set_params(**changed)


def _short(corpus: Path) -> str:
    parts = [part for part in corpus.resolve().parts if part != "wav"]
    return parts[-1]


def _cell(result: ser.Result) -> str:
    low, high = result.data["intervals"]["uar"]
    return f"{result.uar:.3f} ({low:.3f} to {high:.3f})"


def speaker_gains(one: ser.Result, other: ser.Result) -> np.ndarray:
    """For each speaker, the difference of two results' recall, averaged over the speaker's emotions."""
    scores = []
    for result in (one, other):
        by: dict[str, dict[str, list[bool]]] = {}
        for clip in result.data["clips"]:
            hits = by.setdefault(clip["speaker"], {}).setdefault(clip["emotion"], [])
            hits.append(clip["emotion"] == clip["predicted"])
        scores.append({s: np.mean([np.mean(hits) for hits in emotions.values()]) for s, emotions in by.items()})
    return np.array([scores[0][speaker] - scores[1][speaker] for speaker in sorted(scores[0])])


def print_gains(results: dict[str, dict[tuple[str, str], ser.Result]], track: str) -> None:
    """Compare best on wide_v1 with the better svm, for each corpus and in the mean over corpora."""
    gains, over_speakers = [], []
    for corpus, of_corpus in results.items():
        rivals = [of_corpus[name, "svm"] for name in ("prosody_v1", "full_v1")]
        rival = max(rivals, key=lambda result: result.uar)
        best = of_corpus["wide_v1", "best"]
        pair = ser.compare([best, rival], ["best", "svm"]).pairs[0]["uar"]
        low, high = pair["interval"]
        gains.append(best.uar - rival.uar)
        over_speakers.append(speaker_gains(best, rival))
        print(f"{track}, {corpus}: best on wide_v1 over the better svm {gains[-1]:+.3f} ({low:+.3f} to {high:+.3f})")
    low, high = mean_interval(over_speakers)
    mean = np.mean([scores.mean() for scores in over_speakers])
    print(
        f"{track}, mean over corpora: UAR {np.mean(gains):+.3f}; of a speaker's recalls {mean:+.3f} "
        f"(95 % interval over speakers {low:+.3f} to {high:+.3f})"
    )


def mean_interval(over_speakers: list[np.ndarray]) -> tuple[float, float]:
    """95 % interval of the mean gain, with equal weights of the corpora and of the speakers within each (Welch's t)."""
    parts = np.array([scores.var(ddof=1) / scores.size for scores in over_speakers])
    squares = (part**2 / (scores.size - 1) for part, scores in zip(parts, over_speakers, strict=True))
    freedom = parts.sum() ** 2 / sum(squares)
    mean = np.mean([scores.mean() for scores in over_speakers])
    half = stats.t.ppf(0.975, freedom) * np.sqrt(parts.sum()) / len(over_speakers)
    return mean - half, mean + half


def print_variants(work: Path, tables: dict[str, Path], norm: str, jobs: int) -> None:
    """Print the effect of each change of `best`, for each corpus, paired over speakers."""
    print(
        f"| {TRACKS[norm]}: a change of `best` on wide_v1 | " + " | ".join(tables) + " |\n|---|" + "---|" * len(tables)
    )
    for variant in VARIANTS:
        cells = []
        for path in tables.values():
            pair = [result_of(work, path, "best", norm, jobs, changed) for changed in (variant, "")]
            uar = ser.compare(pair, ["changed", "best"]).pairs[0]["uar"]
            low, high = uar["interval"]
            cells.append(f"{uar['difference']:+.3f} ({low:+.3f} to {high:+.3f})")
        print(f"| {variant} | " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Print a table for each track, then the gains."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path, metavar="DIR|TABLE")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--opensmile", action="store_true")
    parser.add_argument("--variants", action="store_true")
    parser.add_argument("--models", help="Commas between; if not given, those of each set.")
    parser.add_argument("--jobs", type=int, default=2)
    how = parser.parse_args()
    how.work.mkdir(parents=True, exist_ok=True)
    sets = [name for name in MODELS if how.opensmile or name not in OPENSMILE]
    for norm, track in TRACKS.items():
        results: dict[str, dict[tuple[str, str], ser.Result]] = {}
        for corpus in how.corpora:
            if corpus.is_dir():
                tables = {name: table_of(how.work, corpus, name) for name in sets}
            else:
                tables = {ser.read_table(corpus).about.get("feature_set", "table"): corpus}
            for name, path in tables.items():
                models = how.models.split(",") if how.models else MODELS.get(name, ("svm", "lda", "best"))
                for model in models:
                    made = result_of(how.work, path, model, norm, how.jobs)
                    results.setdefault(_short(corpus), {})[name, model] = made
        print(f"\n| {track} | model | " + " | ".join(results) + " |\n|---|---|" + "---|" * len(results))
        rows = list(dict.fromkeys(key for of_corpus in results.values() for key in of_corpus))
        for name, model in rows:
            cells = [_cell(r[name, model]) if (name, model) in r else "" for r in results.values()]
            print(f"| {name} | {model} | " + " | ".join(cells) + " |")
        print()
        needed = {("prosody_v1", "svm"), ("full_v1", "svm"), ("wide_v1", "best")}
        if all(needed <= set(of_corpus) for of_corpus in results.values()):
            print_gains(results, track)
        if how.variants:
            wide = {_short(corpus): table_of(how.work, corpus, "wide_v1") for corpus in how.corpora}
            print_variants(how.work, wide, norm, how.jobs)


if __name__ == "__main__":
    main()

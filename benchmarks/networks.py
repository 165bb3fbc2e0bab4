"""Networks compared with the classical models: UAR on held-out speakers, CPU seconds per fold, and peak memory.

    python benchmarks/networks.py emodb=EMODB/wav ravdess=RAVDESS --work /tmp/networks > networks-table.md
    python benchmarks/networks.py emodb=EMODB/wav ravdess=RAVDESS --work /tmp/networks --models lstm --norm speaker
    python benchmarks/networks.py ravdess=RAVDESS --work /tmp/networks --augment lstm --seeds 3
    python benchmarks/networks.py ravdess=RAVDESS --work /tmp/networks --augment lstm --seeds 1 --folds auto --members 0
    python benchmarks/networks.py emodb=EMODB/wav ravdess=RAVDESS tess=TESS --work /tmp/networks --pooled lstm

Tables and results are kept in the folder --work: a second run only evaluates what is missing. Every run is a process of
its own, with two for its folds; the peak memory is that of its largest process.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

MODELS = ("svm", "rf", "mlp", "lda", "cnn-features", "cnn", "lstm")
FRAMES = ("cnn", "lstm")
#: A convolution over 2,318 features takes too long: EMO-DB did not end in 26 minutes, beside other work.
SETS = {"cnn-features": "prosody_v1"}
SPEEDS = "speed:0.93,speed:1.07"

RUN = """
import json, resource, sys, time
from pathlib import Path
import numpy as np
from joblib.externals.loky import get_reusable_executor
import prosody_ser as ser

table, model, norm, folds, seed, members, out = sys.argv[1:]
if __name__ == "__main__":
    frames = model in ("cnn", "lstm")
    opened = ser.read_sequences(table) if frames else ser.read_table(table)
    pipeline = ser.make_pipeline(model, speaker_norm=norm, seed=int(seed))
    if int(members):
        pipeline.set_params(model__n_members=int(members))
    started = time.monotonic()
    result = ser.evaluate(opened, pipeline, folds=folds, seed=int(seed), n_jobs=2)
    seconds = time.monotonic() - started
    result.write(out)
    get_reusable_executor().shutdown(wait=True)  # the resources of processes are known only after they end
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    facts = {
        "seconds": seconds,
        "cpu_s": sum(one.ru_utime + one.ru_stime for one in used),
        "peak_mb": max(one.ru_maxrss for one in used) / 1024,
        "n_folds": len(result.data["protocol"]["folds"]),
    }
    Path(out).with_suffix(".cost").write_text(json.dumps(facts))
"""


def extracted(work: Path, name: str, folders: list[str], *options: str) -> Path:
    """Read a table, or measure it if it does not exist."""
    path = work / f"{name}.parquet"
    if not path.exists():
        command = [sys.executable, "-m", "prosody_ser", "extract", *folders, str(path), *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return path


def evaluated(
    work: Path, table: Path, model: str, norm: str = "none", folds: str = "auto", seed: int = 0, members: int = 0
) -> tuple[dict, dict]:
    """Give the result and the cost of a run, from the folder if it exists."""
    out = work / f"{table.stem}-{model}-{norm}-{folds}-{seed}-{members}.json"
    if not out.exists():
        words = [str(table), model, norm, folds, str(seed), str(members), str(out)]
        print(f"{time.strftime('%H:%M')} {out.stem}", file=sys.stderr)
        subprocess.run([sys.executable, "-W", "ignore", "-c", RUN, *words], check=True)
    return json.loads(out.read_text()), json.loads(out.with_suffix(".cost").read_text())


def score(result: dict) -> str:
    """Format UAR and its interval."""
    low, high = result["intervals"]["uar"]
    return f"{result['uar']:.3f} ({low:.3f} to {high:.3f})"


def print_models(work: Path, corpora: dict[str, str], models: list[str], norm: str) -> None:
    """Print one row for each model: UAR, seconds per fold and peak memory for each corpus."""
    print(
        f"| {'speaker-normalised' if norm == 'speaker' else 'blind'} | reads | "
        + " | ".join(f"{corpus}: UAR | CPU s a fold | peak MB" for corpus in corpora)
        + " |"
    )
    print("|---|---|" + "---|---|---|" * len(corpora))
    for model in models:
        reads = "frames" if model in FRAMES else SETS.get(model, "full_v1")
        options = ("--level", "frames") if model in FRAMES else ("--set", reads)
        cells = []
        for corpus, folder in corpora.items():
            table = extracted(work, f"{corpus}-{reads}", [folder], *options)
            result, cost = evaluated(work, table, model, norm)
            cells.append(f"{score(result)} | {cost['cpu_s'] / cost['n_folds']:.1f} | {cost['peak_mb']:.0f}")
        print(f"| {model} | {reads} | " + " | ".join(cells) + " |", flush=True)


def print_augmented(work: Path, corpora: dict[str, str], model: str, n_seeds: int, folds: str, members: int) -> None:
    """Print the paired difference over speakers with and without copies at two speeds, for each seed."""
    import prosody_ser as ser

    print("| corpus | seed | plain | with copies | difference (95 % interval over speakers) |\n|---|---|---|---|---|")
    for corpus, folder in corpora.items():
        tables = (
            extracted(work, f"{corpus}-frames", [folder], "--level", "frames"),
            extracted(work, f"{corpus}-frames-speeds", [folder], "--level", "frames", "--augment", SPEEDS),
        )
        for seed in range(n_seeds):
            plain, copied = (evaluated(work, table, model, "none", folds, seed, members)[0] for table in tables)
            pair = ser.compare([ser.Result(copied), ser.Result(plain)], ["copies", "plain"]).pairs[0]["uar"]
            low, high = pair["interval"]
            print(
                f"| {corpus} | {seed} | {plain['uar']:.3f} | {copied['uar']:.3f} "
                f"| {pair['difference']:+.3f} ({low:+.3f} to {high:+.3f}) |",
                flush=True,
            )


def main() -> None:
    """Run the parts named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", metavar="NAME=DIR")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--norm", default="none")
    parser.add_argument("--augment", metavar="MODEL")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--folds", default="4", help="With --augment: how many, or auto for one speaker left out.")
    parser.add_argument("--members", type=int, default=1, help="With --augment: networks averaged; 0 for the usual.")
    parser.add_argument("--pooled", metavar="MODEL", help="All corpora in one table, 5 folds of speakers.")
    how = parser.parse_args()
    how.work.mkdir(parents=True, exist_ok=True)
    corpora = dict(pair.split("=", 1) for pair in how.corpora)
    if how.augment:
        print_augmented(how.work, corpora, how.augment, how.seeds, how.folds, how.members)
    elif how.pooled:
        table = extracted(how.work, "pooled-frames", list(corpora.values()), "--level", "frames")
        result, cost = evaluated(how.work, table, how.pooled, how.norm, "5")
        print(
            f"{how.pooled} on {', '.join(corpora)} pooled ({result['n_clips']} clips, {result['n_speakers']} speakers,"
        )
        print(f"{len(result['labels'])} emotions): {score(result)}, {cost['cpu_s'] / cost['n_folds']:.1f} s a fold")
    else:
        print_models(how.work, corpora, how.models.split(","), how.norm)


if __name__ == "__main__":
    main()

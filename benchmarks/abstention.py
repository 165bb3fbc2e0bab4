"""How often the default model gives a label and how often that is wrong, on held-out EMO-DB speakers and other speech.

    python benchmarks/abstention.py EMODB/wav --others TESS RAVDESS EMOVO --work /tmp/abstention
    python benchmarks/abstention.py EMODB/wav --choices --work /tmp/abstention

The first prints, and draws as risk-coverage curves, two models of EMO-DB: *before*, lda on prosody_v1, which abstains
by confidence alone; *now*, lda on wide_v1 with limits of novelty and length, less sure the farther away a clip is.
Of EMO-DB each speaker is judged by a model that was trained on the other nine, thresholds and limits included, the
other corpora by a model of all of EMO-DB. Then EMO-DB's clips changed in gain, stored at 8 kHz, cut to 0.35 s.

The second prints what was chosen, on EMO-DB alone: the recipe, how many directions novelty keeps, how far a missing
feature counts, and how heavy the tails are. Tables are kept in the folder --work.
"""

import argparse
import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

import prosody_ser as ser
from prosody_ser.learn.classifiers.evidence import evidence_from, fit_weights, probabilities
from prosody_ser.model.abstention import limits as model_limits
from prosody_ser.model.abstention import novelty as model_novelty
from prosody_ser.model.abstention.doubts import BEYOND
from prosody_ser.model.abstention.threshold import threshold_for

RISK = 0.1
SETS = {"before": "prosody_v1", "now": "wide_v1"}
#: Changes of EMO-DB's clips that novelty should detect; none of them comes from another corpus.
CHANGES = "noise:15,reverb:0.6,speed:0.8,pitch:4,formant:1.2,gain:-20"
RECIPES = ("lda", "logreg", "linear-svm", "mlp", "rf")


def table_of(work: Path, folder: Path, name: str, *options: str) -> ser.FeatureTable:
    """Read the table of a folder, or measure it if it does not exist."""
    parts = [part for part in folder.resolve().parts if part != "wav"]
    path = work / f"{parts[-1]}-{name}{'-changed' if options else ''}.parquet"
    if not path.exists():
        command = [sys.executable, "-m", "prosody_ser", "extract", str(folder), str(path), "--set", name, *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return ser.read_table(path)


def some_of(table: ser.FeatureTable, rows: np.ndarray) -> ser.FeatureTable:
    """Select rows of a table."""
    return ser.FeatureTable(table.frame[rows].reset_index(drop=True), table.feature_names, table.about)


def trained(table: ser.FeatureTable, which: str) -> ser.TrainedModel:
    """Train a model like the default one; `before` has no limits."""
    model = ser.train(table, ser.make_pipeline("lda"), risk=RISK, folds="loso")
    return confident_alone(table, model) if which == "before" else model


def confident_alone(table: ser.FeatureTable, model: ser.TrainedModel) -> ser.TrainedModel:
    """Give the same model without limits, with weights and threshold chosen by confidence alone."""
    evidence, named = held_out_evidence(table)
    weights = fit_weights(evidence, named)
    shares = probabilities(evidence, weights)
    chosen = threshold_for(RISK, shares.max(axis=1), shares.argmax(axis=1) == named)
    return dataclasses.replace(model, weights=tuple(weights.tolist()), threshold=chosen.threshold, limits=None)


def held_out_evidence(table: ser.FeatureTable) -> tuple[np.ndarray, np.ndarray]:
    """Evidence of lda for each clip, trained without its speaker, and the position of the true label."""
    data = ser.evaluate(table, ser.make_pipeline("lda"), folds="loso").data
    labels = data["labels"]
    scores = np.array([[clip["scores"][label] for label in labels] for clip in data["clips"]])
    named = np.array([labels.index(clip["emotion"]) for clip in data["clips"]])
    return evidence_from(scores, data["protocol"]["score_kind"], exact=True), named


def misfit(evidence: np.ndarray, named: np.ndarray, distances: np.ndarray, tails: float) -> float:
    """Mean negative log-likelihood of the true labels, with fitted weights and `tails` degrees of freedom."""
    hotter = model_limits.Limits(tails=tails).temperature(distances, float(np.median(distances)))
    shares = probabilities(evidence, fit_weights(evidence, named, hotter), hotter)
    return float(-np.log(shares[np.arange(named.size), named]).mean())


def judged(model: ser.TrainedModel, table: ser.FeatureTable) -> pd.DataFrame:
    """For each clip: whether it is labelled, confidence, reason for abstaining, and whether the label is correct."""
    predictions = model.predict(table, reasons=False)
    rows = table.frame["status"] == "ok"
    if model.limits is None:  # models without limits did not check for speech either
        predictions["abstain"] = predictions["confidence"] < model.threshold
        predictions["abstain_reason"] = np.where(predictions["abstain"], "not confident", "")
    truth = table.frame.loc[rows, "emotion"].to_numpy(object)
    return pd.DataFrame(
        {
            "labelled": ~predictions["abstain"].to_numpy(bool),
            "confidence": predictions["confidence"].to_numpy(),
            "novelty": predictions["novelty"].to_numpy(),
            "why": predictions["abstain_reason"].to_numpy(object),
            "label": predictions["label"].to_numpy(object),
            "right": predictions["label"].to_numpy(object) == truth,
        }
    )


def held_out(table: ser.FeatureTable, which: str) -> pd.DataFrame:
    """Judge the clips of each speaker by a model of all other speakers."""
    speakers = table.frame["speaker"].astype(str).to_numpy()
    parts = []
    for speaker in np.unique(speakers):
        model = trained(some_of(table, speakers != speaker), which)
        parts.append(judged(model, some_of(table, speakers == speaker)))
    return pd.concat(parts, ignore_index=True)


def line(judgements: pd.DataFrame) -> str:
    """Format the labelled share, the errors among the labelled clips and among all, and the most frequent reasons."""
    labelled = judgements["labelled"]
    n, wrong = int(labelled.sum()), int((~judgements["right"][labelled]).sum())
    why = judgements["why"][~labelled].value_counts(normalize=False)
    reasons = "; ".join(f"{reason} {count / len(judgements):.0%}" for reason, count in why.head(3).items())
    errors = f"{wrong / n:.0%} ({wrong} of {n})" if n else "none labelled"
    return f"{labelled.mean():.1%} | {errors} | {(~judgements['right']).mean():.0%} | {reasons}"


def claimed_first(judgements: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Coverage and error as the threshold falls; clips beyond a limit come last, as they are never labelled."""
    beyond = judgements["why"].isin(BEYOND)
    order = np.lexsort([-judgements["confidence"], beyond])
    wrong = np.cumsum(~judgements["right"].to_numpy()[order])
    n = np.arange(1, len(judgements) + 1)
    last = int((~beyond).sum())
    return n[:last] / len(judgements), wrong[:last] / n[:last]


def draw(curves: dict[str, dict[str, pd.DataFrame]], path: Path) -> None:
    """Draw, for each corpus, the error among the labelled clips over their share, before and now."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, len(curves), figsize=(3.1 * len(curves), 3.2), sharey=True, layout="constrained")
    for panel, (corpus, both) in zip(panels, curves.items(), strict=True):
        for which, colour in (("before", "0.55"), ("now", "#0b5fa5")):
            coverage, error = claimed_first(both[which])
            panel.plot(coverage, error, color=colour, label=which, linewidth=1.8)
            labelled = both[which]["labelled"]
            if labelled.any():
                panel.plot(labelled.mean(), (~both[which]["right"][labelled]).mean(), "o", color=colour, markersize=7)
        panel.axhline(RISK, color="#b03a2e", linewidth=0.9, linestyle="--")
        if not both["now"]["labelled"].any():
            panel.text(0.5, 0.5, "now: nothing is labelled", ha="center", color="#0b5fa5")
        panel.set(title=corpus, xlabel="share of clips labelled", xlim=(0, 1), ylim=(0, 1.03))
        panel.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("share of labels that are wrong")
    panels[0].legend(frameon=False)
    figure.suptitle(
        "The dot is where the model stops labelling; dashed: the stated risk. EMO-DB: speakers held out; the other "
        "corpora had no part in any choice.",
        fontsize=9,
    )
    figure.savefig(path, dpi=150)


def print_corpora(work: Path, emodb: Path, others: list[Path], picture: Path) -> None:
    """Print the table of corpora, draw the picture, then print the tables of changed clips and of other sounds."""
    curves: dict[str, dict[str, pd.DataFrame]] = {}
    models: dict[str, ser.TrainedModel] = {}
    print(
        "| corpus | model | labelled | wrong among them | wrong guesses of all | why not |\n|---|---|---|---|---|---|"
    )
    for which, name in SETS.items():
        table = table_of(work, emodb, name)
        curves.setdefault("EMO-DB, held out", {})[which] = held_out(table, which)
        models[which] = trained(table, which)
        for folder in others:
            curves.setdefault(folder.name.upper(), {})[which] = judged(models[which], table_of(work, folder, name))
    for corpus, both in curves.items():
        for which, judgements in both.items():
            print(f"| {corpus} | {which} | {line(judgements)} |", flush=True)
    draw(curves, picture)
    print("\n| EMO-DB's clips, changed | model | labelled | wrong among them | wrong guesses of all | why not |")
    print("|---|---|---|---|---|---|")
    for which, name in SETS.items():
        plain = models[which].predict(table_of(work, emodb, name), reasons=False)["label"].to_numpy()
        for change, clips in changed_clips(emodb, name).items():
            judgements = judged(models[which], clips)
            moved = (judgements["label"].to_numpy() != plain).mean() if len(judgements) == len(plain) else float("nan")
            print(f"| {change} ({moved:.1%} of labels change) | {which} | {line(judgements)} |", flush=True)


def changed_clips(emodb: Path, name: str) -> dict[str, ser.FeatureTable]:
    """Make EMO-DB at -20 dB, stored at 8 kHz, and cut to its middle 0.35 s."""
    import tempfile

    import soundfile
    import soxr

    tables = {}
    ways = {
        "gain of -20 dB, 16 bit": lambda x, rate: (0.1 * x, rate),
        "stored at 8 kHz": lambda x, rate: (soxr.resample(x, rate, 8000), 8000),
        "0.35 s out of the middle": lambda x, rate: (x[x.size // 2 :][: round(0.35 * rate)], rate),
    }
    for title, way in ways.items():
        with tempfile.TemporaryDirectory() as folder:
            for path in sorted(emodb.glob("*.wav")):
                soundfile.write(Path(folder) / path.name, *way(*soundfile.read(path)), subtype="PCM_16")
            tables[title] = ser.extract_table(folder, corpus="emodb", features=name)
    return tables


def print_choices(work: Path, emodb: Path) -> None:
    """Print the options compared on EMO-DB, with the chosen ones."""
    table = table_of(work, emodb, SETS["now"])
    print("| lda and others on wide_v1, no clip inside | UAR, leave one speaker out |\n|---|---|")
    for name in RECIPES:
        result = ser.evaluate(table, ser.make_pipeline(name), n_jobs=2)
        low, high = result.data["intervals"]["uar"]
        print(f"| {name} | {result.uar:.3f} ({low:.3f} to {high:.3f}) |", flush=True)
    changed = table_of(work, emodb, SETS["now"], "--augment", CHANGES)
    print("\n| directions | missing counts as | " + " | ".join(CHANGES.split(",")) + " |")
    print("|---|---|" + "---|" * len(CHANGES.split(",")))
    usual = model_novelty.MOST_DIRECTIONS, model_novelty.MISSING_IS_FAR
    for directions, far in [(n, usual[1]) for n in (4, 8, 16, 64, 256)] + [(usual[0], f) for f in (0.0, 1.0, 1.5)]:
        model_novelty.MOST_DIRECTIONS, model_novelty.MISSING_IS_FAR = directions, far
        print(f"| {directions} | {far:g} times as far | {novel_shares(changed)} |", flush=True)
    model_novelty.MOST_DIRECTIONS, model_novelty.MISSING_IS_FAR = usual
    frame = changed.frame
    distances = held_out_distances(changed)[(frame["variant"] == "original").to_numpy()]
    evidence, named = held_out_evidence(table)
    print("\n| tails | misfit | threshold | labelled | wrong among them | by confidence alone |")
    print("|---|---|---|---|---|---|")
    heavy = model_limits.TAILS
    for tails in (1.0, 2.0, 3.0, 5.0, 1e6):
        model_limits.TAILS = tails
        facts = trained(table, "now").card["abstain"]
        shares = f"{facts['coverage']:.3f} | {facts['error']:.3f} | {facts['coverage_by_confidence']:.3f}"
        fit = misfit(evidence, named, distances, tails)
        print(f"| {tails:g} | {fit:.4f} | {facts['threshold']:.3f} | {shares} |", flush=True)
    model_limits.TAILS = heavy


def novel_shares(changed: ser.FeatureTable) -> str:
    """Share of the clips of each change that is novel to a model of other speakers' unchanged clips."""
    distances, variants = held_out_distances(changed), changed.frame["variant"].to_numpy(str)
    limit = np.quantile(distances[variants == "original"], 1 - model_limits.NOVEL_SHARE)
    return " | ".join(f"{(distances[variants == variant] > limit).mean():.2f}" for variant in CHANGES.split(","))


def held_out_distances(changed: ser.FeatureTable) -> np.ndarray:
    """Distance of each row from other speakers' unchanged clips."""
    frame = changed.frame
    variants, speakers = frame["variant"].to_numpy(str), frame["speaker"].astype(str).to_numpy()
    values = frame[list(changed.feature_names)].to_numpy(float)
    pipeline = ser.make_pipeline("lda")[:-1]
    distances = np.empty(len(frame))
    for speaker in np.unique(speakers):
        inside = (variants == "original") & (speakers != speaker)
        fitted = pipeline.fit(values[inside])
        shape = model_novelty.Shape.of(*model_novelty.prepared(fitted, values[inside]))
        mask = speakers == speaker
        distances[mask] = shape.distances(*model_novelty.prepared(fitted, values[mask]))
    return distances


def main() -> None:
    """Run the parts named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("emodb", type=Path)
    parser.add_argument("--others", type=Path, nargs="*", default=[])
    parser.add_argument("--choices", action="store_true")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--picture", type=Path, default=Path(__file__).with_name("abstention.png"))
    how = parser.parse_args()
    how.work.mkdir(parents=True, exist_ok=True)
    if how.choices:
        print_choices(how.work, how.emodb)
    else:
        print_corpora(how.work, how.emodb, how.others, how.picture)


if __name__ == "__main__":
    main()

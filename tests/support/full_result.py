"""A result with every block of the schema: a real evaluation, with blocks of other commands added by hand."""

import copy

import numpy as np

from prosody_ser import evaluate
from prosody_ser.learn.evaluation.naive import with_naive
from prosody_ser.learn.metrics.intervals import METHOD, REFERENCE
from tests.support.pipelines import quick_pipeline
from tests.support.schemas import json_schema
from tests.support.tables import acted_table

SCHEMA = json_schema("result")


def small_result():
    """A real evaluation of a few clips, with the naive protocol, as the command line makes it."""
    table = acted_table(n_speakers=6, rows_each=14, n_features=6, signal=0.8)
    table.frame["corpus"] = "acted"
    pipeline = quick_pipeline("lda", calibrate=True)
    return with_naive(evaluate(table, pipeline, seed=3), table, pipeline).data


def with_every_block(data, seed=0):
    """Add the optional blocks to `data`, with plausible numbers."""
    rng = np.random.default_rng(seed)
    data = copy.deepcopy(data)
    features, labels = data["protocol"]["features"], data["labels"]
    around = {key: _around(data[key]) for key in ("uar", "accuracy", "macro_f1")}
    how = {"level": 0.95, "method": METHOD, "reference": REFERENCE}
    data["chance"] = 1 / len(labels)
    data["weighted_f1"] = sum(row["f1"] * row["support"] for row in data["per_class"].values()) / sum(
        row["support"] for row in data["per_class"].values()
    )
    data["intervals"] = how | around | {"weighted_f1": _around(data["weighted_f1"])}
    data["interval_note"] = None
    data["confusion"]["row_shares"] = [[n / sum(row) for n in row] for row in data["confusion"]["counts"]]
    data["calibration"] = _calibration(data["clips"])
    data["permutation"] = {
        "p_value": 0.001996007984031936,
        "n_permutations": 500,
        "null_mean": 1 / len(labels) + 0.001,
        "null_sd": 0.021,
        "statistic": "uar",
        "method": "labels permuted within speaker",
    }
    data["groups"] = {
        "sex": _grouping(data, ("female", "male"), [0.01, 0.13], None),
        "language": _grouping(data, ("de", "en", "it"), None, "too few speakers for an interval"),
    }
    data["alongside"] = [_alongside(data, how, rng)]
    data["tuning"] = {
        "search": "halving",
        "space": "svm",
        "metric": "uar",
        "inner_folds": 5,
        "n_candidates": 6,
        "candidates": [{"model__C": c, "model__gamma": g} for c in (0.1, 1.0, 10.0) for g in ("scale", 0.001)],
        "folds": [
            {
                "fold": fold["fold"],
                "best": {"model__C": float(rng.choice([1, 10])), "model__gamma": "scale"},
                "inner_uar": float(rng.uniform(0.7, 0.85)),
            }
            for fold in data["protocol"]["folds"]
        ],
        "final": {"best": {"model__C": 10.0, "model__gamma": "scale"}, "inner_uar": 0.81},
        "note": "All candidates share the transforms before the model.",
    }
    shares = rng.integers(1, 11, len(features)) / 10
    data["selection"] = {
        "method": "k best by F (k = 40)",
        "n_features_mean": 40.0,
        "stability": 0.83,
        "stability_measure": "Nogueira et al. (2018)",
        "features": [{"feature": f, "share_of_folds": float(s)} for f, s in zip(features, shares, strict=True)],
    }
    data["importances"] = _importances(features, rng)
    losses = (("spectrum", 60, 0.093, [0.02, 0.14]), ("pitch", 15, 0.021, [-0.01, 0.05]), ("timing", 9, -0.004, None))
    data["drop_family"] = {
        "uar": data["uar"],
        "families": [
            {
                "family": family,
                "n_features": n,
                "uar_without": min(data["uar"] - lost, 1.0),
                "uar_lost": lost,
                "interval": interval,
            }
            for family, n, lost, interval in losses
        ],
    }
    data["learning"] = {
        "note": "Each point trains on some of the speakers.",
        "points": [
            {"n_speakers": n, "n_clips": 30 * n, "uar": uar, "interval": interval, "training_uar": 0.97}
            for n, uar, interval in ((2, 0.31, [0.25, 0.37]), (4, 0.4, None), (5, data["uar"], around["uar"]))
        ],
    }
    folds = data["protocol"]["folds"]
    data["training"] = {
        "note": "What was minimised.",
        "folds": [{"fold": fold["fold"], "loss": [1.4, 0.9, 0.5, 0.3]} for fold in folds],
    }
    data["in_sample"] = {
        "kind": "linear coefficients",
        "warning": "in-sample: of a model fitted on all clips; it says what the model uses, not what holds for others.",
        "features": [
            {
                "rank": i + 1,
                "feature": f,
                "family": "spectrum",
                "coefficients": {label: float(rng.normal()) for label in labels},
            }
            for i, f in enumerate(features)
        ],
    }
    data["profile"] = _profile(features, labels, rng)
    data["audit"] = [
        {
            "severity": "warning",
            "check": "duplicates",
            "sentence": "2 pairs of clips sound the same and lie in different folds.",
            "effect": "What is learned of one is known of the other; so few move the score by less than 0.01.",
            "evidence": {"n_pairs": 2},
        },
        *data["audit"],
    ]
    data["protocol"]["clips_of_speaker"] = {"least": 5, "median": 5, "most": 5}
    data["protocol"]["enrolment"] = {"n_clips_of_each": 5, "n_clips": 30, "seed": 0, "chosen": "at random"}
    data["protocol"]["left_out"] = {"no emotion label": 3, "too_short": 1}
    data["protocol"]["warnings"] = {"ConvergenceWarning: Stochastic Optimizer: Maximum iterations reached.": 4}
    return _known(data, SCHEMA)


def _known(value, schema):
    """Remove keys that the schema lacks, as it may be older than the blocks."""
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    for choice in schema.get("oneOf", ()):
        if choice.get("type") != "null" and value is not None:
            return _known(value, choice)
    if isinstance(value, dict) and "properties" in schema:
        allowed, closed = schema["properties"], schema.get("additionalProperties") is False
        return {k: _known(v, allowed.get(k, {})) for k, v in value.items() if k in allowed or not closed}
    if isinstance(value, dict) and isinstance(schema.get("additionalProperties"), dict):
        return {k: _known(v, schema["additionalProperties"]) for k, v in value.items()}
    return [_known(v, schema.get("items", {})) for v in value] if isinstance(value, list) else value


def _around(value, reach=0.05):
    return [max(value - reach, 0.0), min(value + 0.9 * reach, 1.0)]


def _calibration(clips):
    says = np.array([max(clip["scores"].values()) for clip in clips])
    right = np.array([clip["predicted"] == clip["emotion"] for clip in clips])
    place = np.clip(np.ceil(says * 10).astype(int) - 1, 0, 9)
    bins, ece = [], 0.0
    for i in range(10):
        inside = place == i
        n = int(inside.sum())
        bins.append(
            {
                "low": i / 10,
                "high": (i + 1) / 10,
                "n": n,
                "mean_confidence": float(says[inside].mean()) if n else None,
                "accuracy": float(right[inside].mean()) if n else None,
            }
        )
        if n:
            ece += n / len(clips) * abs(float(says[inside].mean() - right[inside].mean()))
    brier = np.mean([sum((p - (e == c["emotion"])) ** 2 for e, p in c["scores"].items()) for c in clips])
    return {"brier": float(brier), "ece": float(ece), "n_bins": 10, "bins": bins}


def _grouping(data, names, gap_interval, note):
    groups = {
        name: {
            "n_clips": data["n_clips"] // len(names),
            "n_speakers": max(data["n_speakers"] // len(names), 1),
            "uar": max(data["uar"] - 0.07 * i, 0.0),
            "accuracy": max(data["accuracy"] - 0.06 * i, 0.0),
            "macro_f1": max(data["macro_f1"] - 0.08 * i, 0.0),
        }
        for i, name in enumerate(names)
    }
    return {
        "groups": groups,
        "gap": 0.07 * (len(names) - 1),
        "gap_between": [names[0], names[-1]],
        "gap_interval": gap_interval,
        "note": note,
    }


def _alongside(data, how, rng):
    better = {key: min(data[key] + 0.06, 1.0) for key in ("uar", "accuracy", "macro_f1", "weighted_f1")}
    return {
        "track": "speaker-normalised",
        "track_note": (
            "Transductive: each test speaker was normalised by all of their own unlabelled test clips. "
            "The score holds only where that many clips of a new speaker are at hand."
        ),
        **better,
        "intervals": how | {key: _around(value) for key, value in better.items()},
        "per_class": {
            label: row | {"recall": min(row["recall"] + float(rng.uniform(0, 0.1)), 1.0)}
            for label, row in data["per_class"].items()
        },
        "per_speaker": {
            speaker: row | {"uar": min(row["uar"] + float(rng.uniform(0, 0.12)), 1.0)}
            for speaker, row in data["per_speaker"].items()
        },
        "confusion": copy.deepcopy(data["confusion"]),
        "clips_of_speaker": {"least": 20, "median": 20.5, "most": 71},
        "difference_uar": better["uar"] - data["uar"],
        "difference_interval": [0.031, 0.092],
    }


def _importances(features, rng):
    amounts = np.sort(rng.exponential(0.006, len(features)))[::-1] - 0.002
    order = rng.permutation(features)
    return {
        "n_repeats": 10,
        "features": [
            {
                "rank": i + 1,
                "feature": str(f),
                "importance": float(x),
                "sd": 0.002,
                "sd_folds": 0.003,
                "family": "spectrum",
                "cluster": str(order[i % 3]),
            }
            for i, (f, x) in enumerate(zip(order, amounts, strict=True))
        ],
        "clusters": [
            {
                "rank": 1 + i,
                "cluster": str(order[i]),
                "features": [str(f) for f in order[i::3]],
                "importance": 0.09 - 0.03 * i,
                "sd": 0.01,
                "sd_folds": 0.02,
            }
            for i in range(3)
        ],
        "families": [
            {"rank": 1, "family": "spectrum", "n_features": 60, "importance": 0.31, "sd": 0.01, "sd_folds": 0.03},
            {"rank": 2, "family": "pitch", "n_features": 15, "importance": 0.12, "sd": 0.01, "sd_folds": 0.03},
            {"rank": 3, "family": "timing", "n_features": 9, "importance": -0.01, "sd": 0.01, "sd_folds": 0.02},
        ],
        "notice": None,
    }


def _profile(features, labels, rng):
    reference = "neutral" if "neutral" in labels else labels[0]
    rows = []
    for feature in features:
        for label in labels:
            if label == reference:
                continue
            effect = float(rng.normal(0, 0.8))
            p = float(rng.uniform(0, 0.2))
            rows.append(
                {
                    "feature": feature,
                    "family": "pitch",
                    "unit": "st",
                    "emotion": label,
                    "effect": effect,
                    "low": effect - 0.4,
                    "high": effect + 0.4,
                    "p": p,
                    "p_corrected": min(3 * p, 1.0),
                    "difference": 2.5 * effect,
                    "n_speakers": 6,
                    "n_left_out": 0,
                    "note": None,
                }
            )
    rows[0] |= {"effect": None, "low": None, "high": None, "p": None, "p_corrected": None}
    method = "mean difference in within-speaker sd; t interval; Holm"
    return {"reference": reference, "method": method, "notice": None, "rows": rows}

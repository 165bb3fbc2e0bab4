"""Options that several commands share, so that they mean and say the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer


def _models() -> list[str]:
    from ..learn.classifiers.registry import MODELS

    return list(MODELS)


def _balances() -> list[str]:
    from ..learn.classifiers.registry import BALANCES

    return list(BALANCES)


def _sets() -> list[str]:
    from ..catalogue import FEATURE_SETS

    return list(FEATURE_SETS)


def _engines() -> list[str]:
    from ..catalogue import ENGINES

    return list(ENGINES)


Table = Annotated[Path | None, typer.Argument(metavar="TABLE", help="From 'extract'; see below if not given.")]
Model = Annotated[
    str,
    typer.Option(
        help="See 'models': svm, linear-svm, rf, mlp, ..., cnn; or package.module:Class.", autocompletion=_models
    ),
]
Folds = Annotated[
    str,
    typer.Option(
        help="loso; N; NxR: N folds, R times; fixed, fixed:60/20/20: train, validation, test; speaker-sentence, "
        "speaker-sentence:5x2: both unseen; split: those of the table's column split; auto: loso up to 24 speakers, "
        "else 10."
    ),
]
SplitFile = Annotated[
    Path | None,
    typer.Option(help="In place of --folds: from --write-split, a CSV of your own, or a folder of EmoBox's lists."),
]
Device = Annotated[
    str | None,
    typer.Option(metavar="cpu|cuda", help="Where networks (cnn, cnn-features, lstm) learn; the CPU if not given."),
]
Jobs = Annotated[int, typer.Option(min=1, help="Processes; the result is the same with any number.")]
Scheduler = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Dask scheduler, tcp://host:port: its workers do the work, not --jobs here."),
]
Balance = Annotated[
    str,
    typer.Option(
        help="none, class-weight, over, under, smote, borderline-smote, adasyn or smote-tomek; on training clips only.",
        autocompletion=_balances,
    ),
]
SpeakerNorm = Annotated[str, typer.Option(help="none, or speaker: z-scores of each speaker's own clips.")]
SpeakerNorms = Annotated[
    str,
    typer.Option(
        "--speaker-norm",
        metavar="LIST",
        help="none; speaker: z-scores of each speaker's own clips; enrol: by a few clips that are not scored; several "
        "with commas, on the same folds and clips; both is none,speaker.",
    ),
]
Select = Annotated[
    str,
    typer.Option(
        help="none; kbest:50, mi:50, rfe:50: so many features, or a share (0.2); corr:0.9: none that correlates more "
        "with one before it; chosen on training clips only."
    ),
]
Calibrate = Annotated[
    bool, typer.Option("--calibrate", help="Scores that are probabilities, learned on held-out training speakers.")
]
FeatureSet = Annotated[
    str | None,
    typer.Option(
        "--set",
        metavar="NAME",
        help="prosody_v1 or full_v1, see 'features'; if not given prosody_v1, of frames full_v1.",
        autocompletion=_sets,
    ),
]
Engine = Annotated[
    str,
    typer.Option(
        help="fast: own kernels; reference: Praat and librosa themselves, four times as slow.", autocompletion=_engines
    ),
]
Channel = Annotated[
    str,
    typer.Option(
        help="Of several: auto (the mean where they agree, else the louder one), mean, left, right, louder or N, "
        "counted from 1."
    ),
]
PitchFloor = Annotated[
    float | None, typer.Option(help="Hz: where the pitch search begins, if you know the voice; found if not given.")
]
PitchCeiling = Annotated[
    float | None, typer.Option(help="Hz: where the pitch search ends, if you know the voice; found if not given.")
]
Features = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="Only these of the table's features: mfcc, mel, chroma, f0, ...; a set; columns; with commas.",
    ),
]
Family = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="Only these families: pitch, intensity, formants, voice quality, timing, spectrum; with commas.",
    ),
]
Columns = Annotated[
    str | None,
    typer.Option(
        metavar="OURS=YOURS,...",
        help="Which columns of a list or table of your own are meant: emotion=gt_emotion,speaker=person,split=part.",
    ),
]
Plugin = Annotated[
    str | None, typer.Option(metavar="MODULE", help="Python module with features of your own; see the README.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are there already.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="A file in place of the terminal.")]
Augment = Annotated[
    str | None,
    typer.Option(
        help="Changed copies of each recording, with commas: noise, stretch, shift, pitch, speed, gain, reverb, "
        "formant; with a strength (speed:0.93) or a range (noise:10..30). See 'augment --list'."
    ),
]
AugmentSeed = Annotated[int, typer.Option(min=0, help="Seed of the strengths drawn for copies, and of noise.")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of folds, sampler, model and shuffles.")]

"""Options that several commands share, so that they have the same meaning and the same help everywhere."""

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


Table = Annotated[
    Path | None,
    typer.Argument(
        metavar="TABLE",
        help="Feature table (.csv or .parquet) written by 'extract', or the word built-in for the table of EMO-DB that "
        "comes with the package; optional, see the text above.",
    ),
]
Model = Annotated[
    str,
    typer.Option(
        help="Classifier: svm, linear-svm, rf, mlp, ..., cnn ('prosody-ser models' lists all), or a scikit-learn "
        "classifier of your own as package.module:Class.",
        autocompletion=_models,
    ),
]
Folds = Annotated[
    str,
    typer.Option(
        help="Cross-validation scheme. loso: leave one speaker out. N: N folds of speakers. NxR: N folds, repeated R "
        "times. fixed or fixed:60/20/20: one split into training, validation and test speakers, in percent. "
        "speaker-sentence or speaker-sentence:5x2: test speakers and test sentences are both unseen in training. "
        "split: the parts named in the table's column 'split'. auto: loso up to 24 speakers, 10 folds above."
    ),
]
SplitFile = Annotated[
    Path | None,
    typer.Option(
        help="File with the folds to use in place of --folds: one written by 'cv --write-split', a CSV of your own, "
        "or a folder of EmoBox fold lists."
    ),
]
Device = Annotated[
    str | None,
    typer.Option(
        metavar="cpu|cuda", help="Processor on which networks (cnn, cnn-features, lstm) are trained. [default: cpu]"
    ),
]
Jobs = Annotated[int, typer.Option(min=1, help="Number of processes. The result does not depend on it.")]
Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Address of a Dask scheduler (tcp://host:port) whose workers do the work in place of --jobs.",
    ),
]
Balance = Annotated[
    str,
    typer.Option(
        help="How classes of unequal size are balanced, on training clips only: none, class-weight, over, under, "
        "smote, borderline-smote, adasyn or smote-tomek.",
        autocompletion=_balances,
    ),
]
SpeakerNorm = Annotated[
    str,
    typer.Option(
        help="Speaker normalisation. none: no normalisation. speaker: z-scores over all clips of each speaker."
    ),
]
SpeakerNorms = Annotated[
    str,
    typer.Option(
        "--speaker-norm",
        metavar="LIST",
        help="Speaker normalisation. none: no normalisation. speaker: z-scores over all clips of each speaker. enrol: "
        "from a few enrolment clips of each speaker, which are not scored. Several, comma-separated, are evaluated on "
        "the same folds and clips; 'both' means none,speaker.",
    ),
]
Select = Annotated[
    str,
    typer.Option(
        help="Feature selection, learned on training clips only. none: keep all. kbest:50, mi:50 or rfe:50: keep 50 "
        "features, by F-test, mutual information or recursive elimination; a share such as 0.2 in place of 50 keeps "
        "20 %. corr:0.9: drop a feature whose correlation with an earlier one exceeds 0.9."
    ),
]
Calibrate = Annotated[
    bool,
    typer.Option(
        "--calibrate", help="Calibrate the scores as probabilities, on held-out speakers of the training clips."
    ),
]
FeatureSet = Annotated[
    str | None,
    typer.Option(
        "--set",
        metavar="NAME",
        help="Feature set: prosody_v1, full_v1 or wide_v1; see 'features'. [default: prosody_v1; full_v1 for frames]",
        autocompletion=_sets,
    ),
]
Engine = Annotated[
    str,
    typer.Option(
        help="Program that computes the contours. fast: the compiled code of this package. reference: Praat and "
        "librosa, about four times slower.",
        autocompletion=_engines,
    ),
]
Channel = Annotated[
    str,
    typer.Option(
        help="Channel of a multi-channel recording: auto (the mean if the channels agree, else the louder one), mean, "
        "left, right, louder, or a channel number starting at 1. A recording without that channel is an error."
    ),
]
PitchFloor = Annotated[
    float | None, typer.Option(help="Lower limit of the pitch search, in Hz. [default: estimated from each recording]")
]
PitchCeiling = Annotated[
    float | None, typer.Option(help="Upper limit of the pitch search, in Hz. [default: estimated from each recording]")
]
Features = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="Features to use, comma-separated: groups (mfcc, mel, chroma, f0, ...), a feature set, or names of "
        "columns. [default: all in the table]",
    ),
]
Family = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="Families of features to use, comma-separated: pitch, intensity, formants, voice quality, timing, "
        "spectrum. [default: all in the table]",
    ),
]
Columns = Annotated[
    str | None,
    typer.Option(
        metavar="OURS=YOURS,...",
        help="Names of columns in your own table or CSV of labels, where they differ from ours: "
        "emotion=gt_emotion,speaker=person,split=part.",
    ),
]
Plugin = Annotated[
    str | None, typer.Option(metavar="MODULE", help="Python module with features of your own: see prosody_ser.plugin.")
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="File to write. [default: print to the terminal]")]
Augment = Annotated[
    str | None,
    typer.Option(
        help="Augmented copies to make of each recording, comma-separated: noise, stretch, shift, pitch, speed, gain, "
        "reverb, formant; each may have a strength (speed:0.93) or a range (noise:10..30). See 'augment --list'."
    ),
]
AugmentSeed = Annotated[
    int, typer.Option(min=0, help="Seed of the random numbers in --augment: strengths drawn from a range, and noise.")
]
Seed = Annotated[
    int,
    typer.Option(min=0, max=2**32 - 1, help="Seed of all random numbers: folds, resampling, model and permutations."),
]

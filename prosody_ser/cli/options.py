"""Options that several commands share, so that they mean and say the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

Table = Annotated[Path | None, typer.Argument(metavar="TABLE", help="From 'extract'; see below if not given.")]
Model = Annotated[str, typer.Option(help="svm, rf or mlp.")]
Folds = Annotated[str, typer.Option(help="loso, or a number of folds; auto: loso up to 24 speakers, else 10.")]
Balance = Annotated[str, typer.Option(help="none, class-weight or smote; on training clips only.")]
SpeakerNorm = Annotated[str, typer.Option(help="none, or speaker: z-scores of each speaker's own clips.")]
FeatureSet = Annotated[
    str | None, typer.Option("--set", metavar="NAME", help="prosody_v1 (if not given) or full_v1; see 'features'.")
]
Plugin = Annotated[
    str | None, typer.Option(metavar="MODULE", help="Python module with features of your own; see the README.")
]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of folds, sampler, model and shuffles.")]

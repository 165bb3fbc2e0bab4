"""How to evaluate: the options that every command which fits models has in common, as one object."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from . import options

if TYPE_CHECKING:
    from ..learn.splits.evaluation_plan import EvaluationPlan
    from ..tables.feature_table import FeatureTable


@dataclass(frozen=True)
class OneTable:
    """Which table, and which of its features."""

    table: options.Table = None
    features: options.Features = None
    family: options.Family = None
    columns: options.Columns = None

    def found(self, *, built_in: bool = True) -> Self:
        """These options with the table that is meant: named, written last here, or (None) the built-in one."""
        from .input_table import last_table, table_or_default
        from .inputs import TABLE, check_input

        if self.table is not None:
            check_input(self.table, TABLE)
        return replace(self, table=table_or_default(self.table) if built_in else self.table or last_table())

    @property
    def files(self) -> list[Path]:
        """What is read, and no output may replace."""
        from .input_table import files_read

        return files_read(self.table)

    def open(self) -> "tuple[FeatureTable, str]":
        """The table with the features asked for, and what it is called."""
        from .input_table import open_table

        return open_table(self.table, self.features, self.family, self.columns)


@dataclass(frozen=True)
class Evaluating(OneTable):
    """Which pipeline, in which folds, on which table."""

    model: options.Model = "svm"
    balance: options.Balance = "none"
    speaker_norm: options.SpeakerNorm = "none"
    select: options.Select = "none"
    calibrate: options.Calibrate = False
    folds: options.Folds = "auto"
    split_file: options.SplitFile = None
    device: options.Device = None
    seed: options.Seed = 0
    jobs: options.Jobs = 1
    scheduler: options.Scheduler = None

    @property
    def files(self) -> list[Path]:
        """What is read, and no output may replace."""
        return [*super().files, *([self.split_file] if self.split_file else [])]

    @property
    def steps(self) -> dict[str, Any]:
        """What :func:`prosody_ser.make_pipeline` takes."""
        names = ("model", "balance", "speaker_norm", "select", "calibrate", "device", "seed")
        return {name: getattr(self, name) for name in names}

    def pipeline(self, **changes: Any) -> Any:
        """The pipeline asked for."""
        from ..learn.pipeline import make_pipeline

        return make_pipeline(**self.steps | changes)

    def plan(self, table: "FeatureTable", **more: Any) -> "EvaluationPlan":
        """What is evaluated: the folds asked for, or read from the file, on this table; stderr says what takes long."""
        from ..learn.splits.evaluation_plan import EvaluationPlan
        from .input_table import folds_or_file, say_what_takes_long

        folds = folds_or_file(self.folds, self.split_file, table)
        plan = EvaluationPlan.of(table, folds, seed=self.seed, **more)
        say_what_takes_long([self.model], max(len(fold.train) for fold in plan.folds))
        return plan

    def title(self, table: "FeatureTable", name: str, what: str) -> str:
        """A picture's title: corpora, what is shown, the model and its track."""
        from ..learn.preprocessing.speaker_norm import SPEAKER_NORMS

        return f"{', '.join(table.corpora) or name}: {what}, {self.model}, {SPEAKER_NORMS[self.speaker_norm]}"

"""Options that all commands which read a table, or fit models, have in common, each group as one object."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from . import options
from .inputs import TABLE, check_input

if TYPE_CHECKING:
    from ..learn.splits.evaluation_plan import EvaluationPlan
    from ..tables.feature_table import FeatureTable


@dataclass(frozen=True)
class OneTable:
    """Options that choose a table and its features."""

    table: options.Table = None
    features: options.Features = None
    family: options.Family = None
    columns: options.Columns = None

    def resolved(self, *, built_in: bool = True, accepted: tuple[str, ...] = (TABLE,)) -> Self:
        """Fill in the table: the one named, else the one written last in this folder, else None for the built-in one.

        With ``built_in=False`` an error is raised instead of taking the built-in table without being asked. `accepted`
        are the kinds of files that the command takes in its place; see :mod:`prosody_ser.cli.inputs`.
        """
        from .input_table import is_built_in, last_table, table_or_default

        if is_built_in(self.table):
            return replace(self, table=None)
        if self.table is not None:
            check_input(self.table, *accepted)
        return replace(self, table=table_or_default(self.table) if built_in else self.table or last_table())

    @property
    def files(self) -> list[Path]:
        """Files that are read, which no output may replace."""
        from .input_table import files_read

        return files_read(self.table)

    def open(self) -> "tuple[FeatureTable, str]":
        """Open the table with the chosen features; give it and its name for the output."""
        from .input_table import open_table

        return open_table(self.table, self.features, self.family, self.columns)


@dataclass(frozen=True)
class Evaluating(OneTable):
    """Options that choose a table, a pipeline and the folds."""

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
        """Files that are read, which no output may replace."""
        return [*super().files, *([self.split_file] if self.split_file else [])]

    @property
    def steps(self) -> dict[str, Any]:
        """Arguments of :func:`prosody_ser.make_pipeline`."""
        names = ("model", "balance", "speaker_norm", "select", "calibrate", "device", "seed")
        return {name: getattr(self, name) for name in names}

    def open(self) -> "tuple[FeatureTable, str]":
        """Open the table as :class:`OneTable` does; print a note if its features were chosen one by one."""
        from .input_table import words
        from .printing import print_notice

        table, name = super().open()
        by_name = [word for word in words(self.features, "--features") or () if word in table.feature_names]
        if len(by_name) > 1:
            print_notice(
                f"--features names {len(by_name)} single features: if they were chosen on these recordings (by "
                "'importances', for example), the score is too high; --select chooses features on the training clips "
                "of each fold"
            )
        return table, name

    def pipeline(self, **changes: Any) -> Any:
        """Make the pipeline that the options describe."""
        from ..learn.pipeline import make_pipeline

        return make_pipeline(**self.steps | changes)

    def plan(self, table: "FeatureTable", **more: Any) -> "EvaluationPlan":
        """Plan the evaluation of this table, in the chosen folds; print a warning on stderr if it will take long."""
        from ..learn.splits.evaluation_plan import EvaluationPlan
        from .input_table import folds_or_file, warn_about_long_fits

        folds = folds_or_file(self.folds, self.split_file, table)
        plan = EvaluationPlan.of(table, folds, seed=self.seed, **more)
        warn_about_long_fits([self.model], max(len(fold.train) for fold in plan.folds))
        return plan

    def title(self, table: "FeatureTable", name: str, what: str) -> str:
        """Title of a picture: the corpora, what is shown, the model and its track."""
        from ..corpus_names import corpora_in_words
        from ..learn.preprocessing.speaker_norm import SPEAKER_NORMS

        return f"{corpora_in_words(table.corpora, name)}: {what}, {self.model}, {SPEAKER_NORMS[self.speaker_norm]}"

"""A long job in a process of its own, which the page can end: ``python -m prosody_ser.page.job_process``.

Standard input is one line of JSON with the name of the job and its arguments. When standard input closes, the page has
ended, and this process ends too. Standard output is lines of JSON: ``{"done": 3, "total": 10}`` for progress, and at
the end ``{"files": [...]}`` or ``{"error": "..."}``. The files are written to the folder that the arguments name, in
the formats of the command line.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import ProsodySerError

Progress = Callable[[int, int], None]


def survey_job(arguments: dict[str, Any], folder: Path, progress: Progress) -> list[str]:
    """Survey a corpus folder: ``survey.png`` and ``survey.md``."""
    from ..datasets.survey import survey
    from ..plots.survey import plot_survey
    from ..report.text.survey import FORMATS

    overview = survey(arguments["source"], progress=progress)
    plot_survey(overview, folder / "survey.png")
    (folder / "survey.md").write_text(FORMATS["markdown"](overview), encoding="utf-8")
    return ["survey.png", "survey.md"]


def extract_job(arguments: dict[str, Any], folder: Path, progress: Progress) -> list[str]:
    """Measure the features of a corpus folder: ``table.parquet``."""
    from ..extraction import Extraction, extract_to_file

    extract_to_file(Extraction([arguments["source"]]), folder / "table.parquet", progress=progress)
    return ["table.parquet"]


def cv_job(arguments: dict[str, Any], folder: Path, progress: Progress) -> list[str]:
    """Evaluate a model on held-out speakers: ``result.json``."""
    from ..learn.evaluation.evaluate import evaluate
    from ..learn.evaluation.tracks import wanted_norms
    from ..learn.pipeline import make_pipeline

    first, *alongside = (
        make_pipeline(arguments["models"][0], speaker_norm=norm) for norm in wanted_norms(arguments["speaker_norm"])
    )
    evaluate(_table(arguments), first, alongside=alongside, progress=progress).write(folder / "result.json")
    return ["result.json"]


def compare_job(arguments: dict[str, Any], folder: Path, progress: Progress) -> list[str]:
    """Compare several models on the same folds: ``comparison.json``, and ``result.json`` of the first."""
    from ..learn.comparison.compare import compare
    from ..learn.comparison.runs import evaluate_all
    from ..learn.pipeline import make_pipeline

    pipelines = {name: make_pipeline(name, speaker_norm=arguments["speaker_norm"]) for name in arguments["models"]}
    runs = evaluate_all({"table": _table(arguments)}, pipelines, progress=progress)
    results = list(runs.values())
    compare(results, arguments["models"]).write(folder / "comparison.json")
    results[0].write(folder / "result.json")
    return ["comparison.json", "result.json"]


def train_job(arguments: dict[str, Any], folder: Path, progress: Progress) -> list[str]:
    """Train a model on all clips: ``model.skops``."""
    from ..learn.pipeline import make_pipeline
    from ..model import save_model, train

    pipeline = make_pipeline(arguments["models"][0], speaker_norm=arguments["speaker_norm"])
    save_model(train(_table(arguments), pipeline, risk=0.1, progress=progress), folder / "model.skops")
    return ["model.skops"]


JOBS = {"survey": survey_job, "extract": extract_job, "cv": cv_job, "compare": compare_job, "train": train_job}


def _table(arguments: dict[str, Any]) -> Any:
    from ..datasets.emodb_features import load_emodb_features
    from ..tables.file import read_table

    return read_table(arguments["table"]) if arguments["table"] else load_emodb_features()


def end_group(leader: int) -> None:
    """Kill a process that leads a process group, and all processes that it has started."""
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(leader, signal.SIGKILL)
        else:  # Windows
            os.kill(leader, signal.SIGTERM)


def _end_with_the_page() -> None:
    # Not sys.stdin: this thread would hold its lock, and a forked process, which closes it, would wait for ever.
    while os.read(0, 1):
        pass
    end_group(os.getpid())


def _send(**message: Any) -> None:
    print(json.dumps(message), flush=True)


def main() -> None:
    """Run the job that standard input describes."""
    arguments = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_page, daemon=True).start()
    try:
        run, folder = JOBS[arguments["job"]], Path(arguments["folder"])
        files = run(arguments, folder, lambda done, total: _send(done=done, total=total))
    except ProsodySerError as error:
        _send(error=str(error))
    else:
        _send(files=files)


if __name__ == "__main__":
    main()

"""Work that takes long, in a process of its own that the page can end: ``python -m prosody_ser.page.job_process``.

Standard input: one line of JSON that says what to do; when it closes, this process ends, as whoever asked is gone.
Standard output: lines of JSON, ``{"done": 3, "total": 10}`` as it goes on, last ``{"found": [...]}`` or
``{"error": "..."}``. What is found lies in the folder that was named, in the formats that the command line writes.
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


def survey_job(asked: dict[str, Any], folder: Path, progress: Progress) -> list[str]:
    """What a corpus folder holds: ``survey.png`` and ``survey.md``."""
    from ..datasets.survey import survey
    from ..plots.survey import plot_survey
    from ..report.text.survey import FORMATS

    found = survey(asked["source"], progress=progress)
    plot_survey(found, folder / "survey.png")
    (folder / "survey.md").write_text(FORMATS["markdown"](found), encoding="utf-8")
    return ["survey.png", "survey.md"]


def extract_job(asked: dict[str, Any], folder: Path, progress: Progress) -> list[str]:
    """The features of a corpus folder: ``table.parquet``."""
    from ..extraction import Extraction, extract_to_file

    extract_to_file(Extraction([asked["source"]]), folder / "table.parquet", progress=progress)
    return ["table.parquet"]


def cv_job(asked: dict[str, Any], folder: Path, progress: Progress) -> list[str]:
    """A model scored on speakers that it has not heard: ``result.json``."""
    from ..learn.evaluation.evaluate import evaluate
    from ..learn.evaluation.tracks import wanted_norms
    from ..learn.pipeline import make_pipeline

    first, *alongside = (
        make_pipeline(asked["models"][0], speaker_norm=norm) for norm in wanted_norms(asked["speaker_norm"])
    )
    evaluate(_table(asked), first, alongside=alongside, progress=progress).write(folder / "result.json")
    return ["result.json"]


def compare_job(asked: dict[str, Any], folder: Path, progress: Progress) -> list[str]:
    """Several models on the same folds: ``comparison.json``, and ``result.json`` of the first."""
    from ..learn.comparison.compare import compare
    from ..learn.comparison.runs import evaluate_all
    from ..learn.pipeline import make_pipeline

    pipelines = {name: make_pipeline(name, speaker_norm=asked["speaker_norm"]) for name in asked["models"]}
    runs = evaluate_all({"table": _table(asked)}, pipelines, progress=progress)
    results = list(runs.values())
    compare(results, asked["models"]).write(folder / "comparison.json")
    results[0].write(folder / "result.json")
    return ["comparison.json", "result.json"]


def train_job(asked: dict[str, Any], folder: Path, progress: Progress) -> list[str]:
    """A model trained on all clips: ``model.skops``."""
    from ..learn.pipeline import make_pipeline
    from ..model import save_model, train

    pipeline = make_pipeline(asked["models"][0], speaker_norm=asked["speaker_norm"])
    save_model(train(_table(asked), pipeline, risk=0.1, progress=progress), folder / "model.skops")
    return ["model.skops"]


JOBS = {"survey": survey_job, "extract": extract_job, "cv": cv_job, "compare": compare_job, "train": train_job}


def _table(asked: dict[str, Any]) -> Any:
    from ..datasets.emodb_features import load_emodb_features
    from ..tables.file import read_table

    return read_table(asked["table"]) if asked["table"] else load_emodb_features()


def end_group(leader: int) -> None:
    """End a process and all that it started, at once; it leads a group of its own."""
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(leader, signal.SIGKILL)
        else:  # Windows
            os.kill(leader, signal.SIGTERM)


def _end_with_the_page() -> None:
    # Not by sys.stdin: its lock would be held in every process that a fork makes, which closes it, and waits for ever.
    while os.read(0, 1):
        pass
    end_group(os.getpid())


def _say(**said: Any) -> None:
    print(json.dumps(said), flush=True)


def main() -> None:
    """Entry of the process."""
    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_page, daemon=True).start()
    try:
        found = JOBS[asked["job"]](asked, Path(asked["folder"]), lambda done, total: _say(done=done, total=total))
    except ProsodySerError as error:
        _say(error=str(error))
    else:
        _say(found=found)


if __name__ == "__main__":
    main()

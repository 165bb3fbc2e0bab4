"""A result as plain text for a terminal."""

import os
from collections.abc import Mapping
from typing import Any

from ...corpus_names import corpora_in_words
from ...errors import counted
from ...results import Result
from ...tables.left_out import left_out_text
from ...terminal_view import fits, one_line, readable
from ..grid import bounds, grid
from ..learning import epochs_in_words, gap_in_words
from ..protocol import features_of, tracks_of, unreliable
from .audit import audit_lines
from .choices import selection_text, tuning_text
from .importances import importances_lines
from .naive import naive_text
from .profile import profile_lines
from .scores import calibration_lines, clips_used, confusion_lines, group_lines, headline_lines, track_lines


@fits
def result_text(result: Result | Mapping[str, Any] | str | os.PathLike) -> str:
    """Format a result: protocol, scores with intervals, by emotion, speaker and group, and further parts if present.

    Parameters
    ----------
    result : Result, dict or path_like
        As it is, its data (``Result.data``), or the path of its JSON file.

    Returns
    -------
    str

    Examples
    --------
    >>> result = ser.evaluate(ser.load_emodb_features("chroma"), ser.make_pipeline("lda"), folds=2)
    >>> ser.result_text(result).splitlines()[0]
    '535 clips, 10 speakers, 7 emotions (emodb; 12 features of full_v1)'
    """
    data = readable(Result.of(result).data)
    protocol = data["protocol"]
    lines = [f"NOTE: {data['notice']}", ""] if data["notice"] else []
    lines += [
        f"{counted(data['n_clips'], 'clip')}, {counted(data['n_speakers'], 'speaker')}, {len(data['labels'])} emotions"
        f" ({corpora_in_words(protocol['corpora'])}; {features_of(data)})",
        f"{protocol['split']}, {protocol['track']}, {' -> '.join(step['estimator'] for step in protocol['steps'])}",
        protocol["track_note"],
    ]
    if protocol.get("clips_of_speaker"):
        lines.append(clips_used(protocol["clips_of_speaker"]))
    if protocol.get("enrolment"):
        enrolment = protocol["enrolment"]
        lines.append(
            f"{counted(enrolment['n_clips'], 'enrolment clip')}, {enrolment['n_clips_of_each']} of each speaker, not "
            "scored"
        )
    if protocol.get("augmentation"):
        copies = protocol["augmentation"]
        made = ", ".join(f"{n} {name}" for name, n in copies["copies"].items())
        lines.append(
            f"{counted(copies['n_copies'], 'augmented copy', 'augmented copies')} ({made}), used for training with "
            "their originals, never for testing"
        )
    if protocol["left_out"]:
        lines.append(f"The evaluation leaves out {left_out_text(protocol['left_out'])}.")
    lines += [f"warning ({count}x): {text}" for text, count in protocol["warnings"].items()]
    lines += ["", *headline_lines(data)]
    blocks = [
        track_lines(data),
        [_per_class(data)],
        confusion_lines(data["confusion"]),
        ["per speaker (UAR over the emotions that the speaker has)", _per_speaker(data["per_speaker"])],
        group_lines(data),
        calibration_lines(data),
    ]
    for block in blocks:
        lines += ["", *block] if block else []
    if "audit" in data:
        lines += ["", *audit_lines(data["audit"])]
    if data.get("tuning"):
        lines += ["", tuning_text(data)]
    if data.get("selection"):
        lines += ["", selection_text(data)]
    if data.get("training"):
        lines += ["", epochs_in_words(data)]
    if data.get("learning"):
        lines += ["", *learning_lines(data["learning"])]
    if "naive" in data:
        lines += ["", naive_text(data)]
    if "importances" in data:
        lines += ["", *importances_lines(data["importances"])]
    if "profile" in data:
        lines += ["", *profile_lines(data["profile"])]
    return "\n".join(lines)


@fits
def last_line(result: Result, name: str) -> str:
    """Give the score in one line, for readers who look at the end of the output only.

    The line names the data that the score belongs to, and says if the leak audit found errors.
    """
    warning = unreliable(result.data)
    return f"UAR {uar_of_tracks(result)}: on held-out speakers of {one_line(name)}" + (
        f". {warning}" if warning else ""
    )


def uar_of_tracks(result: Result) -> str:
    """Give the UAR of every track, with its name: ``0.786 blind, 0.848 speaker-normalised``."""
    return ", ".join(f"{track['uar']:.3f} {track['track']}" for track in tracks_of(readable(result.data)))


def _per_class(data: Mapping[str, Any]) -> str:
    rows = []
    for label in data["labels"]:
        row = data["per_class"][label]
        precision = "-" if row["precision"] is None else f"{row['precision']:.3f}"
        rows.append([label, precision, f"{row['recall']:.3f}", f"{row['f1']:.3f}", str(row["support"])])
    table = grid(["", "precision", "recall", "F1", "clips"], rows)
    never = [label for label in data["labels"] if data["per_class"][label]["precision"] is None]
    return f"{table}\nprecision - : never predicted ({', '.join(never)})" if never else table


def _per_speaker(per_speaker: Mapping[str, Any]) -> str:
    rows = [
        [speaker, str(row["n_clips"]), f"{row['uar']:.3f}", f"{row['accuracy']:.3f}"]
        for speaker, row in per_speaker.items()
    ]
    return grid(["speaker", "clips", "UAR", "accuracy"], rows)


def learning_lines(curve: dict[str, Any]) -> list[str]:
    """Show the UAR for each number of training speakers, and describe the last of them."""
    points = curve["points"]
    rows = [
        [
            f"{counted(point['n_speakers'], 'speaker')}, {counted(point['n_clips'], 'clip')}",
            f"{point['uar']:.3f}",
            bounds(point["interval"]),
            f"({point['training_uar']:.3f})",
        ]
        for point in points
    ]
    header = ["trained on", "held-out speakers", "interval", "training clips"]
    return [grid(header, rows), gap_in_words(curve)]

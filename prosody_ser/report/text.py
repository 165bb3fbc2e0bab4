"""A result as plain text for a terminal."""

from ..result import Result
from .audit import audit_lines, naive_text
from .importances import importances_lines
from .profile import profile_lines


def result_text(result: Result) -> str:
    """Protocol, headline, per-class report, confusion, per-speaker scores, audit in brief, naive protocol if run."""
    data = result.data
    protocol = data["protocol"]
    lines = _notice(data["notice"])
    lines += [
        f"{data['n_clips']} clips, {data['n_speakers']} speakers, {len(data['labels'])} emotions"
        f" ({', '.join(protocol['corpora']) or 'corpus not named'}; {_features(protocol)})",
        f"{protocol['split']}, {protocol['track']}, {_steps(protocol)}",
        protocol["track_note"],
    ]
    if protocol["left_out"]:
        lines.append("left out: " + ", ".join(f"{count} {cause}" for cause, count in protocol["left_out"].items()))
    lines += [f"warning ({count}x): {text}" for text, count in protocol["warnings"].items()]
    chance = 1 / len(data["labels"])
    lines += [
        "",
        f"UAR       {data['uar']:.3f}   (chance {chance:.3f})",
        f"accuracy  {data['accuracy']:.3f}",
        f"macro F1  {data['macro_f1']:.3f}",
        "",
        _per_class(data),
        "",
        "confusion (rows: true, columns: predicted)",
        _confusion(data["confusion"]),
        "",
        "per speaker (UAR over the emotions that the speaker has)",
        _per_speaker(data["per_speaker"]),
    ]
    if "audit" in data:
        lines += ["", *audit_lines(data["audit"])]
    if "naive" in data:
        lines += ["", naive_text(data)]
    if "importances" in data:
        lines += ["", *importances_lines(data["importances"])]
    if "profile" in data:
        lines += ["", *profile_lines(data["profile"])]
    return "\n".join(lines)


def _notice(notice):
    return [f"NOTE: {notice}", ""] if notice else []


def _features(protocol):
    name = protocol["feature_set"]
    return f"{name}, {protocol['n_features']} features" if name else f"{protocol['n_features']} features"


def _steps(protocol):
    return " -> ".join(step["estimator"] for step in protocol["steps"])


def _per_class(data):
    width = max(len(label) for label in data["labels"])
    lines = [f"{'':{width}}  precision  recall     F1  clips"]
    for label in data["labels"]:
        row = data["per_class"][label]
        precision = "    never" if row["precision"] is None else f"{row['precision']:9.3f}"
        lines.append(f"{label:{width}}  {precision}  {row['recall']:6.3f}  {row['f1']:5.3f}  {row['support']:5d}")
    return "\n".join(lines)


def _confusion(confusion):
    labels, counts = confusion["labels"], confusion["counts"]
    width = max(len(label) for label in labels)
    columns = [max(5, len(label)) for label in labels]
    lines = [" " * width + "".join(f"  {label:>{w}}" for label, w in zip(labels, columns, strict=True))]
    for label, row in zip(labels, counts, strict=True):
        lines.append(f"{label:{width}}" + "".join(f"  {n:{w}d}" for n, w in zip(row, columns, strict=True)))
    return "\n".join(lines)


def _per_speaker(per_speaker):
    width = max(7, *(len(speaker) for speaker in per_speaker))
    lines = [f"{'speaker':{width}}  clips    UAR  accuracy"]
    for speaker, row in per_speaker.items():
        lines.append(f"{speaker:{width}}  {row['n_clips']:5d}  {row['uar']:5.3f}  {row['accuracy']:8.3f}")
    return "\n".join(lines)

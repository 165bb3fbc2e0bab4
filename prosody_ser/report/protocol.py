"""What a score assumes, in words: the same in every format of the report."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..catalogue import FAST
from ..errors import counted
from ..terminal_view import one_line
from .number_format import features_said, p_value, reads_frames, said, sentence, share

#: Steps that are named by what they are for; what else a pipeline holds goes by its own name.
_PURPOSES = {
    "speaker_norm": "speaker normalisation",
    "impute": "missing values",
    "scale": "scaling",
    "select": "selection",
    "balance": "balancing",
    "model": "model",
    "calibrate": "calibration",
}


def chance_of(data: Mapping[str, Any]) -> float:
    """The UAR of guessing."""
    return data.get("chance", 1 / len(data["labels"]))


def corpora_of(data: Mapping[str, Any]) -> str:
    """The corpora by name."""
    return one_line(", ".join(data["protocol"]["corpora"])) or "a corpus that is not named"


def model_of(data: Mapping[str, Any]) -> str:
    """The classifier by the name of its class."""
    return one_line(_step(data, "model")["estimator"])


def features_of(data: Mapping[str, Any]) -> str:
    """Feature set and number of features, and the engine where it is not the usual one."""
    protocol = data["protocol"]
    engine = protocol["extraction"].get("engine")
    unusual = engine if engine != FAST else None
    frames = reads_frames(protocol["steps"])
    return one_line(features_said(protocol["feature_set"], protocol["n_features"], unusual, frames=frames))


def tracks_of(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All tracks that were scored on the same clips and folds, the headline's first."""
    main = {
        key: data.get(key)
        for key in ("uar", "accuracy", "macro_f1", "weighted_f1", "intervals", "per_class", "per_speaker", "confusion")
    }
    main |= {key: data["protocol"].get(key) for key in ("track", "track_note", "clips_of_speaker")}
    return [main, *(data.get("alongside") or [])]


def support_of(data: Mapping[str, Any]) -> str:
    """What is counted by emotion: clips, or with repeats more predictions than clips."""
    return "predictions" if data["protocol"].get("n_repeats", 1) > 1 else "clips"


def interval_note(data: Mapping[str, Any]) -> str:
    """How the intervals were found, or why there are none."""
    found = data.get("intervals")
    if found:
        level = f"{100 * found['level']:g}\N{NO-BREAK SPACE}%"
        resamples = f", {counted(found['n_resamples'], 'resample')}" if "n_resamples" in found else ""
        papers = f" ({found['reference']})" if "reference" in found else ""
        few = f"; {data['interval_note']}" if data.get("interval_note") else ""
        return f"{level} intervals: {found['method']}{resamples}{papers}{few}"
    return f"No interval: {data.get('interval_note') or 'this result holds none'}"


def inner_folds_of(tuning: Mapping[str, Any]) -> str:
    """The inner folds of a search: their number, or how they were made."""
    folds = tuning["inner_folds"]
    return counted(folds, "fold") if isinstance(folds, int) else one_line(folds)


def audit_in_short(findings: Iterable[Mapping[str, Any]]) -> str:
    """How many findings of each severity."""
    counts = Counter(finding["severity"] for finding in findings)
    named = [counted(counts[severity], severity) for severity in ("error", "warning", "note") if counts[severity]]
    return ", ".join(named) or "nothing found"


def facts(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The protocol as terms and what they are, in the order in which a reader asks."""
    protocol = data["protocol"]
    found = [
        ("Corpus", corpora_of(data)),
        ("Clips scored", _clips(data)),
        ("Speakers", str(data["n_speakers"])),
        ("Emotions", ", ".join(map(one_line, data["labels"]))),
        ("Split", _split(protocol)),
        ("Track", protocol["track"]),
        ("What it assumes", one_line(protocol["track_note"])),
        ("Model", model_of(data)),
        ("Steps", ", ".join(f"{purpose(step)}: {one_line(step['estimator'])}" for step in protocol["steps"])),
        ("Fitted on", one_line(protocol["fitted_on"])),
        ("Balancing", _balancing(data)),
        ("Selection", _selection(data)),
        ("Tuning", _tuning(data)),
        ("Probabilities", _probabilities(protocol)),
        ("Features", features_of(data)),
        ("Scores", one_line(protocol["metric"])),
        ("Intervals", interval_note(data)),
        ("Seed", str(protocol["seed"])),
        ("Versions", _versions(protocol)),
    ]
    enrolment = protocol.get("enrolment")
    if enrolment:
        clips = f"{counted(enrolment['n_clips'], 'clip')}, {enrolment['n_clips_of_each']} of each speaker"
        how = f"{one_line(enrolment['chosen'])}; seed {enrolment['seed']}"
        found.insert(7, ("Enrolment", f"{clips}, scored in no track; {how}"))
    if protocol.get("augmentation"):
        found.insert(7, ("Augmentation", _augmentation(protocol["augmentation"])))
    if protocol["left_out"]:
        rows = ", ".join(f"{counted(n, 'row')}: {one_line(why)}" for why, n in protocol["left_out"].items())
        found.insert(2, ("Left out", rows))
    return found


def caption(data: Mapping[str, Any]) -> str:
    """The protocol in sentences, for under a table in a paper."""
    protocol = data["protocol"]
    chance = share(chance_of(data))
    sentences = [
        f"Emotion recognition on {corpora_of(data)}: {counted(data['n_clips'], 'clip')}, "
        f"{counted(data['n_speakers'], 'speaker')}, {len(data['labels'])} emotions (chance {chance}).",
        f"{model_of(data)} on {features_of(data)}; {_split(protocol)}; {protocol['metric']}.",
        *(sentence(f"{track['track']}: {track['track_note']}") for track in tracks_of(data)),
    ]
    parts = {"balancing": _balancing(data), "selection": _selection(data), "tuning": _tuning(data)}
    if protocol.get("augmentation"):
        parts["augmentation"] = _augmentation(protocol["augmentation"])
    sentences += [sentence(f"{what}: {how}") for what, how in parts.items() if how != "none"]
    sentences.append(sentence(interval_note(data)))
    if protocol["left_out"]:
        sentences.append(f"{counted(sum(protocol['left_out'].values()), 'row')} of the table left out.")
    if data.get("permutation"):
        found = data["permutation"]
        sentences.append(
            f"Permutation test: p {p_value(found['p_value'])} ({counted(found['n_permutations'], 'permutation')})."
        )
    errors = sum(finding["severity"] == "error" for finding in data["audit"])
    if errors:
        sentences.append(f"The leak audit found {counted(errors, 'error')}: the scores are not to be trusted.")
    return one_line(" ".join(sentences))


def settings_of(step: Mapping[str, Any]) -> str:
    """A step's parameters in a line."""
    return one_line(said(step["parameters"]))


def purpose(step: Mapping[str, Any]) -> str:
    """What a step of the pipeline is for."""
    return _PURPOSES.get(step["name"], one_line(step["name"]).replace("_", " "))


def _step(data: Mapping[str, Any], name: str) -> Any:
    """The step of a name; a pipeline without one is itself the model."""
    steps = data["protocol"]["steps"]
    return next((step for step in steps if step["name"] == name), steps[-1] if name == "model" else None)


def _clips(data: Mapping[str, Any]) -> str:
    repeats = data["protocol"].get("n_repeats", 1)
    return f"{data['n_clips']:,}" + (f", each held out {repeats} times" if repeats > 1 else "")


def _split(protocol: Mapping[str, Any]) -> str:
    split = one_line(protocol["split"])
    return f"{split}; folds from {one_line(protocol['split_file'])}" if protocol.get("split_file") else split


def _balancing(data: Mapping[str, Any]) -> str:
    sampler = _step(data, "balance")
    if sampler:
        return f"{one_line(sampler['estimator'])}, on training clips only"
    weight = _step(data, "model")["parameters"].get("class_weight")
    return f"class weights ({one_line(said(weight))})" if weight else "none"


def _augmentation(found: Mapping[str, Any]) -> str:
    made = ", ".join(f"{n} {name}" for name, n in found["copies"].items())
    asked = f"; asked for: {', '.join(found['asked_for'])}; seed {found['seed']}" if found["asked_for"] else ""
    return one_line(f"{counted(found['n_copies'], 'copy', 'copies')} ({made}), for {found['used_for']}{asked}")


def _selection(data: Mapping[str, Any]) -> str:
    found = data.get("selection")
    if found:
        kept = f"{found['n_features_mean']:.4g} features on average"
        return f"{one_line(found['method'])}, within each training fold, {kept}"
    step = _step(data, "select")
    return f"{one_line(step['estimator'])}, within each training fold" if step else "none"


def _tuning(data: Mapping[str, Any]) -> str:
    found = data.get("tuning")
    if not found:
        return "none"
    search = f"{said(found['search'])} search over {counted(found['n_candidates'], 'candidate')}"
    inner = f"in speaker-grouped inner folds of the training clips ({inner_folds_of(found)})"
    return one_line(f"{search} by {said(found['metric'])}, {inner}")


def _probabilities(protocol: Mapping[str, Any]) -> str:
    if protocol["score_kind"] == "none":
        return "none: the model gives no scores"
    if protocol["score_kind"] == "margin":
        return "none: the model gives margins"
    calibrated = protocol["scores_calibrated"]
    return "calibrated on held-out training speakers" if calibrated else "the model's own, not calibrated"


def _versions(protocol: Mapping[str, Any]) -> str:
    """Of the features and of the scores; where both name a library alike, once."""
    scores, made = protocol["versions"], protocol["extraction"]["versions"] or {}
    text = ", ".join(f"{name} {version}" for name, version in scores.items())
    other = {name: version for name, version in made.items() if scores.get(name) != version}
    if other:
        text += "; features by " + ", ".join(f"{name} {version}" for name, version in other.items())
    return one_line(text)

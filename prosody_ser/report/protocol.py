"""The protocol of an evaluation in words, the same in every format of the report."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..catalogue import FAST
from ..corpus_names import corpora_in_words
from ..errors import counted
from ..tables.left_out import left_out_text
from ..terminal_view import one_line
from .number_format import features_text, p_value, reads_frames, sentence, share, value_text

#: Purpose of each step of a pipeline; other steps are shown by their own name.
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
    """UAR of guessing."""
    return data.get("chance", 1 / len(data["labels"]))


def corpora_of(data: Mapping[str, Any]) -> str:
    """Names of the corpora."""
    return one_line(corpora_in_words(data["protocol"]["corpora"], "a corpus that is not named"))


def model_of(data: Mapping[str, Any]) -> str:
    """Class name of the classifier."""
    return one_line(_step(data, "model")["estimator"])


def features_of(data: Mapping[str, Any]) -> str:
    """Feature set and number of features, and the engine unless it is the default one."""
    protocol = data["protocol"]
    engine = protocol["extraction"].get("engine")
    other_engine = engine if engine != FAST else None
    frames = reads_frames(protocol["steps"])
    return one_line(features_text(protocol["feature_set"], protocol["n_features"], other_engine, frames=frames))


def tracks_of(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All tracks that were scored on the same clips and folds, the main one first."""
    main = {
        key: data.get(key)
        for key in ("uar", "accuracy", "macro_f1", "weighted_f1", "intervals", "per_class", "per_speaker", "confusion")
    }
    main |= {key: data["protocol"].get(key) for key in ("track", "track_note", "clips_of_speaker")}
    return [main, *(data.get("alongside") or [])]


def support_of(data: Mapping[str, Any]) -> str:
    """Unit that is counted by emotion: clips, or predictions where each clip is predicted several times."""
    return "predictions" if data["protocol"].get("n_repeats", 1) > 1 else "clips"


def interval_note(data: Mapping[str, Any]) -> str:
    """Describe how the intervals were computed, or why there are none."""
    intervals = data.get("intervals")
    if intervals:
        level = f"{100 * intervals['level']:g}\N{NO-BREAK SPACE}%"
        resamples = f", {counted(intervals['n_resamples'], 'resample')}" if "n_resamples" in intervals else ""
        papers = f" ({intervals['reference']})" if "reference" in intervals else ""
        few = f"; {data['interval_note']}" if data.get("interval_note") else ""
        return f"{level} intervals: {intervals['method']}{resamples}{papers}{few}"
    return f"No interval: {data.get('interval_note') or 'this result has none'}"


def inner_folds_of(tuning: Mapping[str, Any]) -> str:
    """Describe the inner folds of a search: their number, or how they were made."""
    folds = tuning["inner_folds"]
    return counted(folds, "fold") if isinstance(folds, int) else one_line(folds)


def audit_in_short(findings: Iterable[Mapping[str, Any]]) -> str:
    """Count the findings of each severity."""
    counts = Counter(finding["severity"] for finding in findings)
    named = [counted(counts[severity], severity) for severity in ("error", "warning", "note") if counts[severity]]
    return ", ".join(named) or "no findings"


def unreliable(data: Mapping[str, Any]) -> str:
    """Say in a sentence that the leak audit found errors; empty if it found none."""
    errors = sum(finding["severity"] == "error" for finding in data.get("audit") or ())
    return f"The leak audit found {counted(errors, 'error')}: the scores are not reliable." if errors else ""


def facts(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The protocol as pairs of a term and its description, in the order of the report."""
    protocol = data["protocol"]
    rows = [
        ("Corpus", corpora_of(data)),
        ("Clips scored", _clips(data)),
        ("Speakers", str(data["n_speakers"])),
        ("Emotions", ", ".join(map(one_line, data["labels"]))),
        ("Split", _split(protocol)),
        ("Track", protocol["track"]),
        ("Meaning of the track", one_line(protocol["track_note"])),
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
        rows.insert(7, ("Enrolment", f"{clips}, not scored in any track; {how}"))
    if protocol.get("augmentation"):
        rows.insert(7, ("Augmentation", _augmentation(protocol["augmentation"])))
    if protocol["left_out"]:
        rows.insert(2, ("Left out", one_line(left_out_text(protocol["left_out"]))))
    return rows


def caption(data: Mapping[str, Any]) -> str:
    """The protocol in sentences, as the caption of a table in a paper."""
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
        n_left_out = sum(protocol["left_out"].values())
        sentences.append(f"{counted(n_left_out, 'row')} of the table {'was' if n_left_out == 1 else 'were'} left out.")
    if data.get("permutation"):
        test = data["permutation"]
        sentences.append(
            f"Permutation test: p {p_value(test['p_value'])} ({counted(test['n_permutations'], 'permutation')})."
        )
    sentences.append(unreliable(data))
    return one_line(" ".join(filter(None, sentences)))


def settings_of(step: Mapping[str, Any]) -> str:
    """The parameters of a step in one line."""
    # scikit-learn's default of a parameter that it will remove
    return one_line(value_text({name: value for name, value in step["parameters"].items() if value != "deprecated"}))


def purpose(step: Mapping[str, Any]) -> str:
    """The purpose of a step of the pipeline."""
    return _PURPOSES.get(step["name"], one_line(step["name"]).replace("_", " "))


def _step(data: Mapping[str, Any], name: str) -> Any:
    """The step with this name; the last step is the model if no step has that name."""
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
    return f"class weights ({one_line(value_text(weight))})" if weight else "none"


def _augmentation(block: Mapping[str, Any]) -> str:
    made = ", ".join(f"{n} {name}" for name, n in block["copies"].items())
    asked = f"; requested: {', '.join(block['asked_for'])}; seed {block['seed']}" if block["asked_for"] else ""
    return one_line(f"{counted(block['n_copies'], 'copy', 'copies')} ({made}), for {block['used_for']}{asked}")


def _selection(data: Mapping[str, Any]) -> str:
    block = data.get("selection")
    if block:
        kept = f"{block['n_features_mean']:.4g} features on average"
        return f"{one_line(block['method'])}, within each training fold, {kept}"
    step = _step(data, "select")
    return f"{one_line(step['estimator'])}, within each training fold" if step else "none"


def _tuning(data: Mapping[str, Any]) -> str:
    block = data.get("tuning")
    if not block:
        return "none"
    search = f"{value_text(block['search'])} search over {counted(block['n_candidates'], 'candidate')}"
    inner = f"in speaker-grouped inner folds of the training clips ({inner_folds_of(block)})"
    return one_line(f"{search} by {value_text(block['metric'])}, {inner}")


def _probabilities(protocol: Mapping[str, Any]) -> str:
    if protocol["score_kind"] == "none":
        return "none: the model gives no scores"
    if protocol["score_kind"] == "margin":
        return "none: the model gives margins"
    calibrated = protocol["scores_calibrated"]
    return "calibrated on held-out training speakers" if calibrated else "as the model gives them, not calibrated"


def _versions(protocol: Mapping[str, Any]) -> str:
    """Versions that computed the scores, and those that measured the features where they differ."""
    scores, features = protocol["versions"], protocol["extraction"]["versions"] or {}
    text = ", ".join(f"{name} {version}" for name, version in scores.items())
    other = {name: version for name, version in features.items() if scores.get(name) != version}
    if other:
        text += "; features measured with " + ", ".join(f"{name} {version}" for name, version in other.items())
    return one_line(text)

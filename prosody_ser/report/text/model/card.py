"""A model card as text, Markdown or HTML."""

from collections.abc import Callable
from typing import Any

from ....corpus_names import corpora_in_words, is_own
from ....errors import counted
from ....tables.left_out import left_out_text
from ....terminal_view import fits, readable
from ...markdown import escaped
from ...number_format import features_text, reads_frames

#: A caution about thresholds and limits.
BEYOND = (
    "The threshold and the limits were chosen on held-out speakers of the training corpus. They guarantee nothing for "
    "other speech, most of which should be beyond the limits."
)
#: Pairs of a name and its text; the name is empty for a sentence that needs none.
Rows = list[tuple[str, str]]


@fits
def card_text(card: dict[str, Any]) -> str:
    """Format a card for a terminal."""
    card = readable(card)
    notice = card["training"]["notice"]
    lines = [*([f"NOTE: {notice}"] if notice else []), *_never(card), _title(card)]
    for heading, rows in _sections(card):
        width = max((len(name) for name, _ in rows), default=0)
        lines += ["", heading]
        lines += [f"  {name:{width}}  {text}" if name else f"  - {text}" for name, text in rows]
    return "\n".join(lines)


def card_markdown(card: dict[str, Any]) -> str:
    """Format a card as Markdown."""
    notice = card["training"]["notice"]
    lines = [f"# {escaped(_title(card))}", *(f"\n**{escaped(line)}**" for line in [notice, *_never(card)] if line)]
    for heading, rows in _sections(card):
        lines += ["", f"## {escaped(heading)}", ""]
        lines += [f"- {f'**{escaped(name)}**: ' if name else ''}{escaped(text)}" for name, text in rows]
    return "\n".join(lines)


def card_html(card: dict[str, Any]) -> str:
    """Format a card as one HTML page that loads no other files."""
    from ...html.page import environment

    card = readable(card)
    template = environment().get_template("card.html")
    notice = " ".join(filter(None, [card["training"]["notice"], *_never(card)]))
    return template.render(title=_title(card), notice=notice, sections=_sections(card))


#: By format.
FORMATS: dict[str, Callable[[dict[str, Any]], str]] = {"text": card_text, "markdown": card_markdown, "html": card_html}
#: Format of each suffix.
SUFFIXES = {".html": "html", ".htm": "html", ".md": "markdown", ".markdown": "markdown", ".txt": "text"}


def _title(card: dict[str, Any]) -> str:
    return f"{card['model']['title']} ({card['model']['name']}), {len(card['labels'])} emotions"


def _sections(card: dict[str, Any]) -> list[tuple[str, Rows]]:
    return [
        ("Model", _model(card)),
        ("Training data", _training(card["training"])),
        ("Score on held-out speakers", _score(card["score"], card["labels"])),
        ("Probabilities and abstention", _belief(card)),
        ("Not to be used for", [("", sentence) for sentence in card["not_for"]]),
        ("Notes", [("", sentence) for sentence in card["notes"]]),
        ("Made with", sorted(card["made_by"].items())),
    ]


def _model(card: dict[str, Any]) -> Rows:
    model, features = card["model"], card["features"]
    frames = reads_frames(model["steps"])
    known = features_text(features["feature_set"], features["n_features"], features.get("engine"), frames=frames)
    return [
        ("labels", ", ".join(card["labels"])),
        ("track", f"{model['track']}. {model['track_note']}"),
        ("steps", " -> ".join(step["estimator"] for step in model["steps"])),
        ("parameters", _parameters(model["steps"][-1]["parameters"]) if model["steps"] else "none"),
        ("features", known if features["feature_set"] else f"{features['n_features']} of no feature set"),
        ("seed", str(model["seed"])),
    ]


def _parameters(parameters: dict[str, Any]) -> str:
    return (
        ", ".join(f"{name}={value}" for name, value in sorted(parameters.items()) if value not in (None, "deprecated"))
        or "defaults"
    )


def _training(training: dict[str, Any]) -> Rows:
    by_sex = _counts(training["speakers_by_sex"])
    rows = [
        ("clips", f"{training['n_clips']} of {counted(training['n_speakers'], 'speaker')} ({by_sex})"),
        ("by emotion", _counts(training["clips"])),
        ("languages", ", ".join(training["languages"]) or "not stated"),
    ]
    if training.get("copies"):
        rows.append(("augmented copies", f"{_counts(training['copies'])}; used for training with their originals"))
    if training["left_out"]:
        rows.append(("left out", left_out_text(training["left_out"])))
    for corpus in training["corpora"]:
        title = "" if is_own(corpus["name"]) else corpus["title"]
        about = [title, f"licence: {corpus['licence']}", corpus["citation"], corpus["url"]]
        rows.append((corpora_in_words([corpus["name"]]), ". ".join(text.rstrip(".") for text in about if text)))
    return rows


def _score(score: dict[str, Any], labels: list[str]) -> Rows:
    rows = [
        (title, _with_interval(score, name))
        for name, title in (("uar", "UAR"), ("accuracy", "accuracy"), ("macro_f1", "macro F1"))
    ]
    rows.append(("chance", f"{score['chance']:.3f} (UAR)"))
    if score["interval_note"]:
        rows.append(("interval", score["interval_note"]))
    repeats = f", {score['n_repeats']} times" if score["n_repeats"] > 1 else ""
    rows.append(
        (
            "protocol",
            f"{score['split']}{repeats}; {counted(score['n_clips'], 'clip')} of "
            f"{counted(score['n_speakers'], 'speaker')}",
        )
    )
    rows.append(
        ("recall", ", ".join(f"{label} {score['recall'][label]:.2f}" for label in labels if label in score["recall"]))
    )
    rows.append(("source", f"{score['source']}; split {score['split_hash']}"))
    return rows


def _with_interval(score: dict[str, Any], name: str) -> str:
    intervals = score["intervals"]
    if not intervals:
        return f"{score[name]:.3f}"
    low, high = intervals[name]
    return f"{score[name]:.3f} ({intervals['level']:.0%} interval over speakers: {low:.3f} to {high:.3f})"


def _belief(card: dict[str, Any]) -> Rows:
    calibration, abstain, novelty = card["calibration"], card["abstain"], card["novelty"]
    method = f"{calibration['method']} ({counted(calibration['n_clips'], 'clip')})"
    weights = " and ".join(f"{weight:.3f}" for weight in calibration["weights"])
    of_what = "weight of the model's score" if len(calibration["weights"]) == 1 else "weights of the model's scores"
    rows = [("probabilities", f"{method}; {of_what}: {weights}"), ("abstains", _abstains(abstain))]
    if abstain["risk"] is not None:
        rows.append(("", abstain["note"]))
    if abstain.get("limits"):
        rows += [("limits", _limits(abstain)), ("", BEYOND)]
    if abstain.get("risk_at"):
        rows.append(("other thresholds", f"on held-out speakers, {_risks(abstain)}"))
    return [*rows, ("novelty", f"{novelty['method']} ({counted(novelty['n_clips'], 'clip')})")]


def _limits(abstain: dict[str, Any]) -> str:
    limits, beyond = abstain["limits"], abstain["beyond_limits"]
    length = ""
    if limits["shortest_s"] is not None:
        length = f", for less than {limits['shortest_s']:.2f} s or more than {limits['longest_s']:.2f} s of speech"
    reasons = ", ".join(f"{reason} {_share(share)}" for reason, share in beyond.items()) or "none"
    return (
        f"the model also abstains above a novelty of {limits['novelty']:.2f}{length} and where it finds no speech; "
        f"shares of the held-out speakers' clips: {reasons}"
    )


def _risks(abstain: dict[str, Any]) -> str:
    """Say how many labels are wrong if only the surest quarter, half or three quarters of the clips get one."""
    return "; ".join(
        f"{_share(risk)} of the labels are wrong if only the surest {float(share):.0%} of the clips get one"
        for share, risk in abstain["risk_at"].items()
    )


def never_answers(card: dict[str, Any]) -> str:
    """Say that a model never gives a label, and with which risks it would; empty if it gives labels."""
    abstain = card["abstain"]
    if abstain["risk"] is None or abstain["reached"]:
        return ""
    others = _risks(abstain) if abstain.get("risk_at") else "no other risk is known"
    return (
        f"This model never gives a label: no confidence reaches the stated risk of {_share(abstain['risk'])}. Train it "
        f"with a larger --risk (on held-out speakers: {others})."
    )


def _never(card: dict[str, Any]) -> list[str]:
    return [line] if (line := never_answers(card)) else []


def _abstains(abstain: dict[str, Any]) -> str:
    if abstain["risk"] is None:
        return "never because of low confidence: no --risk was given to 'train'"
    risk = _share(abstain["risk"])
    if not abstain["reached"]:
        lowest = _share(abstain["least_error"])
        return f"always: no threshold reaches the stated risk of {risk}; the lowest error that one reaches is {lowest}"
    return (
        f"below a confidence of {abstain['threshold']:.3f}, for a stated risk of {risk}: on held-out speakers it then "
        f"labels {_share(abstain['coverage'])} of clips, {_share(abstain['error'])} of them wrongly (at most "
        f"{_share(abstain['error_upper'])}, one-sided 95 %)"
    )


def _share(value: float | None) -> str:
    return "not known" if value is None else f"{value:.1%}"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.items())

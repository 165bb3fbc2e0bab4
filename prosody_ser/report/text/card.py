"""A model card as text, Markdown or HTML."""

from collections.abc import Callable
from typing import Any

from ...terminal_view import fits, readable
from ..markdown import escaped
from ..number_format import features_said, reads_frames

#: What no threshold can promise.
BEYOND = (
    "All of this was chosen on speakers of the training corpus, who were held out. Of other speech it promises "
    "nothing: most of that should be beyond the limits."
)
#: A name with what is said of it, or a sentence without a name.
Rows = list[tuple[str, str]]


@fits
def card_text(card: dict[str, Any]) -> str:
    """A card for a terminal."""
    card = readable(card)
    notice = card["training"]["notice"]
    lines = [*([f"NOTE: {notice}"] if notice else []), *_never(card), _title(card)]
    for heading, rows in _sections(card):
        width = max((len(name) for name, _ in rows), default=0)
        lines += ["", heading]
        lines += [f"  {name:{width}}  {said}" if name else f"  - {said}" for name, said in rows]
    return "\n".join(lines)


def card_markdown(card: dict[str, Any]) -> str:
    """A card as Markdown."""
    notice = card["training"]["notice"]
    lines = [f"# {escaped(_title(card))}", *(f"\n**{escaped(line)}**" for line in [notice, *_never(card)] if line)]
    for heading, rows in _sections(card):
        lines += ["", f"## {escaped(heading)}", ""]
        lines += [f"- {f'**{escaped(name)}**: ' if name else ''}{escaped(said)}" for name, said in rows]
    return "\n".join(lines)


def card_html(card: dict[str, Any]) -> str:
    """A card as one HTML page that loads nothing from elsewhere."""
    from ..html.page import environment

    card = readable(card)
    template = environment().get_template("card.html")
    notice = " ".join(filter(None, [card["training"]["notice"], *_never(card)]))
    return template.render(title=_title(card), notice=notice, sections=_sections(card))


#: By the name given to ``--format``.
FORMATS: dict[str, Callable[[dict[str, Any]], str]] = {"text": card_text, "markdown": card_markdown, "html": card_html}


def _title(card: dict[str, Any]) -> str:
    return f"{card['model']['title']} ({card['model']['name']}), {len(card['labels'])} emotions"


def _sections(card: dict[str, Any]) -> list[tuple[str, Rows]]:
    return [
        ("What it is", _model(card)),
        ("Trained on", _training(card["training"])),
        ("Score on speakers that it had not heard", _score(card["score"], card["labels"])),
        ("How far to believe it", _belief(card)),
        ("Not for", [("", said) for said in card["not_for"]]),
        ("Notes", [("", said) for said in card["notes"]]),
        ("Made with", sorted(card["made_by"].items())),
    ]


def _model(card: dict[str, Any]) -> Rows:
    model, features = card["model"], card["features"]
    frames = reads_frames(model["steps"])
    known = features_said(features["feature_set"], features["n_features"], features.get("engine"), frames=frames)
    return [
        ("tells apart", ", ".join(card["labels"])),
        ("track", f"{model['track']}. {model['track_note']}"),
        ("steps", " -> ".join(step["estimator"] for step in model["steps"])),
        ("parameters", _parameters(model["steps"][-1]["parameters"]) if model["steps"] else "none"),
        ("features", known if features["feature_set"] else f"{features['n_features']} of one's own"),
        ("seed", str(model["seed"])),
    ]


def _parameters(parameters: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(parameters.items()) if value is not None) or "defaults"


def _training(training: dict[str, Any]) -> Rows:
    by_sex = _counts(training["speakers_by_sex"])
    rows = [
        ("clips", f"{training['n_clips']} of {training['n_speakers']} speakers ({by_sex})"),
        ("by emotion", _counts(training["clips"])),
        ("languages", ", ".join(training["languages"]) or "not stated"),
    ]
    if training.get("copies"):
        rows.append(("augmented copies", f"{_counts(training['copies'])}; trained on with their originals"))
    if training["left_out"]:
        rows.append(("left out", _counts(training["left_out"])))
    for corpus in training["corpora"]:
        said = [corpus["title"], f"licence: {corpus['licence']}", corpus["citation"], corpus["url"]]
        rows.append((corpus["name"] or "corpus not named", ". ".join(text.rstrip(".") for text in said if text)))
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
    rows.append(("protocol", f"{score['split']}{repeats}; {score['n_clips']} clips of {score['n_speakers']} speakers"))
    rows.append(
        ("recall", ", ".join(f"{label} {score['recall'][label]:.2f}" for label in labels if label in score["recall"]))
    )
    rows.append(("from", f"{score['source']}; split {score['split_hash']}"))
    return rows


def _with_interval(score: dict[str, Any], name: str) -> str:
    found = score["intervals"]
    if not found:
        return f"{score[name]:.3f}"
    low, high = found[name]
    return f"{score[name]:.3f} ({found['level']:.0%} interval over speakers: {low:.3f} to {high:.3f})"


def _belief(card: dict[str, Any]) -> Rows:
    calibration, abstain, novelty = card["calibration"], card["abstain"], card["novelty"]
    how = f"{calibration['method']}, {calibration['n_clips']} of them"
    weights = " and ".join(f"{weight:.3f}" for weight in calibration["weights"])
    rows = [("probabilities", f"weights {weights}: {how}"), ("abstains", _abstains(abstain))]
    if abstain["risk"] is not None:
        rows.append(("", abstain["note"]))
    if abstain.get("limits"):
        rows += [("limits", _limits(abstain)), ("", BEYOND)]
    if abstain.get("risk_at"):
        rows.append(("other risks", _risks(abstain)))
    return [*rows, ("novelty", f"{novelty['method']} ({novelty['n_clips']} clips)")]


def _limits(abstain: dict[str, Any]) -> str:
    limits, beyond = abstain["limits"], abstain["beyond_limits"]
    length = ""
    if limits["shortest_s"] is not None:
        length = f", for less than {limits['shortest_s']:.2f} s or more than {limits['longest_s']:.2f} s of speech"
    given_up = ", ".join(f"{reason} {_share(share)}" for reason, share in beyond.items()) or "none"
    return (
        f"it also abstains above a novelty of {limits['novelty']:.2f}{length} and where it finds no speech; of unheard "
        f"speakers' clips: {given_up}"
    )


def _risks(abstain: dict[str, Any]) -> str:
    """At which stated risk a quarter, half and three quarters of clips would get a label."""
    return ", ".join(
        f"{float(share):.0%} of clips labelled at {_share(risk)}" for share, risk in abstain["risk_at"].items()
    )


def never_answers(card: dict[str, Any]) -> str:
    """That a model never gives a label, and which risks would let it; empty if it does."""
    abstain = card["abstain"]
    if abstain["risk"] is None or abstain["reached"]:
        return ""
    others = _risks(abstain) if abstain.get("risk_at") else "none is known"
    return (
        f"This model never gives a label: no confidence reaches the stated risk of {_share(abstain['risk'])}. State a "
        f"larger one with --risk (on unheard speakers: {others})."
    )


def _never(card: dict[str, Any]) -> list[str]:
    return [line] if (line := never_answers(card)) else []


def _abstains(abstain: dict[str, Any]) -> str:
    if abstain["risk"] is None:
        return "never for want of confidence: no risk was stated"
    risk = _share(abstain["risk"])
    if not abstain["reached"]:
        return f"always: no threshold reaches the stated risk of {risk}; the least is {_share(abstain['least_error'])}"
    return (
        f"below a confidence of {abstain['threshold']:.3f}, for a stated risk of {risk}: on unheard speakers it then "
        f"labels {_share(abstain['coverage'])} of clips, {_share(abstain['error'])} of them wrongly (at most "
        f"{_share(abstain['error_upper'])}, one-sided 95 %)"
    )


def _share(value: float | None) -> str:
    return "not known" if value is None else f"{value:.1%}"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.items())

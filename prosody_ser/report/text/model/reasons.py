"""The reasons for a label, and for abstaining from one, in sentences."""

from collections.abc import Iterable, Mapping
from typing import Any

from ....catalogue.plain_words import PLAIN_WORDS, Plain
from ....model.abstention.doubts import BEYOND
from ...number_format import percent

#: Contributions in nats from which a family counts as strongly, and below which as slightly, for or against a label.
_STRONG, _SLIGHT = 1.5, 0.5


def label_in_words(row: Mapping[str, Any]) -> str:
    """The label of a row, or that the model is not sure, with the reason: ``not sure (too short)``."""
    if not row["abstain"]:
        return str(row["label"])
    reason = row.get("abstain_reason")
    return f"not sure ({reason})" if isinstance(reason, str) and reason else "not sure"


def doubts_of(row: Mapping[str, Any], threshold: float) -> list[str]:
    """Say in sentences why the model abstains on a row, and its best guess; empty where it does not abstain."""
    if not row["abstain"]:
        return []
    reason = row.get("abstain_reason")
    if not (isinstance(reason, str) and reason):  # predictions of an earlier release
        reason = f"its confidence is below {percent(threshold)}, the least at which it gives a label"
    confidence = "" if reason in BEYOND else f", at {percent(row['confidence'])}"
    return [f"The model is not sure: {reason}. Its best guess is {row['label']}{confidence}."]


def reason_lines(reasons: Iterable[Any], label: str, within_speaker: bool) -> list[tuple[str, str]]:
    """For each reason, say how the family of features contributes, and compare its value with the usual ones.

    Parameters
    ----------
    reasons : iterable of Reason
        From :func:`prosody_ser.prediction.reasons.reasons_of`.
    label : str
    within_speaker : bool
        Whether values are differences from the speaker's mean.

    Returns
    -------
    list of (str, str)
        ``("Pitch: for happiness (+1.1)", "pitch range 9.0 st; happiness usually 4.9 to 11.1")``; the second is empty
        where there is no value to show.
    """
    return [(_push(reason, label), _value(reason, label, within_speaker)) for reason in reasons]


def _push(reason: Any, label: str) -> str:
    size = abs(reason.push)
    how = "strongly " if size >= _STRONG else "slightly " if size < _SLIGHT else ""
    side = "for" if reason.push > 0 else "against"
    family = reason.family[:1].upper() + reason.family[1:]
    return f"{family}: {how}{side} {label} ({reason.push:+z.1f})".replace("-", "\N{MINUS SIGN}")


def _value(reason: Any, label: str, within_speaker: bool) -> str:
    if not reason.feature:
        return ""
    plain = PLAIN_WORDS[reason.feature]
    if within_speaker:
        return _relative(reason, plain._replace(unit="st", in_hz=False, decimals=1) if plain.in_hz else plain, label)
    text = f"{plain.words} {plain.formatted(reason.value)} {plain.unit}"
    if reason.usual is None:
        return text
    low, high = reason.usual
    return f"{text}; {label} usually {plain.formatted(low)} to {plain.formatted(high)}"


def _relative(reason: Any, plain: Plain, label: str) -> str:
    more = "more" if plain.number(reason.value) >= 0 else "less"
    text = f"{plain.words} {plain.formatted(abs(reason.value))} {plain.unit} {more} than this speaker's mean"
    if reason.usual is None:
        return text
    low, high = (f"{plain.number(end):+.{plain.decimals}f}".replace("-", "\N{MINUS SIGN}") for end in reason.usual)
    return f"{text}; {label} usually {low} to {high}"

"""Why a model gave a label, and why it gives none, in sentences."""

from collections.abc import Iterable, Mapping
from typing import Any

from ...catalogue.plain_words import PLAIN_WORDS, Plain
from ...model.doubts import BEYOND
from ..number_format import percent

#: Evidence in nats from which a push is called strong, and below which slight.
_STRONG, _SLIGHT = 1.5, 0.5


def label_said(row: Mapping[str, Any]) -> str:
    """What is said of a row: the label, or that the model is not sure, and why: ``not sure (too short)``."""
    if not row["abstain"]:
        return str(row["label"])
    why = row.get("abstain_reason")
    return f"not sure ({why})" if isinstance(why, str) and why else "not sure"


def doubts_of(row: Mapping[str, Any], threshold: float) -> list[str]:
    """Why the model claims nothing of a row, and its best guess, in sentences; none where it claims its label."""
    if not row["abstain"]:
        return []
    why = row.get("abstain_reason")
    if not (isinstance(why, str) and why):  # of an earlier release
        why = f"its confidence is below {percent(threshold)}, from where it gives a label"
    sure = "" if why in BEYOND else f", at {percent(row['confidence'])}"
    return [f"The model is not sure: {why}. Its best guess is {row['label']}{sure}."]


def reason_lines(reasons: Iterable[Any], label: str, within_speaker: bool) -> list[tuple[str, str]]:
    """For each reason what the family does, and its value beside what is usual.

    Parameters
    ----------
    reasons : iterable of Reason
        From :func:`prosody_ser.prediction.reasons.reasons_of`.
    label : str
    within_speaker : bool
        Whether values are differences from the speaker's own mean.

    Returns
    -------
    list of (str, str)
        ``("Pitch: for happiness (+1.1)", "pitch range 9.0 st; happiness usually 4.9 to 11.1")``; the second is empty
        where no value can be said.
    """
    return [(_push(one, label), _value(one, label, within_speaker)) for one in reasons]


def _push(reason: Any, label: str) -> str:
    size = abs(reason.push)
    how = "strongly " if size >= _STRONG else "slightly " if size < _SLIGHT else ""
    side = "for" if reason.push > 0 else "against"
    family = reason.family[:1].upper() + reason.family[1:]
    return f"{family}: {how}{side} {label} ({reason.push:+.1f})".replace("-", "\N{MINUS SIGN}")


def _value(reason: Any, label: str, within_speaker: bool) -> str:
    if not reason.feature:
        return ""
    plain = PLAIN_WORDS[reason.feature]
    if within_speaker:
        return _relative(reason, plain._replace(unit="st", in_hz=False, decimals=1) if plain.in_hz else plain, label)
    said = f"{plain.words} {plain.said(reason.value)} {plain.unit}"
    if reason.usual is None:
        return said
    low, high = reason.usual
    return f"{said}; {label} usually {plain.said(low)} to {plain.said(high)}"


def _relative(reason: Any, plain: Plain, label: str) -> str:
    more = "more" if plain.number(reason.value) >= 0 else "less"
    said = f"{plain.words} {plain.said(abs(reason.value))} {plain.unit} {more} than this voice's mean"
    if reason.usual is None:
        return said
    low, high = (f"{plain.number(end):+.{plain.decimals}f}".replace("-", "\N{MINUS SIGN}") for end in reason.usual)
    return f"{said}; {label} usually {low} to {high}"

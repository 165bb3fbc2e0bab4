"""The comparison with a leaking protocol, step by step, for every format. None of its numbers is a score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import counted
from .number_format import sentence

#: Note on results of an earlier release, whose comparison has no steps.
FORMER = (
    "An earlier release wrote this comparison. Its inflated numbers count synthetic rows and augmented copies as well, "
    "while the score counts recordings only. 'prosody-ser cv --naive' now counts recordings only and shows each step."
)
#: Note on a mistake that lowers the UAR.
FALLS = "A mistake usually raises the UAR. If there are few clips, it may also lower it, by chance."


@dataclass(frozen=True)
class Rung:
    """One line of the comparison."""

    title: str
    uar: float
    interval: Sequence[float] | None  #: of `uar`
    difference: float | None  #: UAR minus that of the line before; None in the first line
    difference_interval: Sequence[float] | None
    is_score: bool  #: whether `uar` is the score; true in the first line only


def rungs(data: Mapping[str, Any]) -> list[Rung]:
    """List the score and each step of the leaking protocol; for older results, the score and the last step."""
    ends = data.get("intervals")
    score = Rung("held-out speakers: the score", data["uar"], ends["uar"] if ends else None, None, None, True)
    naive = data["naive"]
    steps = naive.get("steps")
    if not steps:
        return [
            score,
            Rung("all mistakes at once", naive["inflated_uar"], None, naive["inflation_of_uar"], None, False),
        ]
    return [score] + [
        Rung(
            step["title"],
            step["claimed_uar"],
            step["interval_of_uar"],
            step["difference_of_uar"],
            step["difference_interval"],
            False,
        )
        for step in steps
    ]


def explanations(data: Mapping[str, Any]) -> list[str]:
    """Explain each step, in order; for older results, what their numbers count."""
    steps = data["naive"].get("steps")
    if not steps:
        return [FORMER]
    return [sentence(step["what"]) + _removed(step["n_scored"], data["n_clips"]) for step in steps]


def rows_in_words(naive: Mapping[str, Any]) -> str:
    """Say how many rows are split at random, and how many of them are not recordings."""
    parts = [counted(naive["n_synthetic"], "synthetic row")]
    if naive.get("n_copies"):
        parts.append(counted(naive["n_copies"], "augmented copy", "augmented copies"))
    return f"The last line divides {counted(naive['n_rows'], 'row')}, among them {' and '.join(parts)}."


def _removed(n_scored: int, n_clips: int) -> str:
    if n_scored >= n_clips:
        return ""
    return (
        f" The pipeline's sampler removes {counted(n_clips - n_scored, 'recording')} before the split, so that "
        f"{n_scored:,} are counted here."
    )

"""The comparison with a leaking protocol, as plain text for a terminal."""

from typing import Any

from ..grid import brackets, grid
from ..naive import FALLS, Rung, explanations, rows_in_words, rungs


def naive_text(data: dict[str, Any]) -> str:
    """Show the score, each step of the leaking protocol, and by how much each step changes the UAR."""
    naive = data["naive"]
    rows = [[str(number), rung.title, _claimed(rung), _raised(rung)] for number, rung in enumerate(rungs(data))]
    accuracy = f"from {data['accuracy']:.3f} to ({naive['inflated_accuracy']:.3f})"
    lines = [
        "what common mistakes would make of the score (in brackets: NOT THE SCORE)",
        grid(["", "mistake added", "UAR", "change"], rows, n_left=2),
        f"all mistakes together: UAR {naive['inflation_of_uar']:+z.3f}, accuracy "
        f"{naive['inflation_of_accuracy']:+z.3f} ({accuracy})",
    ]
    if any(rung.difference is not None and rung.difference < 0 for rung in rungs(data)):
        lines.append(FALLS)
    lines.append(f"--naive: {naive['not_the_score']} {naive['protocol']} {rows_in_words(naive)}")
    lines += [f"  {number}  {text}" for number, text in enumerate(explanations(data), start=1)]
    return "\n".join(lines)


def _claimed(rung: Rung) -> str:
    """Format the UAR, in brackets unless it is the score, so that no reader and no script mistakes it for one."""
    value = f"{rung.uar:.3f}" if rung.is_score else f"({rung.uar:.3f})"
    ends = brackets(rung.interval)
    return f"{value} {ends}" if ends else value


def _raised(rung: Rung) -> str:
    return "" if rung.difference is None else f"{rung.difference:+z.3f} {brackets(rung.difference_interval, '+z.3f')}"

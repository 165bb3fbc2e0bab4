"""What a learning curve says, in words."""

from collections.abc import Mapping
from typing import Any


def gap_in_words(found: Mapping[str, Any]) -> str:
    """How far the score lies below that on the training clips, and whether more speakers would help."""
    *before, last = found["points"]
    text = (
        f"On the clips that it learned from the model reaches a UAR of {last['training_uar']:.3f}, on speakers whom it "
        f"never heard {last['uar']:.3f}: the first is no score, and the gap of "
        f"{last['training_uar'] - last['uar']:.3f} is what does not carry over to other voices."
    )
    if before:
        gain = last["uar"] - before[-1]["uar"]
        text += (
            f" From {before[-1]['n_speakers']} to {last['n_speakers']} speakers the score of unheard ones went "
            f"{'up' if gain >= 0 else 'down'} by {abs(gain):.3f}."
        )
    return text

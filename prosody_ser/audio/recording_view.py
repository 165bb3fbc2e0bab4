"""Show a recording in a notebook: its properties and its waveform with the speech marked, but no sound."""

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from ..notebook_view import line, view

if TYPE_CHECKING:
    from .prepare import Audio

_COLUMNS, _HEIGHT = 400, 60


def recording_view(audio: "Audio") -> str:
    """Return HTML with duration, speech, rates, notes, and the waveform with its speech marked."""
    end_s = audio.lead_s + audio.speech_s
    facts = {
        "duration": f"{audio.duration_s:.2f} s",
        "speech": f"{audio.lead_s:.2f} to {end_s:.2f} s",
        "recorded at": f"{audio.native_rate_hz / 1000:g} kHz; analysed at {audio.sample_rate_hz / 1000:g} kHz",
        "holds sound up to": f"{audio.bandwidth_hz / 1000:.1f} kHz",
        "channel": audio.channel,
    }
    return view("Recording", facts, _waveform(audio), *map(line, audio.notes))


def _waveform(audio: "Audio") -> Markup:
    """Draw the range of the samples in each column; silence around the speech is pale."""
    starts = np.linspace(0, audio.samples.size, _COLUMNS + 1)[:-1].astype(int)
    starts = np.unique(starts)
    peak = float(np.abs(audio.samples).max()) or 1.0
    low, high = (extreme.reduceat(audio.samples, starts) / peak for extreme in (np.minimum, np.maximum))
    middle = _HEIGHT / 2
    strokes = [
        f"M{x} {middle * (1 - b):.1f}V{middle * (1 - a):.1f}" for x, (a, b) in enumerate(zip(low, high, strict=True))
    ]
    inside = (starts >= audio.start) & (starts < audio.end)
    paths = [
        Markup('<path d="{}" stroke="currentColor" stroke-opacity="{}"></path>').format(
            "".join(stroke for stroke, is_speech in zip(strokes, inside, strict=True) if is_speech == speech), opacity
        )
        for speech, opacity in ((True, "1"), (False, ".3"))
    ]
    box = f"0 0 {len(starts)} {_HEIGHT}"
    return Markup(
        '<svg role="img" aria-label="Waveform" viewBox="{}" width="100%" height="{}" fill="none">{}</svg>'
    ).format(box, _HEIGHT, Markup("").join(paths))

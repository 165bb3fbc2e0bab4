"""Predictions for one long recording over time: as CSV, as a TextGrid for Praat, or as WebVTT captions for a player.

References
----------
Boersma, P. & Weenink, D. Praat manual: TextGrid file formats. https://www.fon.hum.uva.nl/praat/manual/TextGrid_file_formats.html
W3C (2019). WebVTT: The Web Video Text Tracks Format. https://www.w3.org/TR/webvtt1/
"""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..atomic_write import check_suffix, whole_file, write_text
from ..audio.files.decode import open_recording
from ..errors import RecordingError
from ..paths import OnePath


def check_timeline_suffix(path: OnePath) -> None:
    """Raise a ProsodySerError if the suffix is not that of a timeline."""
    check_suffix(path, "a timeline file", ".csv", ".TextGrid", ".vtt")


def write_timeline(predictions: pd.DataFrame, recording: OnePath, path: OnePath, notice: str | None = None) -> None:
    """Write the predictions for the segments of one recording, in order of time.

    Parameters
    ----------
    predictions : DataFrame
        From :func:`prosody_ser.prediction.predict_files` of one recording, with `segment`.
    recording : path_like
        The recording; a TextGrid covers its whole duration.
    path : path_like
        ``.csv``: one row per segment, times in s. ``.TextGrid``: the tiers emotion, confidence and novelty; where the
        model abstains, the emotion is in brackets. ``.vtt``: one caption per segment.
    notice : str, optional
        A notice to include in the file, such as that the model learned from synthetic speech.

    Raises
    ------
    ProsodySerError
        If the file has another suffix or cannot be written.
    """
    check_timeline_suffix(path)
    if Path(path).suffix.lower() == ".csv":
        shown = predictions.drop(columns=["file", "reasons"])
        with whole_file(path) as temporary:
            (shown.assign(notice=notice) if notice else shown).to_csv(temporary, index=False, lineterminator="\n")
        return
    segments = stretches_of(predictions)
    write_text(path, _WRITERS[Path(path).suffix.lower()](segments, _duration_s(recording, segments), notice))


def stretches_of(predictions: pd.DataFrame) -> pd.DataFrame:
    """The segments that could be measured, sorted by time and without overlap: each starts after the previous ends."""
    done = predictions[predictions["status"] == "ok"].sort_values("start")
    done = done.assign(start=np.maximum(done["start"], done["end"].cummax().shift(fill_value=0.0)))
    return done[done["end"] > done["start"]]


def _duration_s(recording: OnePath, segments: pd.DataFrame) -> float:
    """Duration of the recording; the end of the last segment if the header does not state a duration."""
    last_end_s = float(segments["end"].max()) if len(segments) else 0.0
    try:
        with open_recording(recording) as opened:
            n_samples = opened.n_samples or 0
            return max(last_end_s, n_samples / opened.sample_rate_hz)
    except RecordingError:
        return last_end_s


def _textgrid(segments: pd.DataFrame, duration_s: float, notice: str | None) -> str:
    duration_s = duration_s or 0.01  # Praat refuses a duration of 0
    starts = segments["start"].tolist()
    # The intervals of a tier must cover its whole duration, so gaps between segments become empty intervals.
    times = sorted({0.0, duration_s, *starts, *segments["end"].tolist()})
    columns = {
        "emotion": segments["label"].mask(segments["abstain"].astype(bool), "(" + segments["label"] + ")"),
        "confidence": segments["confidence"].map("{:.2f}".format),
        "novelty": segments["novelty"].map("{:.2f}".format),
    }
    texts = {name: dict(zip(starts, column, strict=True)) for name, column in columns.items()}
    tiers = {
        name: [(*interval, text_at.get(interval[0], "")) for interval in pairwise(times)]
        for name, text_at in texts.items()
    }
    if notice:
        tiers["notice"] = [(0.0, duration_s, notice)]
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', ""]
    lines += ["xmin = 0", f"xmax = {duration_s!r}", "tiers? <exists>", f"size = {len(tiers)}", "item []:"]
    for number, (name, intervals) in enumerate(tiers.items(), start=1):
        lines += [f"    item [{number}]:", '        class = "IntervalTier"', f'        name = "{name}"']
        lines += ["        xmin = 0", f"        xmax = {duration_s!r}", f"        intervals: size = {len(intervals)}"]
        for i, (start_s, end_s, text) in enumerate(intervals, start=1):
            quoted = text.replace('"', '""')
            lines += [f"        intervals [{i}]:", f"            xmin = {start_s!r}"]
            lines += [f"            xmax = {end_s!r}", f'            text = "{quoted}"']
    return "\n".join(lines) + "\n"


def _webvtt(segments: pd.DataFrame, duration_s: float, notice: str | None) -> str:
    cues = ["WEBVTT"]
    if notice:
        cues.append(f"NOTE\n{_escaped(notice)}")
    for segment in segments.to_dict("records"):
        start, end = _clock(segment["start"]), _clock(segment["end"])
        if end <= start:  # WebVTT does not allow empty cues
            continue
        unsure = f" (not sure: {segment['abstain_reason']})" if segment["abstain"] else ""
        cues.append(f"{start} --> {end}\n{_escaped(segment['label'])} {segment['confidence']:.0%}{unsure}")
    return "\n\n".join(cues) + "\n"


def _clock(seconds: float) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_WRITERS: dict[str, Any] = {".textgrid": _textgrid, ".vtt": _webvtt}

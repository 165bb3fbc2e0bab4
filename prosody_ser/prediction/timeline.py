"""One long recording over time: as CSV, as a TextGrid for Praat, as WebVTT captions for a player.

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

from ..atomic_write import whole_file, write_text
from ..audio.decode import open_recording
from ..errors import ProsodySerError, RecordingError
from ..paths import OnePath


def check_timeline_suffix(path: OnePath) -> None:
    """Raise unless a timeline can be written to a file of this name."""
    if Path(path).suffix.lower() not in _WRITERS:
        raise ProsodySerError(f"{path}: a timeline is written to .csv, .TextGrid or .vtt")


def write_timeline(predictions: pd.DataFrame, recording: OnePath, path: OnePath, notice: str | None = None) -> None:
    """Write the predictions of one recording's segments by time.

    Parameters
    ----------
    predictions : DataFrame
        From :func:`prosody_ser.prediction.predict_files` of one recording, with `segment`.
    recording : path_like
        It: a TextGrid is as long as the sound.
    path : path_like
        ``.csv``: a row each, times in s. ``.TextGrid``: the tiers emotion, confidence and novelty; where the model
        abstains, the emotion is in brackets. ``.vtt``: a caption each.
    notice : str, optional
        Stands in it (synthetic data).

    Raises
    ------
    ProsodySerError
        If the suffix is another, or the file cannot be written.
    """
    check_timeline_suffix(path)
    if Path(path).suffix.lower() == ".csv":
        shown = predictions.drop(columns=["file", "reasons"])
        with whole_file(path) as temporary:
            (shown.assign(notice=notice) if notice else shown).to_csv(temporary, index=False, lineterminator="\n")
        return
    done = stretches_of(predictions)
    write_text(path, _WRITERS[Path(path).suffix.lower()](done, _duration(recording, done), notice))


def stretches_of(predictions: pd.DataFrame) -> pd.DataFrame:
    """The rows that could be measured, in order; none begins before the one before it has ended."""
    done = predictions[predictions["status"] == "ok"].sort_values("start")
    done = done.assign(start=np.maximum(done["start"], done["end"].cummax().shift(fill_value=0.0)))
    return done[done["end"] > done["start"]]


def _duration(recording: OnePath, done: pd.DataFrame) -> float:
    """Of the recording, in s; where its header does not say, up to the last segment."""
    last = float(done["end"].max()) if len(done) else 0.0
    try:
        with open_recording(recording) as opened:
            n_samples = opened.n_samples or 0
            return max(last, n_samples / opened.sample_rate_hz)
    except RecordingError:
        return last


def _textgrid(done: pd.DataFrame, duration_s: float, notice: str | None) -> str:
    duration_s = duration_s or 0.01  # Praat has no empty time
    starts = done["start"].tolist()
    # Intervals of a tier cover all of its time: what nothing is said of, too.
    times = sorted({0.0, duration_s, *starts, *done["end"].tolist()})
    said = {
        "emotion": done["label"].mask(done["abstain"].astype(bool), "(" + done["label"] + ")"),
        "confidence": done["confidence"].map("{:.2f}".format),
        "novelty": done["novelty"].map("{:.2f}".format),
    }
    texts = {name: dict(zip(starts, own, strict=True)) for name, own in said.items()}
    tiers = {name: [(*span, own.get(span[0], "")) for span in pairwise(times)] for name, own in texts.items()}
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


def _webvtt(done: pd.DataFrame, duration_s: float, notice: str | None) -> str:
    cues = ["WEBVTT"]
    if notice:
        cues.append(f"NOTE\n{_escaped(notice)}")
    for one in done.to_dict("records"):
        start, end = _clock(one["start"]), _clock(one["end"])
        if end <= start:  # a cue must last
            continue
        unsure = f" (not sure: {one['abstain_reason']})" if one["abstain"] else ""
        cues.append(f"{start} --> {end}\n{_escaped(one['label'])} {one['confidence']:.0%}{unsure}")
    return "\n\n".join(cues) + "\n"


def _clock(seconds: float) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_WRITERS: dict[str, Any] = {".csv": None, ".textgrid": _textgrid, ".vtt": _webvtt}

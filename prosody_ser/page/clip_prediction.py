"""Prediction, reasons and pictures of one recording, by the functions that the command line calls."""

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import soundfile

from ..audio.prepare import read_audio, read_mono
from ..catalogue import FAST
from ..contours import PitchRange
from ..errors import RecordingError
from ..extraction.measure import measure_file
from ..features import engine_of
from ..learn.inspection.usual_ranges import UsualRanges
from ..learn.speakers.enrolment import with_enrolment
from ..model.predictions import Predictions
from ..model.speakers import BLIND, norm_of
from ..model.trained_model import TrainedModel
from ..parallel.one_thread import one_thread
from ..plots.clip import clip_in_words, sound_figure
from ..plots.style import png_bytes
from ..plots.timeline import timeline_figure
from ..prediction import predict_files, write_predictions, write_timeline
from ..prediction.reasons import Reason, reasons_of
from ..report.text.model.predictions import timeline_in_words
from ..tables.feature_table import INDEX_COLUMNS, ORIGINAL
from .clips import Clip

#: Longer recordings are also predicted segment by segment.
LONG_S = 10.0
#: Resolution of the pictures on the page.
DPI = 130
#: Held while matplotlib draws, as it may be used by one thread at a time.
DRAWING = threading.Lock()


@dataclass(frozen=True)
class Picture:
    """A picture with a name and a description in words."""

    name: str
    png: bytes
    words: str


@dataclass(frozen=True, eq=False)
class ClipPrediction:
    """Everything that the page shows of one recording. If it cannot be measured, only `error` is filled in."""

    clip: Clip
    prediction: Predictions  #: one row
    error: str = ""
    notes: tuple[str, ...] = ()
    player: bytes = b""  #: the sound that was measured, as a WAV file
    picture: Picture | None = None
    reasons: Sequence[Reason] = field(default_factory=list)
    segments: Predictions | None = None  #: one row for each segment of speech in a long recording
    timeline: Picture | None = None
    textgrid: str = ""

    @property
    def row(self) -> dict:
        """The prediction, by column."""
        return {str(name): value for name, value in self.prediction.iloc[0].items()}


def predict_clip(
    model: TrainedModel, clip: Clip, ranges: UsualRanges | None = None, enrolled: Sequence[Clip] = ()
) -> ClipPrediction:
    """Predict the emotion of a recording, with reasons and pictures.

    Parameters
    ----------
    model : TrainedModel
    clip : Clip
    ranges : UsualRanges, optional
        Usual values of the features in each emotion.
    enrolled : sequence of Clip
        Other recordings of the same voice, for a model that normalises speakers.

    Raises
    ------
    ProsodySerError
        If the model needs clips of the same voice and there are none, or if its features cannot be measured.
    """
    with TemporaryDirectory(prefix="prosody-ser-page-") as folder:
        path = _written(clip, Path(folder) / "clip")
        others = [_written(other, Path(folder) / f"enrolled{i}") for i, other in enumerate(enrolled)]
        return _predict(model, clip, path, ranges, others)


def _written(clip: Clip, folder: Path) -> Path:
    folder.mkdir()
    path = folder / ("synthetic.wav" if clip.synthetic else "recording")
    path.write_bytes(clip.sound)
    return path


def _predict(
    model: TrainedModel, clip: Clip, path: Path, ranges: UsualRanges | None, others: list[Path]
) -> ClipPrediction:
    notes: list[str] = []

    def note(text: str) -> None:
        if not text.startswith("speaker normalised by"):  # the page shows this elsewhere
            # the page cuts long recordings itself, so the advice to use --segment is left out
            notes.append(text.replace(str(path), clip.name).partition("; --segment")[0])

    enrol = [str(other) for other in others] if others and norm_of(model) != BLIND else None
    prediction = predict_files(model, str(path), enrol=enrol, jobs=0, on_note=note).assign(file=clip.name)
    prediction = Predictions(prediction.replace({"error": {str(path): clip.name}}, regex=False))
    if prediction["status"].iloc[0] != "ok":
        return ClipPrediction(clip, prediction, error=_sentence(prediction["error"].iloc[0]), notes=tuple(notes))
    label = str(prediction["label"].iloc[0])
    reasons = (
        [] if not model.features else reasons_of(model, _rows(model, path, others if enrol else []), label, ranges)
    )
    picture = _picture(model, path)
    seconds, player = _player(path)
    segments = timeline = None
    if seconds > LONG_S:
        segments = predict_files(model, str(path), segment="vad", enrol=enrol, jobs=0)
        segments = Predictions(segments.assign(file=clip.name))
        timeline = _timeline(model, clip, segments)
    notice = model.card["training"]["notice"]
    textgrid = path.with_suffix(".TextGrid")
    write_timeline(prediction if segments is None else segments, path, textgrid, notice)
    return ClipPrediction(
        clip, prediction, "", tuple(notes), player, picture, reasons, segments, timeline, textgrid.read_text("utf-8")
    )


def _sentence(error: str) -> str:
    return error[:1].upper() + error[1:].rstrip(".") + "."


def _rows(model: TrainedModel, path: Path, others: list[Path]) -> pd.DataFrame:
    """Measure the features of the recording, and of other recordings of the same voice, as the model needs them."""
    row = _row(model, path)
    return row if not others else with_enrolment(row, pd.concat([_row(model, other) for other in others]))


def _row(model: TrainedModel, path: Path) -> pd.DataFrame:
    values = measure_file(path, features=model.feature_set, engine=model.engine or FAST)
    key = (str(path), 0.0, np.nan, ORIGINAL, "the speaker", "")
    index = pd.MultiIndex.from_tuples([key], names=[*INDEX_COLUMNS, "speaker", "sentence"])
    return values[list(model.features)].to_frame().T.set_axis(index)


def _picture(model: TrainedModel, path: Path) -> Picture | None:
    try:
        with one_thread():
            analysis = engine_of(model.engine or FAST).analyse(read_audio(path), PitchRange(None, None))
            with DRAWING:
                png = png_bytes(sound_figure(analysis), DPI)
            return Picture("Waveform, spectrogram and pitch", png, clip_in_words(analysis))
    except RecordingError:  # a recording that can be predicted may still be too long for a picture
        return None


def _timeline(model: TrainedModel, clip: Clip, segments: Predictions) -> Picture:
    with DRAWING:
        figure = timeline_figure(segments, model.labels, model.threshold, clip.name, model.card["training"]["notice"])
        return Picture("Emotion over time", png_bytes(figure, DPI), timeline_in_words(segments))


def _player(path: Path) -> tuple[float, bytes]:
    """Give the duration in seconds, and the sound in a format that every browser plays."""
    samples, rate_hz = read_mono(path)
    file = io.BytesIO()
    soundfile.write(file, np.clip(samples, -1, 1), rate_hz, format="WAV", subtype="PCM_16")
    return len(samples) / rate_hz, file.getvalue()


def predictions_file(model: TrainedModel, predicted: Sequence[ClipPrediction], suffix: str) -> bytes:
    """Write the predictions of recordings as the command line does: ``.csv`` or ``.json``."""
    predictions = Predictions(pd.concat([one.prediction for one in predicted], ignore_index=True))
    notes = tuple(dict.fromkeys(note for one in predicted for note in one.notes))
    with TemporaryDirectory(prefix="prosody-ser-page-") as folder:
        path = Path(folder) / f"predictions{suffix}"
        write_predictions(predictions, path, model.card, notes)
        return path.read_bytes()

"""One recording as a picture: waveform, segments, spectrogram with formants, pitch and intensity over one time axis.

The picture does not depend on colours, so that it can be printed in grey.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..audio.channels import AUTO, MEAN
from ..audio.frames import FRAME_STEP_S
from ..audio.prepare import Audio, read_audio
from ..audio.runs import runs
from ..catalogue import CONTOURS, FAST
from ..catalogue.contours import FORMANT_BAND_HZ
from ..contours import Analysis, PitchRange
from ..datasets.corpora import synthetic
from ..errors import RecordingError
from ..features import engine_of
from ..measures.syllables import syllable_nuclei
from ..measures.timing import pauses
from ..tables.feature_table import SYNTHETIC_NOTICE
from ..units import SEMITONE_REFERENCE_HZ, hz_to_st
from .style import LABEL, NOTE, new_figure, put_notes, put_title, write_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Effective length of the Gaussian window of the spectrogram; it resolves glottal pulses rather than harmonics.
WINDOW_S = 0.005
N_FFT = 512
RANGE_DB = 60.0
#: Pre-emphasis, about equal to the spectral slope of speech, so that upper formants are visible, too.
EMPHASIS_DB_PER_OCTAVE = 6.0
MIN_STEP_S = 0.001
#: Smallest span of the pitch axis, so that a monotone does not look like a melody.
MIN_PITCH_SPAN_ST = 12.0
#: Largest width: 4,500 pixels at 150 dots per inch, and no more columns than pixels.
MAX_WIDTH_IN, MAX_COLUMNS = 30.0, 4500
ROUND_STEPS = (1, 2, 5, 10)


def plot_clip(
    recording: str | os.PathLike,
    path: str | os.PathLike,
    *,
    engine: str = FAST,
    channel: str | int = AUTO,
    pitch_floor_hz: float | None = None,
    pitch_ceiling_hz: float | None = None,
) -> None:
    """Draw a recording.

    Parameters
    ----------
    recording : path_like
        Any file that :func:`prosody_ser.audio.prepare.read_audio` reads.
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.
    engine : {"fast", "reference"}
        Program that computes the contours: the compiled code of this package, or Praat and librosa.
    channel : {"auto", "mean", "left", "right", "louder"} or int
        Channel of a recording with several, as for :func:`prosody_ser.read_audio`.
    pitch_floor_hz, pitch_ceiling_hz : float, optional
        Limits of the pitch search; estimated from the clip if not given.

    Raises
    ------
    RecordingError
        If the recording cannot be read or measured.
    ProtocolError
        If `channel` is invalid.
    ProsodySerError
        If the picture cannot be written or its suffix is not one of these.

    Examples
    --------
    >>> import soundfile
    >>> soundfile.write("tone.wav", np.sin(2 * np.pi * 220 * np.arange(16000) / 16000), 16000)
    >>> ser.plot_clip("tone.wav", "tone.png")
    """
    recording = Path(recording)
    try:
        pitch_range = PitchRange(pitch_floor_hz, pitch_ceiling_hz)
        analysis = engine_of(engine).analyse(read_audio(recording, channel=channel), pitch_range)
    except RecordingError as error:
        raise RecordingError(error.status, f"{recording}: {error}") from error
    notice = SYNTHETIC_NOTICE if synthetic.parse(Path(recording.name)) else None
    name = os.fsencode(recording.name).decode("utf-8", "backslashreplace")  # a name need not be UTF-8
    write_figure(clip_figure(analysis, name, notice), path)


def clip_figure(analysis: Analysis, name: str, notice: str | None = None) -> "Figure":
    """Draw one clip: waveform, segments, spectrogram with its scale, pitch and intensity."""
    audio = analysis.audio
    figure = new_figure(float(np.clip(7 + 0.9 * audio.duration_s, 9, MAX_WIDTH_IN)), 9)
    panels = figure.subplots(5, 1, sharex=True, height_ratios=(1.3, 0.55, 3, 1.8, 1.4))
    waveform, segments, spectrogram, pitch, intensity = panels
    dot = float(np.clip(80 * figure.get_figwidth() * FRAME_STEP_S / audio.duration_s, 1, 4))  # so that neighbours touch
    nuclei_s = syllable_nuclei(analysis)
    draw_waveform(waveform, audio)
    _segments(segments, analysis, nuclei_s)
    draw_spectrogram(spectrogram, analysis, dot)
    draw_pitch(pitch, analysis, dot)
    _intensity(intensity, analysis, nuclei_s)
    for axes in panels:
        shade_silence(axes, audio)
        axes.tick_params(labelsize=NOTE)
        axes.yaxis.label.set_size(LABEL)
        if axes is not spectrogram:
            axes.grid(axis="x", color="0.8", linewidth=0.5)
            axes.set_axisbelow(True)
    intensity.set_xlim(0, audio.duration_s)
    intensity.locator_params(axis="x", nbins=int(1.5 * figure.get_figwidth()), steps=ROUND_STEPS)
    intensity.set_xlabel("time (s)", fontsize=LABEL)
    figure.align_ylabels(panels)
    put_title(figure, name)
    put_notes(figure, *_facts(analysis), notice)
    return figure


def sound_figure(analysis: Analysis) -> "Figure":
    """Draw a clip in three panels, for a web page: waveform, spectrogram with formants, and pitch."""
    figure = new_figure(7.5, 5.6)
    figure.set_layout_engine("none")  # computing the margins would take as long as drawing
    margins = {"left": 0.105, "right": 0.875, "top": 0.985, "bottom": 0.085, "hspace": 0.1}
    panels = figure.subplots(3, 1, sharex=True, height_ratios=(1, 2.3, 1.5), gridspec_kw=margins)
    dot = float(np.clip(80 * figure.get_figwidth() * FRAME_STEP_S / analysis.audio.duration_s, 1, 4))
    draw_sound(panels, analysis, dot)
    panels[-1].set_xlim(0, analysis.audio.duration_s)
    panels[-1].set_xlabel("time (s); hatched: silence, not measured", fontsize=LABEL)
    figure.align_ylabels(panels)
    return figure


def draw_sound(panels: Sequence["Axes"], analysis: Analysis, dot: float) -> None:
    """Draw waveform, spectrogram with formants, and pitch in three panels; `dot` is the size of their dots."""
    waveform, spectrogram, pitch = panels
    draw_waveform(waveform, analysis.audio)
    draw_spectrogram(spectrogram, analysis, dot)
    draw_pitch(pitch, analysis, dot)
    for axes in panels:
        shade_silence(axes, analysis.audio)
        axes.tick_params(labelsize=NOTE)
        axes.yaxis.label.set_fontsize(LABEL)


def clip_in_words(analysis: Analysis) -> str:
    """Describe the picture of a clip, for readers who cannot see it."""
    audio = analysis.audio
    sentences = [
        f"Waveform, spectrogram with formants, and pitch over {audio.duration_s:.1f} s, with speech from "
        f"{audio.lead_s:.1f} to {audio.lead_s + audio.speech_s:.1f} s."
    ]
    f0_hz = analysis.pitch.f0_hz[analysis.voiced]
    if not f0_hz.size:
        return f"{sentences[0]} No frame is voiced, so there is no pitch."
    low, middle, high = np.nanquantile(f0_hz, (0.1, 0.5, 0.9))
    sentences.append(f"The pitch is mostly between {low:.0f} and {high:.0f} Hz, with a median of {middle:.0f} Hz.")
    frequency_hz, _ = analysis.formants
    first = frequency_hz[:2, analysis.voiced] if len(frequency_hz) > 1 else np.empty((2, 0))
    if np.isfinite(first).any(axis=1).all():
        medians = np.nanmedian(first, axis=1)
        sentences.append(f"The first two formants have medians of {medians[0]:.0f} and {medians[1]:.0f} Hz.")
    return " ".join(sentences)


def _facts(analysis: Analysis) -> Iterator[str]:
    audio, pitch = analysis.audio, analysis.pitch
    speech = f"{audio.lead_s:.2f} to {audio.lead_s + audio.speech_s:.2f} s of {audio.duration_s:.2f} s"
    channel = {"": "", MEAN: ", mean of the channels"}.get(audio.channel, f", channel {audio.channel}")
    recorded = f"at {audio.native_rate_hz / 1000:g} kHz{channel}"
    yield f"Speech from {speech}, {recorded}; hatched: silence before and after it, not measured."
    formants = f", formants below {analysis.formant_ceiling_hz:.0f} Hz"
    if audio.held_rate_hz < FORMANT_BAND_HZ or not analysis.voiced.any():
        formants = ""
    by = "" if analysis.engine == FAST else f", {analysis.engine} engine"
    searched = f"Search ranges{by}: pitch from {pitch.floor_hz:.0f} to {pitch.ceiling_hz:.0f} Hz{formants}"
    window = f"{WINDOW_S * 1000:g} ms windows, pre-emphasis of {EMPHASIS_DB_PER_OCTAVE:g} dB per octave"
    yield f"{searched}. Spectrogram: {window}."


def draw_waveform(axes: "Axes", audio: Audio) -> None:
    """Draw the lowest and the highest of the samples in each column of pixels."""
    starts = np.arange(0, audio.samples.size, -(-audio.samples.size // (2 * MAX_COLUMNS)))
    ends = np.column_stack([extreme.reduceat(audio.samples, starts) for extreme in (np.minimum, np.maximum)])
    axes.plot(np.repeat(starts, 2) / audio.sample_rate_hz, ends.ravel(), color="black", linewidth=0.3)
    peak = 1.05 * np.abs(audio.samples).max()
    axes.set_ylim(-peak, peak)
    axes.set_ylabel("amplitude\n(full scale 1)")


def _segments(axes: "Axes", analysis: Analysis, nuclei_s: np.ndarray) -> None:
    lead_s = analysis.audio.lead_s
    voiced = [(lead_s + a * FRAME_STEP_S, (b - a) * FRAME_STEP_S) for a, b in runs(analysis.voiced)]
    silent = [(lead_s + start, end - start) for start, end in pauses(analysis)]
    axes.plot(lead_s + nuclei_s, np.full(nuclei_s.size, 2), "kv", markersize=5, label="nuclei")
    axes.broken_barh(voiced, (0.65, 0.7), facecolor="black", label="voiced")
    axes.broken_barh(silent, (-0.35, 0.7), facecolor="white", edgecolor="black", label="pauses")
    axes.set_yticks([2, 1, 0], [f"nuclei ({nuclei_s.size})", f"voiced ({len(voiced)})", f"pauses ({len(silent)})"])
    axes.set_ylim(-0.6, 2.6)


def draw_spectrogram(axes: "Axes", analysis: Analysis, dot: float) -> None:
    """Draw levels over time and frequency, with formants as dots of the size `dot` in points."""
    audio = analysis.audio
    step_s = max(MIN_STEP_S, audio.duration_s / MAX_COLUMNS)
    level_db = wide_band_db(audio, step_s)
    bin_khz = audio.sample_rate_hz / N_FFT / 1000
    extent = (-step_s / 2, (level_db.shape[1] - 0.5) * step_s, -bin_khz / 2, (len(level_db) - 0.5) * bin_khz)
    shades: dict[str, Any] = {"cmap": "gray_r", "vmin": -RANGE_DB, "vmax": 0}
    image = axes.imshow(level_db - level_db.max(), origin="lower", aspect="auto", extent=extent, **shades)
    frequency_hz, _ = analysis.formants
    n_formants = sum(CONTOURS[f"f{k + 1}"].needs_rate_hz <= audio.held_rate_hz for k in range(len(frequency_hz)))
    frequency_hz = frequency_hz[:n_formants]  # those that feature tables have
    times_s = np.broadcast_to(audio.lead_s + analysis.times_s, frequency_hz.shape)
    edge: dict[str, Any] = {"markerfacecolor": "white", "markeredgewidth": min(0.4, dot / 6)}
    if n_formants:
        axes.plot(times_s.ravel(), frequency_hz.ravel() / 1000, "ko", markersize=dot + 0.5, label="formants", **edge)
    axes.set_ylim(0, min(audio.sample_rate_hz, audio.native_rate_hz) / 2000)
    axes.set_ylabel(f"frequency (kHz)\ndots: formants F1 to F{n_formants}" if n_formants else "frequency (kHz)")
    figure = cast("Figure", axes.figure)
    inch = 1 / figure.get_figwidth()
    scale = figure.colorbar(image, cax=axes.inset_axes((1 + 0.1 * inch, 0, 0.13 * inch, 1)))
    scale.set_label("dB re maximum", fontsize=LABEL)
    scale.ax.tick_params(labelsize=NOTE)


def wide_band_db(audio: Audio, step_s: float) -> np.ndarray:
    """Levels of the recording in dB, with pre-emphasis; shape (257, n_columns), one column for every `step_s`."""
    half = round(WINDOW_S * audio.sample_rate_hz)
    window = np.exp(-12 * (np.arange(-half, half) / half) ** 2)  # as in Praat, over twice its effective length
    centres = np.round(np.arange(0, audio.duration_s, step_s) * audio.sample_rate_hz).astype(int)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(audio.samples, half), 2 * half)[centres]
    power = np.abs(np.fft.rfft(frames * window, N_FFT, axis=1)) ** 2
    frequency_hz = np.maximum(np.fft.rfftfreq(N_FFT, 1 / audio.sample_rate_hz), 50.0)
    emphasis_db = EMPHASIS_DB_PER_OCTAVE * np.log2(frequency_hz / 1000)
    return 10 * np.log10(power.T + 1e-30) + emphasis_db[:, np.newaxis]


def draw_pitch(axes: "Axes", analysis: Analysis, dot: float) -> None:
    """Draw pitch over time, in semitones and Hz."""
    f0_st = hz_to_st(analysis.pitch.f0_hz)
    axes.plot(analysis.audio.lead_s + analysis.times_s, f0_st, "ko-", markersize=dot, linewidth=0.6, label="pitch")
    ends_st = np.nanquantile(f0_st, (0, 1)) if analysis.voiced.any() else hz_to_st([100, 200])
    if not analysis.voiced.any():
        axes.text(0.5, 0.5, "no voiced frames", transform=axes.transAxes, ha="center", va="center", fontsize=LABEL)
    half_st = max(0.55 * np.ptp(ends_st), MIN_PITCH_SPAN_ST / 2)
    axes.set_ylim(ends_st.mean() - half_st, ends_st.mean() + half_st)
    axes.set_ylabel(f"pitch\n(semitones re {SEMITONE_REFERENCE_HZ:g} Hz)")
    hertz = axes.secondary_yaxis(
        "right", functions=(lambda st: SEMITONE_REFERENCE_HZ * 2 ** np.divide(st, 12), hz_to_st)
    )
    axes.locator_params(axis="y", nbins=8, steps=ROUND_STEPS)
    hertz.locator_params(axis="y", nbins=6, steps=ROUND_STEPS)
    hertz.set_ylabel("pitch (Hz)", fontsize=LABEL)
    hertz.tick_params(labelsize=NOTE)


def _intensity(axes: "Axes", analysis: Analysis, nuclei_s: np.ndarray) -> None:
    lead_s, level_db = analysis.audio.lead_s, analysis.intensity_db
    axes.plot(lead_s + analysis.times_s, level_db, color="black", linewidth=1.0, label="intensity")
    peaks_db = np.interp(nuclei_s, analysis.times_s, level_db)
    axes.plot(lead_s + nuclei_s, peaks_db + 2, "kv", markersize=5, label="nuclei")
    axes.set_ylim(min(level_db.min() - 3, level_db.max() - 20), level_db.max() + 6)
    axes.set_ylabel("intensity (dB,\nuncalibrated)")


def shade_silence(axes: "Axes", audio: Audio) -> None:
    """Hatch the silence before and after the speech; a grey tint on a spectrogram would look like sound."""
    start_s, end_s = audio.lead_s, audio.lead_s + audio.speech_s
    for border_s, outer_s in ((start_s, 0), (end_s, audio.duration_s)):
        axes.axvspan(border_s, outer_s, facecolor="0.85", alpha=0.5, edgecolor="0.4", hatch="//", linewidth=0)
        axes.axvline(border_s, color="black", linewidth=0.9, linestyle="--")

"""Every measure: a number of the whole clip that has no frame grid. Plain data."""

from typing import Any

from .feature import FULL_BAND_HZ, Feature

_JITTER = "as Praat's Get jitter ({}), Praat's default limits (Boersma 2009)"
_SHIMMER = "as Praat's Get shimmer ({}), Praat's default limits"
_PAUSES = "gaps of 0.2 s or more, 25 dB below the loud parts (Campione & Veronis 2002)"
_VOICING = "voiced runs of the pitch contour"
_NUCLEI = "syllable nuclei (de Jong & Wempe 2009, script version 2); syllables, since no transcript is known"
_PVI = "pairwise variability (Grabe & Low 2002)"
_MODULATION = "power spectrum of the amplitude envelope, 1 to 12 Hz (Tilsen & Arvaniti 2013)"
_TUBE = "medians of F1 to F4 against a uniform tube (Reby & McComb 2003), 350 m/s"


def _group(
    group: str,
    family: str,
    *rows: tuple[str, str, str, str, float, float],
    needs_rate_hz: int = 0,
    original: str = "",
    own: str,
) -> tuple[Feature, ...]:
    origin: dict[str, Any] = {"needs_rate_hz": needs_rate_hz, "original": original, "own": own}
    return tuple(
        Feature(name, unit, definition, source, family, low, high, group, **origin)
        for name, unit, definition, source, low, high in rows
    )


_PERTURBATION = _group(
    "perturbation",
    "voice quality",
    (
        "jitter_local_ratio",
        "ratio",
        "mean absolute difference of neighbouring glottal periods over the mean period",
        _JITTER.format("local"),
        0,
        1,
    ),
    (
        "jitter_local_s",
        "s",
        "mean absolute difference of neighbouring glottal periods",
        _JITTER.format("local, absolute"),
        0,
        0.02,
    ),
    (
        "jitter_rap_ratio",
        "ratio",
        "mean absolute difference of a period and the mean of 3 around it, over the mean period",
        _JITTER.format("rap"),
        0,
        1,
    ),
    (
        "jitter_ppq5_ratio",
        "ratio",
        "mean absolute difference of a period and the mean of 5 around it, over the mean period",
        _JITTER.format("ppq5"),
        0,
        1,
    ),
    (
        "jitter_ddp_ratio",
        "ratio",
        "mean absolute difference of neighbouring differences of periods, over the mean period",
        _JITTER.format("ddp"),
        0,
        3,
    ),
    (
        "shimmer_local_ratio",
        "ratio",
        "mean absolute difference of neighbouring periods' amplitudes over the mean amplitude",
        _SHIMMER.format("local"),
        0,
        1,
    ),
    (
        "shimmer_local_db",
        "dB",
        "mean absolute difference of neighbouring periods' levels",
        _SHIMMER.format("local_dB"),
        0,
        10,
    ),
    (
        "shimmer_apq3_ratio",
        "ratio",
        "mean absolute difference of an amplitude and the mean of 3 around it, over the mean amplitude",
        _SHIMMER.format("apq3"),
        0,
        1,
    ),
    (
        "shimmer_apq5_ratio",
        "ratio",
        "mean absolute difference of an amplitude and the mean of 5 around it, over the mean amplitude",
        _SHIMMER.format("apq5"),
        0,
        1,
    ),
    (
        "shimmer_apq11_ratio",
        "ratio",
        "mean absolute difference of an amplitude and the mean of 11 around it, over the mean amplitude",
        _SHIMMER.format("apq11"),
        0,
        1,
    ),
    (
        "shimmer_dda_ratio",
        "ratio",
        "mean absolute difference of neighbouring differences of amplitudes, over the mean amplitude",
        _SHIMMER.format("dda"),
        0,
        3,
    ),
    original="Praat, Sound & Pitch: To PointProcess (cc), then PointProcess: Get jitter, or Get shimmer with the Sound",
    own="the pitch that the pulses follow",
)
_TIMING = _group(
    "timing",
    "timing",
    ("pause_rate_per_s", "1/s", "pauses per second of speech", _PAUSES, 0, 5),
    ("pause_mean_s", "s", "mean length of the pauses", _PAUSES, 0, 3600),
    ("pause_max_s", "s", "length of the longest pause", _PAUSES, 0, 3600),
    ("pause_share_ratio", "ratio", "share of the speech that is pause", _PAUSES, 0, 1),
    ("voiced_share_ratio", "ratio", "share of the pitch frames that is voiced", _VOICING, 0, 1),
    ("voiced_rate_per_s", "1/s", "voiced segments per second of speech", _VOICING, 0, 50),
    ("voiced_mean_s", "s", "mean length of the voiced segments", _VOICING, 0, 3600),
    ("voiced_sd_s", "s", "standard deviation of the voiced segments' lengths", _VOICING, 0, 3600),
    ("unvoiced_mean_s", "s", "mean length of the gaps between voiced segments", _VOICING, 0, 3600),
    ("unvoiced_sd_s", "s", "standard deviation of the lengths of the gaps between voiced segments", _VOICING, 0, 3600),
    ("voiced_npvi_ratio", "ratio", f"normalised {_PVI} of the voiced segments' lengths", f"{_VOICING}; {_PVI}", 0, 2),
    (
        "unvoiced_npvi_ratio",
        "ratio",
        f"normalised {_PVI} of the lengths of the gaps between voiced segments",
        f"{_VOICING}; {_PVI}",
        0,
        2,
    ),
    own="all of it, by the published definitions, on the pitch of the engine: Praat has no command for it",
)
_SYLLABLES = _group(
    "syllables",
    "timing",
    ("speech_rate_per_s", "1/s", "syllables per second of speech, pauses included", _NUCLEI, 0, 50),
    ("articulation_rate_per_s", "1/s", "syllables per second of speech, pauses left out", _NUCLEI, 0, 50),
    ("syllable_interval_sd_s", "s", "standard deviation of the intervals between syllable nuclei", _NUCLEI, 0, 3600),
    (
        "syllable_npvi_ratio",
        "ratio",
        f"normalised {_PVI} of the intervals between syllable nuclei",
        f"{_NUCLEI}; {_PVI}",
        0,
        2,
    ),
    own="all of it, after the published script, on the intensity and the pitch of the engine",
)
_RHYTHM = _group(
    "rhythm",
    "timing",
    ("modulation_centroid_hz", "Hz", "centroid of the envelope's modulation spectrum", _MODULATION, 1, 12),
    ("modulation_1_3_ratio", "ratio", "share of the modulation power from 1 to 3 Hz (phrases)", _MODULATION, 0, 1),
    ("modulation_3_6_ratio", "ratio", "share of the modulation power from 3 to 6 Hz (syllables)", _MODULATION, 0, 1),
    ("modulation_6_12_ratio", "ratio", "share of the modulation power from 6 to 12 Hz (segments)", _MODULATION, 0, 1),
    own="all of it, by the published definition: neither Praat nor librosa has it",
)
_VOCAL_TRACT = _group(
    "vocal_tract",
    "formants",
    ("vocal_tract_length_cm", "cm", "length of the uniform tube whose resonances fit best", _TUBE, 5, 30),
    (
        "formant_dispersion_hz",
        "Hz",
        "mean distance of neighbouring formants, F1 to F4",
        "from their medians (Fitch 1997)",
        300,
        2200,
    ),
    needs_rate_hz=FULL_BAND_HZ,
    own="all of it, by the published definitions, on the formants of the engine",
)

#: Every measure by its column name.
MEASURES: dict[str, Feature] = {
    feature.name: feature for feature in (*_PERTURBATION, *_TIMING, *_SYLLABLES, *_RHYTHM, *_VOCAL_TRACT)
}

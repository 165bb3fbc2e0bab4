"""Every measure: one number for the whole clip, not a statistic of a contour. Plain data."""

from dataclasses import replace
from functools import partial

from .feature import FULL_BAND_HZ, Feature, rows_of
from .formulas import MEASURE_FORMULAS

_PAUSES = "gaps of 0.2 s or more, 25 dB below the loud parts of the clip (Campione & Veronis 2002)"
_VOICING = "voiced runs of the pitch contour"
_NUCLEI = (
    "syllable nuclei (de Jong & Wempe 2009, script version 2); counted as syllables, because there is no transcript"
)
_PVI = "pairwise variability (Grabe & Low 2002)"
_NPVI = f"normalised {_PVI} of the"
_GAPS = "lengths of the gaps between voiced segments"
_MODULATION = "power spectrum of the amplitude envelope from 1 to 12 Hz (Tilsen & Arvaniti 2013)"
_DISPERSION = "from the formants' medians (Fitch 1997)"
_TUBE = "uniform tube fitted to the medians of F1 to F4 (Reby & McComb 2003), speed of sound 350 m/s"

_OURS = "the package computes all of it by the published definition"

_measures = partial(rows_of, Feature, columns="name unit definition source minimum maximum")

#: Name, unit, what the difference is between, Praat's name for it, highest value.
_JITTER_ROWS = (
    ("jitter_local_ratio", "ratio", "neighbouring glottal periods over the mean period", "local", 1),
    ("jitter_local_s", "s", "neighbouring glottal periods", "local, absolute", 0.02),
    ("jitter_rap_ratio", "ratio", "a period and the mean of 3 around it, over the mean period", "rap", 1),
    ("jitter_ppq5_ratio", "ratio", "a period and the mean of 5 around it, over the mean period", "ppq5", 1),
    ("jitter_ddp_ratio", "ratio", "neighbouring differences of periods, over the mean period", "ddp", 3),
)
_SHIMMER_ROWS = (
    ("shimmer_local_ratio", "ratio", "neighbouring periods' amplitudes over the mean amplitude", "local", 1),
    ("shimmer_local_db", "dB", "neighbouring periods' levels", "local_dB", 10),
    ("shimmer_apq3_ratio", "ratio", "an amplitude and the mean of 3 around it, over the mean amplitude", "apq3", 1),
    ("shimmer_apq5_ratio", "ratio", "an amplitude and the mean of 5 around it, over the mean amplitude", "apq5", 1),
    ("shimmer_apq11_ratio", "ratio", "an amplitude and the mean of 11 around it, over the mean amplitude", "apq11", 1),
    ("shimmer_dda_ratio", "ratio", "neighbouring differences of amplitudes, over the mean amplitude", "dda", 3),
)
_PERTURBATION = _measures(
    *(
        (
            name,
            unit,
            f"mean absolute difference of {what}",
            f"like Praat's Get {kind} ({command}), {limits}",
            0,
            maximum,
        )
        for kind, limits, rows in (
            ("jitter", "Praat's default limits (Boersma 2009)", _JITTER_ROWS),
            ("shimmer", "Praat's default limits", _SHIMMER_ROWS),
        )
        for name, unit, what, command, maximum in rows
    ),
    group="perturbation",
    family="voice quality",
    original="Praat, Sound & Pitch: To PointProcess (cc), then PointProcess: Get jitter, or Get shimmer with the Sound",
    deviation="the pulses follow the pitch contour of the package",
)
_TIMING = _measures(
    ("pause_rate_per_s", "1/s", "pauses per second of speech", _PAUSES, 0, 5),
    ("pause_mean_s", "s", "mean length of the pauses", _PAUSES, 0, 3600),
    ("pause_max_s", "s", "length of the longest pause", _PAUSES, 0, 3600),
    ("pause_share_ratio", "ratio", "share of the speech that is pause", _PAUSES, 0, 1),
    ("voiced_share_ratio", "ratio", "share of the pitch frames that is voiced", _VOICING, 0, 1),
    ("voiced_rate_per_s", "1/s", "voiced segments per second of speech", _VOICING, 0, 50),
    ("voiced_mean_s", "s", "mean length of the voiced segments", _VOICING, 0, 3600),
    ("voiced_sd_s", "s", "standard deviation of the voiced segments' lengths", _VOICING, 0, 3600),
    ("unvoiced_mean_s", "s", "mean length of the gaps between voiced segments", _VOICING, 0, 3600),
    ("unvoiced_sd_s", "s", f"standard deviation of the {_GAPS}", _VOICING, 0, 3600),
    ("voiced_npvi_ratio", "ratio", f"{_NPVI} voiced segments' lengths", f"{_VOICING}; {_PVI}", 0, 2),
    ("unvoiced_npvi_ratio", "ratio", f"{_NPVI} {_GAPS}", f"{_VOICING}; {_PVI}", 0, 2),
    group="timing",
    family="timing",
    deviation=f"{_OURS}, from the engine's pitch; Praat has no such command",
)
_SYLLABLES = _measures(
    ("speech_rate_per_s", "1/s", "syllables per second of speech, pauses included", _NUCLEI, 0, 50),
    ("articulation_rate_per_s", "1/s", "syllables per second of speech, pauses left out", _NUCLEI, 0, 50),
    ("syllable_interval_sd_s", "s", "standard deviation of the intervals between syllable nuclei", _NUCLEI, 0, 3600),
    ("syllable_npvi_ratio", "ratio", f"{_NPVI} intervals between syllable nuclei", f"{_NUCLEI}; {_PVI}", 0, 2),
    group="syllables",
    family="timing",
    deviation="the package computes all of it like the published script, from the engine's intensity and pitch",
)
_RHYTHM = _measures(
    ("modulation_centroid_hz", "Hz", "centroid of the envelope's modulation spectrum", _MODULATION, 1, 12),
    ("modulation_1_3_ratio", "ratio", "share of the modulation power from 1 to 3 Hz (phrases)", _MODULATION, 0, 1),
    ("modulation_3_6_ratio", "ratio", "share of the modulation power from 3 to 6 Hz (syllables)", _MODULATION, 0, 1),
    ("modulation_6_12_ratio", "ratio", "share of the modulation power from 6 to 12 Hz (segments)", _MODULATION, 0, 1),
    group="rhythm",
    family="timing",
    deviation=f"{_OURS}; neither Praat nor librosa has it",
)
_VOCAL_TRACT = _measures(
    ("vocal_tract_length_cm", "cm", "length of the uniform tube whose resonances fit the formants best", _TUBE, 5, 30),
    ("formant_dispersion_hz", "Hz", "mean distance of neighbouring formants, F1 to F4", _DISPERSION, 300, 2200),
    group="vocal_tract",
    family="formants",
    needs_rate_hz=FULL_BAND_HZ,
    deviation=f"{_OURS}, from the formants of the engine",
)

#: Every measure by its column name.
MEASURES: dict[str, Feature] = {
    feature.name: replace(feature, formula=MEASURE_FORMULAS[feature.name])
    for feature in (*_PERTURBATION, *_TIMING, *_SYLLABLES, *_RHYTHM, *_VOCAL_TRACT)
}

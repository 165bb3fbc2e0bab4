"""Every feature by name: unit, definition, source, family and valid range. Plain data; imports nothing heavy.

A feature is either a functional of a contour (``f0_mean_st``) or a measure of the whole clip
(``jitter_local_ratio``). Names follow ``<descriptor>_<functional>_<unit>`` and are looked up here, never parsed.
"""

from dataclasses import dataclass

from .errors import ProtocolError


@dataclass(frozen=True)
class Feature:
    """One column of a feature table.

    Attributes
    ----------
    name : str
        Column name, ``<descriptor>_<functional>_<unit>``.
    unit : str
        Unit of the value: ``st`` (semitones re 27.5 Hz), ``Hz``, ``dB``, ``s``, ``1/s``, ``ratio``, ``st/s``, ``dB/s``.
    definition : str
        What is measured, in one sentence.
    source : str
        Whose definition and whose code it is.
    family : str
        ``pitch``, ``intensity``, ``formants``, ``voice quality``, ``timing`` or ``spectrum``.
    minimum, maximum : float
        A value outside this range is an error of measurement, never a property of speech.
    group : str
        Which contour group or measure group computes it.
    functional : str or None
        The functional, or None for a measure.
    row : int
        The contour's row in its group's matrix; 0 for a measure.
    """

    name: str
    unit: str
    definition: str
    source: str
    family: str
    minimum: float
    maximum: float
    group: str
    functional: str | None = None
    row: int = 0


@dataclass(frozen=True)
class _Contour:
    descriptor: str
    unit: str
    text: str
    source: str
    family: str
    low: float
    high: float
    functionals: tuple[str, ...]


_UNIT_IN_NAME = {"st": "st", "Hz": "hz", "dB": "db", "s": "s", "1/s": "per_s", "ratio": "ratio"}
_UNIT_IN_NAME |= {f"{unit}/s": f"{_UNIT_IN_NAME[unit]}_per_s" for unit in ("st", "dB", "Hz", "1/s")}


@dataclass(frozen=True)
class _Functional:
    text: str
    unit: str = "value"  # of the value itself, its rate of change per second, or a share
    signed: bool = True


_FUNCTIONALS = {
    "mean": _Functional("mean of the {}"),
    "sd": _Functional("standard deviation of the {}", signed=False),
    "p20": _Functional("20th percentile of the {}"),
    "p50": _Functional("median of the {}"),
    "p80": _Functional("80th percentile of the {}"),
    "range_p20_p80": _Functional("distance from the 20th to the 80th percentile of the {}", signed=False),
    "slope": _Functional("slope over time (least squares) of the {}", "rate"),
    "change_p50": _Functional("median absolute change from frame to frame of the {}", "rate", signed=False),
    "change_sd": _Functional("standard deviation of the change from frame to frame of the {}", "rate", signed=False),
    "rise_share": _Functional("share of the changes from frame to frame that go up of the {}", "share", signed=False),
}
_FRAME_S = 0.010

_LEVELS = ("mean", "sd", "p20", "p50", "p80", "range_p20_p80", "slope")
_MOVEMENT = ("change_p50", "change_sd", "rise_share")
_BRIEF = ("mean", "sd", "slope", "change_p50")
_FORMANT = ("mean", "sd", "slope")  # from frame to frame, formants change most where their tracking errs

_PITCH_SOURCE = "Praat To Pitch (ac), two passes (Boersma 1993; Hirst 2011)"
_BURG_SOURCE = "Praat To Formant (burg), 5 formants below 5500 Hz"
_MFCC_SOURCE = "librosa mfcc, 40 mel bands to 8 kHz (Davis & Mermelstein 1980)"

#: Contours by group, in the order of the rows of the group's matrix.
CONTOUR_GROUPS: dict[str, tuple[_Contour, ...]] = {
    "pitch": (
        _Contour(
            "f0",
            "st",
            "fundamental frequency on voiced frames, semitones re 27.5 Hz",
            _PITCH_SOURCE,
            "pitch",
            0,
            72,
            _LEVELS + _MOVEMENT,
        ),
        _Contour(
            "hnr",
            "dB",
            "harmonics-to-noise ratio on voiced frames",
            "10 log10(r / (1 - r)) of Praat's pitch strength r (Boersma 1993)",
            "voice quality",
            -60,
            60,
            _BRIEF,
        ),
    ),
    "intensity": (
        _Contour(
            "intensity",
            "dB",
            "intensity, dB re 2e-5 if full scale were 1 Pa (recordings are uncalibrated)",
            "Praat To Intensity, 75 Hz; at most 50 dB below the loudest frame",
            "intensity",
            -60,
            100,
            _LEVELS,
        ),
    ),
    "formants": (
        *(
            _Contour(
                f"f{k}", "Hz", f"frequency of formant {k} on voiced frames", _BURG_SOURCE, "formants", 0, 5500, _FORMANT
            )
            for k in (1, 2, 3)
        ),
        *(
            _Contour(
                f"f{k}_bandwidth",
                "Hz",
                f"bandwidth of formant {k} on voiced frames",
                _BURG_SOURCE,
                "formants",
                0,
                11000,
                _FORMANT,
            )
            for k in (1, 2, 3)
        ),
    ),
    "mfcc": tuple(
        _Contour(
            f"mfcc{k}", "dB", f"mel-frequency cepstral coefficient {k}", _MFCC_SOURCE, "spectrum", -600, 600, _BRIEF
        )
        for k in range(1, 14)
    ),
    "zcr": (
        _Contour(
            "zcr",
            "1/s",
            "rate of zero crossings in 25 ms frames",
            "librosa zero_crossing_rate, times the sample rate",
            "spectrum",
            0,
            16000,
            _BRIEF,
        ),
    ),
}

_PAUSE_SOURCE = "gaps of 0.2 s or more, 25 dB below the loud parts (Campione & Veronis 2002)"
_NUCLEI_SOURCE = "syllable nuclei (de Jong & Wempe 2009, script version 2); syllables, since no transcript is known"
_VOICING_SOURCE = "voiced runs of the pitch contour"
_PRAAT_PULSES = "on Praat's pulses (To PointProcess (cc)), Praat's default limits"

_MEASURES = (
    Feature(
        "jitter_local_ratio",
        "ratio",
        "mean absolute difference of neighbouring glottal periods over the mean period",
        f"Praat Get jitter (local) {_PRAAT_PULSES}",
        "voice quality",
        0,
        1,
        "voice",
    ),
    Feature(
        "shimmer_local_ratio",
        "ratio",
        "mean absolute difference of neighbouring periods' amplitudes over the mean amplitude",
        f"Praat Get shimmer (local) {_PRAAT_PULSES}",
        "voice quality",
        0,
        1,
        "voice",
    ),
    Feature("pause_rate_per_s", "1/s", "pauses per second of speech", _PAUSE_SOURCE, "timing", 0, 5, "timing"),
    Feature("pause_mean_s", "s", "mean length of the pauses", _PAUSE_SOURCE, "timing", 0, 3600, "timing"),
    Feature("pause_share_ratio", "ratio", "share of the speech that is pause", _PAUSE_SOURCE, "timing", 0, 1, "timing"),
    Feature(
        "voiced_share_ratio",
        "ratio",
        "share of the pitch frames that is voiced",
        _VOICING_SOURCE,
        "timing",
        0,
        1,
        "timing",
    ),
    Feature(
        "voiced_rate_per_s", "1/s", "voiced segments per second of speech", _VOICING_SOURCE, "timing", 0, 50, "timing"
    ),
    Feature("voiced_mean_s", "s", "mean length of the voiced segments", _VOICING_SOURCE, "timing", 0, 3600, "timing"),
    Feature(
        "voiced_sd_s",
        "s",
        "standard deviation of the voiced segments' lengths",
        _VOICING_SOURCE,
        "timing",
        0,
        3600,
        "timing",
    ),
    Feature(
        "speech_rate_per_s",
        "1/s",
        "syllables per second of speech, pauses included",
        _NUCLEI_SOURCE,
        "timing",
        0,
        50,
        "syllables",
    ),
    Feature(
        "articulation_rate_per_s",
        "1/s",
        "syllables per second of speech, pauses left out",
        _NUCLEI_SOURCE,
        "timing",
        0,
        50,
        "syllables",
    ),
)


def _feature(group, row, contour, functional):
    kind = _FUNCTIONALS[functional]
    span = contour.high - contour.low
    if kind.unit == "share":
        unit, low, high = "ratio", 0, 1
    elif kind.unit == "rate":  # at most the whole range within one frame
        unit, high = f"{contour.unit}/s", span / _FRAME_S
        low = -high if kind.signed else 0
    else:
        unit = contour.unit
        low, high = (contour.low, contour.high) if kind.signed else (0, span)
    return Feature(
        name=f"{contour.descriptor}_{functional}_{_UNIT_IN_NAME[unit]}",
        unit=unit,
        definition=kind.text.format(contour.text),
        source=contour.source,
        family=contour.family,
        minimum=low,
        maximum=high,
        group=group,
        functional=functional,
        row=row,
    )


#: Feature sets by name. `prosody_v0` is the first draft; a later set replaces it.
FEATURE_SETS: dict[str, tuple[Feature, ...]] = {
    "prosody_v0": tuple(
        _feature(group, row, contour, functional)
        for group, contours in CONTOUR_GROUPS.items()
        for row, contour in enumerate(contours)
        for functional in contour.functionals
    )
    + _MEASURES,
}
DEFAULT_SET = "prosody_v0"

#: Every feature of every set by its column name.
FEATURES: dict[str, Feature] = {f.name: f for features in FEATURE_SETS.values() for f in features}


def feature_set(name: str) -> tuple[Feature, ...]:
    """The features of a set, in column order.

    Raises
    ------
    ProtocolError
        If there is no such set.
    """
    if name not in FEATURE_SETS:
        raise ProtocolError(f"unknown feature set {name!r}; there are: {', '.join(FEATURE_SETS)}")
    return FEATURE_SETS[name]

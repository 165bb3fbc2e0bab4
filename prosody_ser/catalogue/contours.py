"""Every contour: name, unit, definition, source, family and valid range. Plain data."""

from dataclasses import replace
from functools import partial

from .feature import FULL_BAND_HZ, Contour

N_MFCC = 13
N_MELS = 40
N_CHROMA = 12
N_CONTRAST = 6
N_FORMANTS = 4
#: Enough for what lies below 4 kHz.
NARROW_BAND_HZ = 8000
#: Below, F1 and F2 come out up to a tenth too low, since five formants are looked for where the band has four.
FORMANT_BAND_HZ = 11025

_PITCH = "as Praat's To Pitch (ac), two passes, octave slips mended (Boersma 1993; Hirst 2011)"
_HNR = "as Praat's To Harmonicity (cc), a window of one period of the clip's pitch floor (Boersma 1993)"
_INTENSITY = "Praat To Intensity, 75 Hz; at most 50 dB below the loudest frame"
_BURG = "as Praat's To Formant (burg), 5 formants below 5375 Hz, of short tracts 7000 Hz"
_CPP = "peak of the cepstrum over its regression line (Hillenbrand et al. 1994)"
_HARMONICS = "harmonics projected out of a few periods (Hanson 1997)"
_CORRECTED = "the same, the formants' boost taken off (Iseli, Shue & Alwan 2007)"
_EGEMAPS = "as defined for GeMAPS (Eyben et al. 2016), on 25 ms Hann frames"
_LOUDNESS = "equal-loudness weights and cube root of Hermansky 1990"
_MFCC = f"librosa mfcc, {N_MELS} mel bands to 8 kHz (Davis & Mermelstein 1980)"
_MEL = f"librosa's mel filters, {N_MELS} bands to 8 kHz, at most 80 dB below the clip's loudest"
_LIBROSA = "as librosa defines it, on 25 ms Hann frames"


_LIBROSA_MFCC = "librosa.feature.mfcc"
_RANGE = "levels at most 80 dB below the clip's loudest band"
_SILENCE = "frames of digital silence are left out"


def _group(name: str, *contours: Contour, original: str = "", own: str = "") -> tuple[Contour, ...]:
    """Contours that one function computes, in the order of its rows; where they come from if they do not say so."""
    return tuple(
        replace(c, group=name, row=row, original=c.original or ("" if c.own else original), own=c.own or own)
        for row, c in enumerate(contours)
    )


_contour = partial(Contour, group="")
_full_band = partial(_contour, family="spectrum", needs_rate_hz=FULL_BAND_HZ)
_voice = partial(_contour, family="voice quality")

_PITCH_GROUP = _group(
    "pitch",
    _contour("f0", "st", "fundamental frequency on voiced frames, semitones re 27.5 Hz", _PITCH, "pitch", 0, 72),
    _contour(
        "f0_above_p10",
        "st",
        "fundamental frequency above the clip's own 10th percentile, on voiced frames",
        _PITCH,
        "pitch",
        -72,
        72,
    ),
    _voice(
        "hnr",
        "dB",
        "harmonics-to-noise ratio on voiced frames",
        _HNR,
        low=-60,
        high=60,
        original="Praat, Sound: To Harmonicity (cc)",
        own="the floor, which is the clip's own; voicing as of f0",
    ),
    original="Praat, Sound: To Pitch (ac), twice",
    own="the search range, from the first of two passes; octave slips mended; semitones",
)
_INTENSITY_GROUP = _group(
    "intensity",
    _contour(
        "intensity",
        "dB",
        "intensity, dB re 2e-5 if full scale were 1 Pa (recordings are uncalibrated)",
        _INTENSITY,
        "intensity",
        -300,
        160,
        level=True,
    ),
    original="Praat, Sound: To Intensity, in both engines",
    own="at most 50 dB below the loudest frame",
)
_FORMANT_GROUP = _group(
    "formants",
    *(
        _contour(
            f"f{k}{suffix}",
            "Hz",
            f"{what} of formant {k} on voiced frames",
            _BURG,
            "formants",
            0,
            high,
            ratio_scale=True,
            needs_rate_hz=FULL_BAND_HZ if k > 2 else FORMANT_BAND_HZ,
        )
        for suffix, what, high in (("", "frequency", 7000), ("_bandwidth", "bandwidth", 14000))
        for k in range(1, N_FORMANTS + 1)
    ),
    original="Praat, Sound: To Formant (burg)",
    own="the higher ceiling of short vocal tracts; on voiced frames",
)
_CEPSTRAL_PEAK_GROUP = _group(
    "cepstral_peak",
    _voice(
        "cpp", "dB", "cepstral peak prominence on voiced frames", _CPP, low=-20, high=60, needs_rate_hz=FULL_BAND_HZ
    ),
    own="all of it, by the published definition: Praat's CPPS smooths over time, which a frame of its own cannot be",
)
_HARMONIC_GROUP = _group(
    "harmonics",
    *(
        _voice(
            f"{name}{suffix}",
            "dB",
            f"level of the first harmonic over {over}, on voiced frames, {said}",
            source,
            low=-120,
            high=120,
            needs_rate_hz=max(rate_hz, least_hz),
        )
        for suffix, said, source, least_hz in (
            ("", "not corrected for formants", _HARMONICS, NARROW_BAND_HZ),
            ("_corrected", "corrected for formants", _CORRECTED, FORMANT_BAND_HZ),
        )
        for name, over, rate_hz in (
            ("h1h2", "the second", NARROW_BAND_HZ),
            ("h1a3", "the strongest near F3", FULL_BAND_HZ),
        )
    ),
    own="all of it, by the published definition, at the f0 and the formants of the engine: Praat has no such command",
)
_BALANCE_GROUP = _group(
    "balance",
    *(
        _voice(descriptor, unit, text, source, low=-bound, high=bound, needs_rate_hz=rate_hz)
        for descriptor, unit, text, source, bound, rate_hz in (
            ("alpha_ratio", "dB", "level of 1 to 5 kHz over that of 50 Hz to 1 kHz", _EGEMAPS, 150, FULL_BAND_HZ),
            (
                "hammarberg",
                "dB",
                "strongest peak below 2 kHz over the strongest from 2 to 5 kHz",
                f"Hammarberg et al. 1980; {_EGEMAPS}",
                150,
                FULL_BAND_HZ,
            ),
            ("slope_0_500", "dB/kHz", "slope of the spectrum from 0 to 500 Hz", _EGEMAPS, 1000, 0),
            ("slope_500_1500", "dB/kHz", "slope of the spectrum from 500 to 1500 Hz", _EGEMAPS, 1000, NARROW_BAND_HZ),
        )
    ),
    own="all of it, by the published definition, on the spectrogram of the engine: neither Praat nor librosa has it",
)
_MFCCS = tuple(
    _full_band(
        f"mfcc{k}",
        "dB",
        f"mel-frequency cepstral coefficient {k}",
        _MFCC,
        low=-600,
        high=600,
        original=_LIBROSA_MFCC,
        own=_RANGE,
    )
    for k in range(1, N_MFCC + 1)
)
_MEL_GROUP = _group(
    "mel",
    _full_band(
        "loudness",
        "dB",
        "loudness level, 30 log10 of the sum over bands of (weighted power)^(1/3); relative, uncalibrated",
        _LOUDNESS,
        family="intensity",
        low=-300,
        high=200,
        level=True,
        own="all of it, by the published definition, on the mel bands of the engine: librosa has no loudness",
    ),
    _full_band(
        "flux",
        "dB/s",
        "spectral flux, the mean rise of the mel bands' levels from frame to frame",
        "librosa onset_strength (Boeck & Widmer 2013)",
        low=0,
        high=10000,
        original="librosa.onset.onset_strength",
        own=f"{_RANGE}; per second",
    ),
    _full_band(
        "mfcc0",
        "dB",
        "mel-frequency cepstral coefficient 0, scaled to the mean level of the mel bands",
        _MFCC,
        low=-300,
        high=100,
        level=True,
        original=_LIBROSA_MFCC,
        own=f"{_RANGE}; scaled to the mean level",
    ),
    *_MFCCS,
    *(
        _full_band(
            f"mfcc{k}_delta",
            "dB/s",
            f"change (regression over 9 frames) of mel-frequency cepstral coefficient {k}",
            f"librosa delta; {_MFCC}",
            low=-60000,
            high=60000,
            original=f"librosa.feature.delta of {_LIBROSA_MFCC}",
            own=f"{_RANGE}; per second",
        )
        for k in range(N_MFCC + 1)
    ),
    *(
        _full_band(
            f"mel{k}",
            "dB",
            f"level of mel band {k} of {N_MELS}",
            _MEL,
            low=-300,
            high=100,
            level=True,
            original="librosa.feature.melspectrogram",
            own=_RANGE,
        )
        for k in range(1, N_MELS + 1)
    ),
)
_SHAPES = (
    *(
        _full_band(
            descriptor,
            "Hz",
            text,
            source,
            low=0,
            high=8000,
            ratio_scale=True,
            original=f"librosa.feature.spectral_{original}",
            own=_SILENCE,
        )
        for descriptor, original, text, source in (
            ("centroid", "centroid", "centroid of the magnitude spectrum", _LIBROSA),
            (
                "spread",
                "bandwidth",
                "bandwidth (standard deviation around its centroid) of the magnitude spectrum",
                f"spectral_bandwidth {_LIBROSA}",
            ),
            ("rolloff", "rolloff", "frequency below which 85 % of the magnitude lies", _LIBROSA),
        )
    ),
    _full_band(
        "flatness",
        "dB",
        "spectral flatness, geometric over arithmetic mean of the power",
        _LIBROSA,
        low=-200,
        high=0,
        original="librosa.feature.spectral_flatness",
        own=f"{_SILENCE}; in dB",
    ),
)
_RMS = _contour(
    "rms",
    "dB",
    "level of 25 ms frames, dB re full scale",
    _LIBROSA,
    "intensity",
    -300,
    100,
    level=True,
    original="librosa.feature.rms",
    own="at most 100 dB below the loudest frame; in dB",
)
_ZCR = _full_band(
    "zcr",
    "1/s",
    "rate of zero crossings in 25 ms frames",
    "librosa zero_crossing_rate, times the sample rate",
    low=0,
    high=16000,
    ratio_scale=True,
    original="librosa.feature.zero_crossing_rate",
    own="per second",
)
_CONTRAST_GROUP = _group(
    "contrast",
    *(
        _full_band(
            f"contrast{k}",
            "dB",
            f"spectral contrast (peaks over valleys) of band {k} of {N_CONTRAST} (below 200 Hz, then octaves)",
            f"spectral_contrast {_LIBROSA} (Jiang et al. 2002)",
            low=0,
            high=200,
        )
        for k in range(1, N_CONTRAST + 1)
    ),
    original="librosa.feature.spectral_contrast, in both engines",
    own=f"power relative to the clip's strongest; {_SILENCE}",
)
_CHROMA_GROUP = _group(
    "chroma",
    *(
        _full_band(
            f"chroma{k}",
            "ratio",
            f"energy of pitch class {k} of {N_CHROMA} (1 is C) over that of the strongest",
            f"chroma_stft {_LIBROSA} (Ellis 2007)",
            low=0,
            high=1,
        )
        for k in range(1, N_CHROMA + 1)
    ),
    original="librosa.feature.chroma_stft",
    own=_SILENCE,
)
*_LEVEL_AND_SHAPES, _CROSSINGS = _group("spectrum", _RMS, *_SHAPES, _ZCR)
_AS_COMPUTED = (
    *_PITCH_GROUP,
    *_INTENSITY_GROUP,
    *_FORMANT_GROUP,
    *_CEPSTRAL_PEAK_GROUP,
    *_HARMONIC_GROUP,
    *_BALANCE_GROUP,
    *_MEL_GROUP,
    *_LEVEL_AND_SHAPES,
    *_CONTRAST_GROUP,
    *_CHROMA_GROUP,
    _CROSSINGS,
)
#: Contours that differ between voiced and unvoiced sounds as such: also kept apart by voicing.
_BY_VOICING = {c.descriptor for c in (*_BALANCE_GROUP, *_MFCCS, *_SHAPES, _RMS, _ZCR)}


def _only(contour: Contour, over: str) -> Contour:
    return replace(
        contour, descriptor=f"{contour.descriptor}_{over}", text=f"{contour.text}, on {over} frames", over=over
    )


#: Every contour by its descriptor.
CONTOURS: dict[str, Contour] = {
    contour.descriptor: contour
    for contour in (
        *_AS_COMPUTED,
        *(_only(c, over) for over in ("voiced", "unvoiced") for c in _AS_COMPUTED if c.descriptor in _BY_VOICING),
    )
}

"""Every contour: name, unit, definition, formula, source, family and valid range. Plain data."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count

from .feature import FULL_BAND_HZ, Contour, rows_of
from .formulas import CONTOUR_FORMULAS

N_MFCC = 13
N_MELS = 40
N_CHROMA = 12
N_CONTRAST = 6
N_FORMANTS = 4
N_RASTA = 20
#: Sampling rate that is enough for contours that use frequencies below 4 kHz only.
NARROW_BAND_HZ = 8000
#: At lower sampling rates, F1 and F2 are measured up to a tenth too low: five formants are sought in a band with four.
FORMANT_BAND_HZ = 11025

_HARMONICS = "levels of single harmonics, over four periods (Hanson 1997)"
_CORRECTED = "levels of single harmonics without the boost by formants (Iseli, Shue & Alwan 2007)"
_EGEMAPS = "as defined for GeMAPS (Eyben et al. 2016), on 25 ms Hann frames"
_CONTRAST = "spectral contrast (peaks over valleys)"
_SPREAD = "bandwidth (standard deviation around its centroid) of the magnitude spectrum"
_PEAKS = "level of the strongest peak below 2 kHz minus that of the strongest from 2 to 5 kHz"
_SLOPE = "slope of the spectrum from"
_MFCC = f"librosa mfcc, {N_MELS} mel bands to 8 kHz (Davis & Mermelstein 1980)"
_LIBROSA_MFCC = "librosa.feature.mfcc"
_LIBROSA = "as librosa defines it, on 25 ms Hann frames"
_RANGE = "levels more than 80 dB below the clip's loudest band are raised to that"
_REACH = "the level is in dB; frames more than 100 dB below the loudest one are raised to that"
_OURS = "the package computes all of it by the published definition"
_SILENCE = "undefined in frames of digital silence"

_contours = partial(rows_of, Contour, columns="descriptor unit text low high")
_of_voice = partial(_contours, family="voice quality")
_of_full_band = partial(_contours, family="spectrum", needs_rate_hz=FULL_BAND_HZ)
_of_mel_bands = partial(_of_full_band, group="mel")

_AS_COMPUTED = (
    *_contours(
        ("f0", "st", "fundamental frequency on voiced frames, semitones re 27.5 Hz", 0, 72),
        (
            "f0_above_p10",
            "st",
            "fundamental frequency relative to the 10th percentile of the clip, on voiced frames",
            -72,
            72,
        ),
        group="pitch",
        family="pitch",
        source="like Praat's To Pitch (ac), in two passes, octave errors corrected (Boersma 1993; Hirst 2011)",
        original="Praat, Sound: To Pitch (ac), twice",
        deviation="a first pass sets the search range; octave errors are corrected; the unit is the semitone",
    ),
    *_of_voice(
        ("hnr", "dB", "harmonics-to-noise ratio on voiced frames", -60, 60),
        group="pitch",
        source="like Praat's To Harmonicity (cc), in a window of one period of the clip's pitch floor (Boersma 1993)",
        original="Praat, Sound: To Harmonicity (cc)",
        deviation="the pitch floor is set for each clip; only frames where f0 is defined count",
    ),
    *_contours(
        (
            "intensity",
            "dB",
            "intensity in dB re 2e-5 Pa, as if full scale were 1 Pa (recordings are uncalibrated)",
            -300,
            160,
        ),
        group="intensity",
        family="intensity",
        source="Praat's To Intensity with a minimum pitch of 75 Hz",
        level=True,
        original="Praat, Sound: To Intensity, in both engines",
        deviation="frames more than 50 dB below the loudest one are raised to that",
    ),
    *_contours(
        ("intensity_rel", "dB", "intensity relative to the median of the clip's voiced frames", -150, 150),
        group="intensity",
        family="intensity",
        source="Praat's To Intensity with a minimum pitch of 75 Hz",
        original="Praat, Sound: To Intensity, in both engines",
        deviation="frames more than 50 dB below the loudest one are raised to that; the median is subtracted",
    ),
    *_contours(
        *(
            (f"f{k}{end}", f"{what} of formant {k} on voiced frames", high, FULL_BAND_HZ if k > 2 else FORMANT_BAND_HZ)
            for end, what, high in (("", "frequency", 7000), ("_bandwidth", "bandwidth", 14000))
            for k in range(1, N_FORMANTS + 1)
        ),
        columns="descriptor text high needs_rate_hz",
        unit="Hz",
        low=0,
        group="formants",
        family="formants",
        source="like Praat's To Formant (burg), 5 formants below 5375 Hz, or below 7000 Hz for short vocal tracts",
        ratio_scale=True,
        original="Praat, Sound: To Formant (burg)",
        deviation="short vocal tracts get a higher ceiling; only voiced frames have formants",
    ),
    *_of_voice(
        ("cpp", "dB", "cepstral peak prominence on voiced frames", -20, 60),
        group="cepstral_peak",
        source="height of the cepstrum's peak above its regression line (Hillenbrand et al. 1994)",
        needs_rate_hz=FULL_BAND_HZ,
        deviation=f"{_OURS}; Praat's CPPS also smooths over time, so that it has no value for a single frame",
    ),
    *_of_voice(
        *(
            (name, f"level of the first harmonic minus that of {text} for formants", source, rate_hz)
            for name, text, source, rate_hz in (
                ("h1h2", "the second, on voiced frames, not corrected", _HARMONICS, NARROW_BAND_HZ),
                ("h1a3", "the strongest near F3, on voiced frames, not corrected", _HARMONICS, FULL_BAND_HZ),
                ("h1h2_corrected", "the second, on voiced frames, corrected", _CORRECTED, FORMANT_BAND_HZ),
                ("h1a3_corrected", "the strongest near F3, on voiced frames, corrected", _CORRECTED, FULL_BAND_HZ),
            )
        ),
        columns="descriptor text source needs_rate_hz",
        unit="dB",
        low=-120,
        high=120,
        group="harmonics",
        deviation=f"{_OURS}, from the f0 and the formants of the engine; Praat has no such command",
    ),
    *_of_voice(
        ("alpha_ratio", "dB", "level of 1 to 5 kHz minus level of 50 Hz to 1 kHz", _EGEMAPS, -150, 150, FULL_BAND_HZ),
        ("hammarberg", "dB", _PEAKS, f"Hammarberg et al. 1980; {_EGEMAPS}", -150, 150, FULL_BAND_HZ),
        ("slope_0_500", "dB/kHz", f"{_SLOPE} 0 to 500 Hz", _EGEMAPS, -1000, 1000, 0),
        ("slope_500_1500", "dB/kHz", f"{_SLOPE} 500 to 1500 Hz", _EGEMAPS, -1000, 1000, NARROW_BAND_HZ),
        columns="descriptor unit text source low high needs_rate_hz",
        group="balance",
        deviation=f"{_OURS}, from the spectrogram of the engine; neither Praat nor librosa has it",
    ),
    *_of_mel_bands(
        ("loudness", "dB", -300, 200),
        columns="descriptor unit low high",
        text="loudness level, from the cube roots of the bands' weighted powers; relative, uncalibrated",
        source="equal-loudness weights and cube root as in Hermansky (1990)",
        family="intensity",
        level=True,
        deviation=f"{_OURS}, from the mel bands of the engine; librosa has no loudness",
    ),
    *_of_mel_bands(
        ("flux", "dB/s", "spectral flux, the mean rise of the mel bands' levels from frame to frame", 0, 10000),
        source="librosa onset_strength (Boeck & Widmer 2013)",
        original="librosa.onset.onset_strength",
        deviation=f"{_RANGE}; the change is per second",
    ),
    *_of_mel_bands(
        (
            "mfcc0",
            "dB",
            "mel-frequency cepstral coefficient 0, scaled so that it is the mean level of the mel bands",
            -300,
            100,
        ),
        source=_MFCC,
        level=True,
        original=_LIBROSA_MFCC,
        deviation=f"{_RANGE}; scaled so that it is the mean level",
    ),
    *_of_mel_bands(
        *((f"mfcc{k}", "dB", f"mel-frequency cepstral coefficient {k}", -600, 600) for k in range(1, N_MFCC + 1)),
        source=_MFCC,
        original=_LIBROSA_MFCC,
        deviation=_RANGE,
    ),
    *_of_mel_bands(
        *(
            (f"mfcc{k}_delta", f"change (regression over 9 frames) of mel-frequency cepstral coefficient {k}")
            for k in range(N_MFCC + 1)
        ),
        columns="descriptor text",
        unit="dB/s",
        low=-60000,
        high=60000,
        source=f"librosa delta; {_MFCC}",
        original=f"librosa.feature.delta of {_LIBROSA_MFCC}",
        deviation=f"{_RANGE}; the change is per second",
    ),
    *_of_mel_bands(
        *((f"mel{k}", "dB", f"level of mel band {k} of {N_MELS}", -300, 100) for k in range(1, N_MELS + 1)),
        source=f"librosa's mel filters, {N_MELS} bands up to 8 kHz",
        level=True,
        original="librosa.feature.melspectrogram",
        deviation=_RANGE,
    ),
    *_of_mel_bands(
        ("loudness_rel", "dB", "loudness level relative to the median of the clip's voiced frames", -200, 200),
        source="equal-loudness weights and cube root as in Hermansky (1990)",
        family="intensity",
        deviation=f"{_OURS}, from the mel bands of the engine; librosa has no loudness",
    ),
    *_of_mel_bands(
        (
            "mfcc0_rel",
            "mel-frequency cepstral coefficient 0 relative to the median loudness level of the clip's voiced frames",
            _LIBROSA_MFCC,
            _MFCC,
        ),
        *(
            (
                f"mel{k}_rel",
                f"level of mel band {k} of {N_MELS} relative to the median loudness level of the clip's voiced frames",
                "librosa.feature.melspectrogram",
                f"librosa's mel filters, {N_MELS} bands up to 8 kHz",
            )
            for k in range(1, N_MELS + 1)
        ),
        columns="descriptor text original source",
        unit="dB",
        low=-500,
        high=400,
        deviation=f"{_RANGE}; the median loudness level is subtracted",
    ),
    *_of_full_band(
        *((f"rasta{k}", f"RASTA-filtered level of auditory band {k} of {N_RASTA}") for k in range(1, N_RASTA + 1)),
        columns="descriptor text",
        unit="dB",
        low=-1000,
        high=1000,
        source="Hermansky & Morgan 1994, on pairs of 40 mel bands to 8 kHz",
        group="rasta",
        deviation=f"{_OURS}, from the mel bands of the engine; neither Praat nor librosa has it; {_RANGE}",
    ),
    *_contours(
        ("rms", "dB", "level of 25 ms frames, dB re full scale", -300, 100),
        source=_LIBROSA,
        group="spectrum",
        family="intensity",
        level=True,
        original="librosa.feature.rms",
        deviation=_REACH,
    ),
    *_of_full_band(
        ("centroid", "librosa.feature.spectral_centroid", "centroid of the magnitude spectrum", _LIBROSA),
        ("spread", "librosa.feature.spectral_bandwidth", _SPREAD, f"spectral_bandwidth {_LIBROSA}"),
        ("rolloff", "librosa.feature.spectral_rolloff", "frequency below which 85 % of the magnitude lies", _LIBROSA),
        columns="descriptor original text source",
        unit="Hz",
        low=0,
        high=8000,
        group="spectrum",
        ratio_scale=True,
        deviation=_SILENCE,
    ),
    *_of_full_band(
        ("flatness", "dB", "spectral flatness: geometric over arithmetic mean of the power", -200, 0),
        source=_LIBROSA,
        group="spectrum",
        original="librosa.feature.spectral_flatness",
        deviation=f"{_SILENCE}; in dB",
    ),
    *_of_full_band(
        *(
            (f"contrast{k}", f"{_CONTRAST} of band {k} of {N_CONTRAST} (below 200 Hz, then octaves)")
            for k in range(1, N_CONTRAST + 1)
        ),
        columns="descriptor text",
        unit="dB",
        low=0,
        high=200,
        source=f"spectral_contrast {_LIBROSA} (Jiang et al. 2002)",
        group="contrast",
        original="librosa.feature.spectral_contrast, in both engines",
        deviation=f"the power is relative to the clip's strongest; {_SILENCE}",
    ),
    *_of_full_band(
        *(
            (f"chroma{k}", f"energy of pitch class {k} of {N_CHROMA} (1 is C), divided by that of the strongest class")
            for k in range(1, N_CHROMA + 1)
        ),
        columns="descriptor text",
        unit="ratio",
        low=0,
        high=1,
        source=f"chroma_stft {_LIBROSA} (Ellis 2007)",
        group="chroma",
        original="librosa.feature.chroma_stft",
        deviation=_SILENCE,
    ),
    *_of_full_band(
        ("zcr", "1/s", "rate of zero crossings in 25 ms frames", 0, 16000),
        source="librosa's zero_crossing_rate, times the sampling rate",
        group="spectrum",
        ratio_scale=True,
        original="librosa.feature.zero_crossing_rate",
        deviation="the rate is per second",
    ),
    *_contours(
        ("rms_rel", "dB", "level of 25 ms frames relative to the median of the clip's voiced frames", -300, 300),
        source=_LIBROSA,
        group="spectrum",
        family="intensity",
        original="librosa.feature.rms",
        deviation=f"{_REACH}; the median is subtracted",
    ),
)


def _numbered(contours: Iterable[Contour]) -> Iterator[Contour]:
    """Give each contour its formula, and its row in the matrix of its group, which holds them in this order."""
    rows: defaultdict[str, Iterator[int]] = defaultdict(count)
    for contour in contours:
        yield replace(contour, row=next(rows[contour.group]), formula=CONTOUR_FORMULAS[contour.descriptor])


def _by_voicing(contour: Contour) -> bool:
    """Whether a contour is also kept apart for voiced and for unvoiced frames, because these differ in it."""
    mfccs = {f"mfcc{k}" for k in range(1, N_MFCC + 1)}
    return contour.group in ("balance", "spectrum") or contour.descriptor in mfccs


def _only(contour: Contour, over: str) -> Contour:
    return replace(
        contour, descriptor=f"{contour.descriptor}_{over}", text=f"{contour.text}, on {over} frames", over=over
    )


_OVER_ALL = tuple(_numbered(_AS_COMPUTED))
#: Every contour by its descriptor: over all frames, and some also over voiced and over unvoiced frames alone.
CONTOURS: dict[str, Contour] = {
    contour.descriptor: contour
    for contour in (
        *_OVER_ALL,
        *(_only(c, over) for over in ("voiced", "unvoiced") for c in _OVER_ALL if _by_voicing(c)),
    )
}

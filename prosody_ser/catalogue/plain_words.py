"""Features that can be explained to a newcomer: their names in everyday words, and their values in familiar units."""

from typing import NamedTuple

from ..units import SEMITONE_REFERENCE_HZ


class Plain(NamedTuple):
    """The name and the unit in which a feature is shown to a newcomer."""

    words: str
    unit: str
    factor: float = 1.0  #: multiplies the feature's value to give the value in this unit
    decimals: int = 1
    in_hz: bool = False  #: whether semitones are shown in Hz

    def formatted(self, value: float) -> str:
        """Format a value without its unit: ``9.1``."""
        return f"{self.number(value):.{self.decimals}f}".replace("-", "\N{MINUS SIGN}")

    def number(self, value: float) -> float:
        """Convert a value to the unit in which it is shown."""
        number = SEMITONE_REFERENCE_HZ * 2 ** (value / 12) if self.in_hz else value * self.factor
        return round(number, self.decimals) + 0.0  # no minus before a zero


_HZ, _WHOLE_DB, _PERCENT = ("Hz", 1.0, 0), ("dB", 1.0, 0), ("%", 100.0, 0)

#: By feature. Pitch is shown in Hz, differences of pitch in semitones.
PLAIN_WORDS = {
    "f0_p50_st": Plain("middle of the pitch", "Hz", decimals=0, in_hz=True),
    "f0_range_p20_p80_st": Plain("pitch range", "st"),
    "f0_slope_st_per_s": Plain("rise of the pitch", "st/s"),
    "f0_final_drop_st": Plain("pitch at the end, against the rest", "st"),
    "intensity_sd_db": Plain("variation of the level", "dB"),
    "intensity_range_p20_p80_db": Plain("range of the level", "dB"),
    "loudness_range_p20_p80_db": Plain("range of the loudness", "dB"),
    "intensity_rel_p20_db": Plain("level of the quiet parts, against the voice", "dB"),
    "f1_mean_hz": Plain("first formant (how open the mouth is)", *_HZ),
    "f2_mean_hz": Plain("second formant (how far forward the tongue is)", *_HZ),
    "f1_sd_hz": Plain("movement of the first formant", *_HZ),
    "f2_sd_hz": Plain("movement of the second formant", *_HZ),
    "f1_bandwidth_mean_hz": Plain("width of the first formant", *_HZ),
    "hnr_mean_db": Plain("voice above noise", *_WHOLE_DB),
    "cpp_mean_db": Plain("clearness of the voice", *_WHOLE_DB),
    "h1h2_mean_db": Plain("breathiness (first harmonic above the second)", "dB"),
    "h1a3_mean_db": Plain("softness (first harmonic above the third formant)", *_WHOLE_DB),
    "alpha_ratio_voiced_mean_db": Plain("sharpness (above 1 kHz, against below)", *_WHOLE_DB),
    "jitter_local_ratio": Plain("jitter (unevenness of the voice's periods)", "%", 100.0),
    "shimmer_local_db": Plain("shimmer (unevenness of the voice's level)", "dB", decimals=2),
    "speech_rate_per_s": Plain("syllables per second", "per s"),
    "articulation_rate_per_s": Plain("syllables per second without pauses", "per s"),
    "pause_share_ratio": Plain("share of pauses", *_PERCENT),
    "voiced_mean_s": Plain("length of voiced stretches", "s", decimals=2),
    "voiced_share_ratio": Plain("share that is voiced", *_PERCENT),
    "centroid_mean_hz": Plain("brightness (centre of the spectrum)", *_HZ),
    "zcr_mean_per_s": Plain("zero crossings (hiss)", "per s", decimals=0),
    "flux_mean_db_per_s": Plain("how fast the spectrum changes", "dB/s", decimals=0),
    "mfcc1_mean_db": Plain("slope of the spectrum (MFCC 1)", *_WHOLE_DB),
}

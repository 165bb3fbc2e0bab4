"""Feature sets by name: which functionals of which contours, and which measures."""

from functools import cache

from ..errors import chosen
from ..functionals.sequence import SEQUENCE
from ..functionals.statistics import FUNCTIONALS
from .contours import CONTOURS, N_MELS, N_MFCC, N_RASTA
from .feature import Contour, Feature, feature_of
from .measures import MEASURES

DEFAULT_SET = "prosody_v1"
#: The set whose contours ``--level frames`` measures: it has all of them, including the mel bands.
FRAMES_SET = "full_v1"

_LEVELS = ("mean", "sd", "p20", "p50", "p80", "range_p20_p80", "slope")
_MOVEMENT = ("change_p50", "change_sd", "rise_share")
_BRIEF = ("mean", "sd", "slope", "change_p50")

#: Features that can be explained in words: the main statistics of contours, and measures.
_PROSODY_V1: dict[str, tuple[str, ...]] = {
    "f0": (*_LEVELS, *_MOVEMENT, "final_slope", "final_drop", "dct1", "dct2"),
    "f0_above_p10": ("mean",),
    "hnr": _BRIEF,
    "intensity": ("energy_mean", *_LEVELS, "change_p50"),
    "intensity_rel": ("mean", "p20", "p50", "p80"),
    "loudness": ("mean", "sd", "range_p20_p80", "change_p50"),
    "loudness_rel": ("mean",),
    **{f"f{k}": ("mean", "sd", "slope") for k in (1, 2, 3)},
    "f4": ("mean",),
    **{f"f{k}_bandwidth": ("mean", "sd") for k in (1, 2, 3)},
    "cpp": ("mean", "sd", "slope"),
    "h1h2": ("mean", "sd"),
    "h1a3": ("mean", "sd"),
    "alpha_ratio_voiced": ("mean", "sd"),
    "hammarberg_voiced": ("mean", "sd"),
    "slope_0_500_voiced": ("mean", "sd"),
    "slope_500_1500_voiced": ("mean", "sd"),
    "flux": ("mean", "sd"),
    "zcr": _BRIEF,
    "centroid": ("mean", "sd"),
    **{f"mfcc{k}": ("mean", "sd", "change_p50") for k in range(1, N_MFCC + 1)},
}
_PROSODY_V1_MEASURES = (
    *("jitter_local_ratio", "shimmer_local_ratio", "shimmer_local_db"),
    *("pause_rate_per_s", "pause_mean_s", "pause_share_ratio"),
    *("voiced_share_ratio", "voiced_rate_per_s", "voiced_mean_s", "voiced_sd_s"),
    *("speech_rate_per_s", "articulation_rate_per_s", "syllable_npvi_ratio"),
    *("modulation_centroid_hz", "modulation_3_6_ratio"),
    *("vocal_tract_length_cm", "formant_dispersion_hz"),
)

#: Families of contours for which shape and movement are informative: in `full_v1` they get every functional.
_CORE_FAMILIES = ("pitch", "intensity", "formants", "voice quality")
_FEW = ("mean", "sd", "skewness", "kurtosis", "p05", "p20", "p50", "p80", "p95", "slope", "change_p50", "change_sd")
_FINAL = ("final_drop", "final_slope")


def _full(contour: Contour) -> tuple[str, ...]:
    if contour.over != "all" or contour.family not in _CORE_FAMILIES:
        return _FEW
    if contour.descriptor == "f0_above_p10":
        return ("mean", "p50", "p80", "p95")  # the other statistics are the same as those of f0
    if contour.descriptor in ("intensity_rel", "loudness_rel"):
        return ("mean", "p05", "p20", "p50", "p80", "p95")  # the others equal those of the absolute level
    melody = contour.family in ("pitch", "intensity")
    scales = {"any"} | ({"ratio"} if contour.ratio_scale else set()) | ({"level"} if contour.level else set())
    return tuple(
        f.name
        for f in FUNCTIONALS.values()
        if f.name not in SEQUENCE and (melody or f.name not in _FINAL) and f.scale in scales
    )


#: In `wide_v1`, each level is replaced by the level relative to the clip, which gain and distance do not change.
_RELATIVE = {
    "intensity": "intensity_rel",
    "loudness": "loudness_rel",
    "rms": "rms_rel",
    "rms_voiced": "rms_rel_voiced",
    "rms_unvoiced": "rms_rel_unvoiced",
    "mfcc0": "mfcc0_rel",
    **{f"mel{k}": f"mel{k}_rel" for k in range(1, N_MELS + 1)},
}
_ABSOLUTE = {relative: absolute for absolute, relative in _RELATIVE.items()}
_RASTA = tuple(f"rasta{k}" for k in range(1, N_RASTA + 1))
#: Contours for which `wide_v1` has every statistic of movement.
_IN_MOTION = (
    *("f0", "hnr", "intensity_rel", "loudness_rel", "rms_rel", "f1", "f2", "f3", "cpp", "h1h2", "h1a3"),
    *("alpha_ratio", "hammarberg", "slope_0_500", "slope_500_1500"),
    *("flux", "centroid", "spread", "flatness", "zcr"),
    *(f"mfcc{k}" for k in range(1, N_MFCC + 1)),
    *_RASTA,
)
_SHAPE = ("rise_share", "slope_residual", "curvature")


def _wide(descriptor: str) -> tuple[str, ...]:
    """Statistics of a contour in `wide_v1`: those of `full_v1` (of the absolute contour it replaces), and more."""
    as_in_full = _FEW if descriptor in _RASTA else _full(CONTOURS[_ABSOLUTE.get(descriptor, descriptor)])
    more = (*_SHAPE, *SEQUENCE) if descriptor in _IN_MOTION else ()
    # A relative level is not a level: functionals of levels do not apply.
    return tuple(name for name in dict.fromkeys((*as_in_full, *more)) if FUNCTIONALS[name].scale != "level")


def _functionals_of(name: str) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    if name == "prosody_v1":
        return _PROSODY_V1, _PROSODY_V1_MEASURES
    if name == "full_v1":
        only_wide = {*_ABSOLUTE, *_RASTA} - {"intensity_rel", "loudness_rel"}
        full = [contour for contour in CONTOURS.values() if contour.descriptor not in only_wide]
        return {contour.descriptor: _full(contour) for contour in full}, tuple(MEASURES)
    wide = [descriptor for descriptor in CONTOURS if descriptor not in _RELATIVE]
    return {descriptor: _wide(descriptor) for descriptor in wide}, tuple(MEASURES)


#: Names of the feature sets. They are frozen: a changed value needs a set with a new name.
FEATURE_SETS = ("prosody_v1", "full_v1", "wide_v1")


def feature_set(name: str) -> tuple[Feature, ...]:
    """Return the features of a set, in column order.

    Parameters
    ----------
    name : str
        One of :data:`prosody_ser.catalogue.FEATURE_SETS`.

    Returns
    -------
    tuple of Feature
        Each with its name, unit, definition, source, family and valid range.

    Raises
    ------
    ProtocolError
        If there is no such set.

    Examples
    --------
    >>> [feature.name for feature in ser.feature_set("prosody_v1")][:2]
    ['f0_mean_st', 'f0_sd_st']
    """
    return _features_of(chosen("feature set", name, FEATURE_SETS))


@cache
def _features_of(name: str) -> tuple[Feature, ...]:
    functionals, measures = _functionals_of(name)
    return (
        *(feature_of(CONTOURS[c], FUNCTIONALS[f]) for c, statistics in functionals.items() for f in statistics),
        *(MEASURES[m] for m in measures),
    )


@cache
def all_contours() -> dict[str, Contour]:
    """Every contour over all frames, by its column name in a table of frames."""
    return {contour.name: contour for contour in CONTOURS.values() if contour.over == "all"}


def column(name: str) -> Feature | Contour | None:
    """The feature or contour in a column of a table; None if the catalogue does not know the column."""
    return all_features().get(name) or all_contours().get(name)


@cache
def all_features() -> dict[str, Feature]:
    """Every feature of every set, by its column name."""
    return {feature.name: feature for name in FEATURE_SETS for feature in feature_set(name)}

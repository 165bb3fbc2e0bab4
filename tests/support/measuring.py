"""Measurements of samples, by name."""

from tests.support.signals import RATE


def analysis(samples, rate=RATE):
    """Analyse samples, after their endpoints were detected."""
    from prosody_ser.audio.prepare import prepare_audio
    from prosody_ser.contours import Analysis

    return Analysis(prepare_audio(samples, rate))


def contour(clip, *descriptors):
    """Contours of an analysis by descriptor, one row each; a single one as a vector."""
    from prosody_ser.catalogue import CONTOURS
    from prosody_ser.contours import contour_matrix

    matrix = contour_matrix(clip, [CONTOURS[d] for d in descriptors])
    return matrix[0] if len(descriptors) == 1 else matrix


def row_of(samples, features="prosody_v1", rate=RATE):
    """Features of samples by name."""
    from prosody_ser.catalogue import feature_set
    from prosody_ser.features import RowPlan

    wanted = feature_set(features)
    return dict(zip((f.name for f in wanted), RowPlan(wanted).compute(analysis(samples, rate)), strict=True))

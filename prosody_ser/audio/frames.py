"""The common time grid: samples at 16 kHz, and one frame every 10 ms."""

SAMPLE_RATE_HZ = 16000
#: One step for everything measured in frames, endpoints included, so that added silence does not shift the frames.
FRAME_STEP_S = 0.010
FRAME_STEP = round(FRAME_STEP_S * SAMPLE_RATE_HZ)


def frames_in(seconds: float) -> int:
    """Convert a duration to a number of frames."""
    return round(seconds / FRAME_STEP_S)

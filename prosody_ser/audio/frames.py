"""The one grid: 16 kHz, and a frame every 10 ms."""

SAMPLE_RATE_HZ = 16000
#: One step for all that is measured in frames, endpoints too: added silence moves no frame against the speech.
FRAME_STEP_S = 0.010
FRAME_STEP = round(FRAME_STEP_S * SAMPLE_RATE_HZ)


def frames_in(seconds: float) -> int:
    """How many frames a time lasts."""
    return round(seconds / FRAME_STEP_S)

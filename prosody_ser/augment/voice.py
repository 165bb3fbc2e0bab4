"""Changes of the voice by Praat's pitch-synchronous overlap-add: duration, pitch and formants, one at a time.

References
----------
Moulines, E. & Charpentier, F. (1990). Pitch-synchronous waveform processing techniques for text-to-speech synthesis
    using diphones. Speech Communication 9(5-6), 453-467.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..errors import RecordingError

#: Pitch range in which Praat searches for the periods.
FLOOR_HZ, CEILING_HZ = 60.0, 700.0
TIME_STEP_S = 0.01


def stretched(samples: np.ndarray, sample_rate_hz: int, factor: float, rng: np.random.Generator) -> np.ndarray:
    """Make the samples `factor` times as long at the same pitch."""
    with _praat(samples, sample_rate_hz, rng) as (call, sound):
        return _samples(call(sound, "Lengthen (overlap-add)", FLOOR_HZ, CEILING_HZ, factor))


def transposed(samples: np.ndarray, sample_rate_hz: int, semitones: float, rng: np.random.Generator) -> np.ndarray:
    """Raise the pitch by `semitones`; duration and formants stay the same."""
    with _praat(samples, sample_rate_hz, rng) as (call, sound):
        manipulation = call(sound, "To Manipulation", TIME_STEP_S, FLOOR_HZ, CEILING_HZ)
        pitch = call(manipulation, "Extract pitch tier")
        call(pitch, "Multiply frequencies", sound.xmin, sound.xmax, 2 ** (semitones / 12))
        call([pitch, manipulation], "Replace pitch tier")
        return _samples(call(manipulation, "Get resynthesis (overlap-add)"))


def with_formants_moved(
    samples: np.ndarray, sample_rate_hz: int, factor: float, rng: np.random.Generator
) -> np.ndarray:
    """Multiply all formant frequencies by `factor`; pitch and duration stay the same."""
    with _praat(samples, sample_rate_hz, rng) as (call, sound):
        # new pitch median (0: as it is), pitch range factor, duration factor
        return _samples(call(sound, "Change gender", FLOOR_HZ, CEILING_HZ, factor, 0.0, 1.0, 1.0))


@contextmanager
def _praat(
    samples: np.ndarray, sample_rate_hz: int, rng: np.random.Generator
) -> Iterator[tuple[Callable[..., Any], Any]]:
    """Give Praat's function for commands and the sound to apply them to.

    In unvoiced sound, overlap-add uses random pieces. Praat's random numbers are seeded by `rng`, so that a copy can be
    reproduced.
    """
    import parselmouth
    from parselmouth import praat

    praat.run(f"random_initializeWithSeedUnsafelyButPredictably ({rng.integers(1, 2**31)})")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", parselmouth.PraatWarning)  # a warning if there is no voice
            yield praat.call, parselmouth.Sound(samples, sampling_frequency=sample_rate_hz)
    except parselmouth.PraatError as error:
        reason = str(error).strip().partition("\n")[0]
        raise RecordingError("unmeasurable", f"Praat could not change the voice ({reason})") from error
    finally:
        praat.run("random_initializeSafelyAndUnpredictably ()")


def _samples(sound: Any) -> np.ndarray:
    return np.ascontiguousarray(sound.values[0])

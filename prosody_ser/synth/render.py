"""Render the synthetic corpus in its own process: ``python -m prosody_ser.synth.render DIR SEED N``.

It prints the name of each file as it is written. Praat's synthesiser keeps state between calls, so the bytes are only
the same in a new process with the same order of calls.
"""

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import parselmouth
import soundfile
from parselmouth.praat import call, run
from scipy.interpolate import CubicSpline
from scipy.signal import firwin2, lfilter
from soxr import resample

from ..tables.feature_table import SYNTHETIC_NOTICE
from ..units import db_to_amplitude
from . import rules

SYNTHESIS_RATE_HZ = 44100
SAMPLE_RATE_HZ = 16000
#: RMS of a neutral clip at 0 dB, so low that the loudest peaks stay below full scale.
NEUTRAL_RMS = 0.015
SILENCE_S = 0.25
BACKGROUND_RMS = 2e-5
TILT_CORNER_HZ = 1000.0


def render_clip(
    synthesiser: parselmouth.Data, speaker: rules.Speaker, emotion: str, text: str, rng: np.random.Generator
) -> np.ndarray:
    """Render one clip as float64 samples at 16 kHz."""
    manner = rules.EMOTIONS[emotion]
    acted = np.clip(rng.normal(rules.STRENGTH_MEAN, rules.STRENGTH_SD), 0, rules.STRENGTH_MAX)
    strength = acted * speaker.expressiveness
    pitch_st = strength * manner.pitch_st + rng.normal(0, rules.PITCH_SD_ST)
    range_factor = manner.pitch_range_factor**strength * np.exp(rng.normal(0, rules.RANGE_SD_LOG))
    rate_factor = manner.rate_factor**strength * np.exp(rng.normal(0, rules.RATE_SD_LOG))
    level_db = speaker.level_db + strength * manner.level_db + rng.normal(0, rules.LEVEL_SD_DB)
    tilt_db = strength * manner.tilt_db + rng.normal(0, rules.TILT_SD_DB)
    jitter = abs(strength * manner.jitter_ratio + rng.normal(0, rules.JITTER_SD_RATIO))
    pitch_hz = speaker.pitch_hz * 2 ** (pitch_st / 12)

    spoken = _speak(synthesiser, text, round(speaker.words_per_minute * rate_factor)).values[0]
    # Praat's pitch analysis and overlap-add are faster at 16 kHz than at 44.1 kHz.
    spoken = resample(spoken, SYNTHESIS_RATE_HZ, SAMPLE_RATE_HZ, quality="HQ")
    speech = parselmouth.Sound(spoken, SAMPLE_RATE_HZ)
    # Beyond a factor of 2.5 the lowest points of the pitch contour would fall to 0 Hz.
    range_factor = float(min(range_factor, 2.5))
    speech = call(speech, "Change gender", 60, 500, speaker.formant_factor, pitch_hz, range_factor, 1.0)
    samples = _jittered(speech.values[0], jitter, pitch_hz, rng)
    samples = _tilted(samples, tilt_db)
    samples *= NEUTRAL_RMS * db_to_amplitude(level_db) / np.sqrt(np.mean(samples**2))
    silence = np.zeros(round(SILENCE_S * SAMPLE_RATE_HZ))
    samples = np.concatenate([silence, samples, silence])
    return samples + rng.normal(0, BACKGROUND_RMS, samples.size)


def _speak(synthesiser: parselmouth.Data, text: str, words_per_minute: int) -> parselmouth.Sound:
    call(synthesiser, "Speech output settings...", SYNTHESIS_RATE_HZ, 0.01, 1.0, 1.0, words_per_minute, "IPA")
    made = call(synthesiser, "To Sound", text, False)
    return made[0] if isinstance(made, list) else made


def _jittered(samples: np.ndarray, ratio: float, pitch_hz: float, rng: np.random.Generator) -> np.ndarray:
    """Warp time so that successive periods differ at random by `ratio` of a period."""
    period = SAMPLE_RATE_HZ / pitch_hz
    knots = np.arange(0, samples.size + period, period)
    position = np.arange(samples.size, dtype=float)
    warped = position + np.interp(position, knots, rng.normal(0, ratio * period, knots.size))
    return CubicSpline(position, samples)(warped)


def _tilted(samples: np.ndarray, tilt_db: float) -> np.ndarray:
    """Raise or lower what lies above 1 kHz: linear phase, one octave of transition."""
    nyquist = SAMPLE_RATE_HZ / 2
    high = db_to_amplitude(tilt_db)
    corners = np.array([0, TILT_CORNER_HZ / np.sqrt(2), TILT_CORNER_HZ * np.sqrt(2), nyquist])
    taps = firwin2(129, corners / nyquist, [1, 1, high, high])
    return lfilter(taps, 1, samples)


def render_corpus(folder: Path, seed: int) -> Iterator[str]:
    """Write every clip below `folder` and yield its name."""
    # Praat fills unvoiced segments from its own random generator, which is otherwise seeded by the clock.
    run(f"random_initializeWithSeedUnsafelyButPredictably ({seed + 1})")
    synthesisers = {}
    for i_speaker, speaker in enumerate(rules.SPEAKERS):
        synthesisers[speaker.name] = call("Create SpeechSynthesizer", rules.LANGUAGE, speaker.voice)
        for i_emotion, emotion in enumerate(rules.EMOTIONS):
            for i_sentence, (sentence, text) in enumerate(rules.SENTENCES.items()):
                for i_take, take in enumerate(rules.TAKES):
                    rng = np.random.default_rng([seed, i_speaker, i_emotion, i_sentence, i_take])
                    samples = render_clip(synthesisers[speaker.name], speaker, emotion, text, rng)
                    name = f"synthetic_{speaker.name}_{emotion}_{sentence}_{take}.wav"
                    with soundfile.SoundFile(folder / name, "w", SAMPLE_RATE_HZ, 1, "PCM_16") as file:
                        file.comment = SYNTHETIC_NOTICE
                        file.write(np.clip(samples, -1, 1))
                    yield name


def main() -> None:
    """Run the child process."""
    folder, seed, n_clips = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    (folder / "SYNTHETIC.txt").write_text(SYNTHETIC_NOTICE + f"\nMade by prosody-ser synth, seed {seed}.\n")
    for name in islice(render_corpus(folder, seed), n_clips):
        print(name, flush=True)


if __name__ == "__main__":
    main()

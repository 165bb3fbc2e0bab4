"""Sounds with known properties."""

import numpy as np
import soundfile
from scipy.signal import lfilter, resample_poly

RATE = 16000


def voice(f0_hz=150.0, seconds=1.0, amplitude=0.3, rate=RATE):
    """A buzz with a clear pitch, whose harmonics fall by 12 dB per octave."""
    t = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(f0_hz, t.shape)) / rate
    signal = sum(np.sin(k * phase) / k**2 for k in range(1, 20))
    return amplitude * signal / np.abs(signal).max()


def vowel(f0_hz, formants_hz, seconds=0.3, oversampling=4):
    """Pulses through a glottal slope of -12 dB an octave, lips of +6, and a cascade of resonators below 14 kHz."""
    rate = oversampling * RATE
    t = np.arange(round(seconds * rate)) / rate
    phase = np.cumsum(f0_hz * (1 + 0.02 * np.sin(2 * np.pi * 5 * t))) / rate
    signal = np.diff(np.floor(phase), prepend=0.0)
    pole = np.exp(-2 * np.pi * 100 / rate)
    signal = np.diff(lfilter([1], [1, -2 * pole, pole**2], signal), prepend=0.0)
    for hz in formants_hz:
        radius = np.exp(-np.pi * (50 + 0.05 * hz) / rate)
        middle = -2 * radius * np.cos(2 * np.pi * hz / rate)
        signal = lfilter([1 + middle + radius**2], [1, middle, radius**2], signal)
    signal = resample_poly(signal, 1, oversampling)
    noise = np.random.default_rng(0).normal(size=signal.size)
    return 0.5 * signal / np.abs(signal).max() + 1e-4 * noise


def speech_like(seed=0):
    """Voiced syllables at several pitches, with noise between them and a pause."""
    rng = np.random.default_rng(seed)
    parts = []
    for f0, seconds in ((140, 0.25), (180, 0.3), (160, 0.2), (220, 0.35), (150, 0.3)):
        glide = f0 * 2 ** (0.15 * np.sin(np.arange(round(seconds * RATE)) / RATE * 12))
        parts += [voice(glide, seconds, 0.3), 0.03 * rng.normal(size=RATE // 12)]
    parts[5] = np.zeros(RATE // 3)
    samples = np.concatenate(parts)
    return samples + 1e-4 * rng.normal(size=samples.size)


def write_wav(path, samples, rate=RATE, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, **options)
    return path

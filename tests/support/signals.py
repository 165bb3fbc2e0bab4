"""Sounds whose values are known."""

import numpy as np
import soundfile

RATE = 16000


def voice(f0_hz=150.0, seconds=1.0, amplitude=0.3, rate=RATE):
    """A buzz: harmonics falling by 12 dB an octave, so with a clear pitch."""
    t = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(f0_hz, t.shape)) / rate
    signal = sum(np.sin(k * phase) / k**2 for k in range(1, 20))
    return amplitude * signal / np.abs(signal).max()


def speech_like(seed=0):
    """Voiced syllables at several pitches, noise between them, a pause: something of everything."""
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

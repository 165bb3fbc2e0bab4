"""Sounds that are no speech: tones, beeps, noise, music, machines and animals, each of three seconds at 16 kHz."""

import numpy as np
from scipy.signal import chirp, sawtooth, square

RATE = 16000
_SECONDS = 3.0
_TIMES = np.arange(int(_SECONDS * RATE)) / RATE


def sounds(seed=0):
    """By name, float64 in [-1, 1]."""
    return {**_tones(), **_beeps(), **_noises(seed), **_music(), **_others(seed)}


def _faded(samples, fade_s=0.02):
    n = int(fade_s * RATE)
    shape = np.ones(samples.size)
    shape[:n], shape[-n:] = np.linspace(0, 1, n), np.linspace(1, 0, n)
    return samples * shape


def _tone(hz, times=_TIMES):
    return np.sin(2 * np.pi * hz * times)


def _switched(samples, per_second):
    return samples * (_tone(per_second, np.arange(samples.size) / RATE) > 0)


def _tones():
    sounds = {f"sine of {hz} Hz": 0.3 * _faded(_tone(hz)) for hz in (110, 220, 440, 1000, 3000)}
    sounds["square wave of 150 Hz"] = 0.2 * square(2 * np.pi * 150 * _TIMES)
    sounds["saw-tooth of 200 Hz"] = 0.2 * _faded(sawtooth(2 * np.pi * 200 * _TIMES))
    sounds["sweep"] = 0.3 * _faded(chirp(_TIMES, 100, _SECONDS, 2000))
    sounds["siren"] = 0.3 * np.sin(2 * np.pi * 700 * _TIMES + 400 * np.sin(np.pi * _TIMES))
    sounds["mains hum"] = 0.2 * sum(_tone(50 * k) / k for k in (1, 2, 3, 4))
    return sounds


def _beeps():
    sounds = {f"beeps of {hz} Hz": 0.3 * _switched(_tone(hz), rate) for hz, rate in ((1000, 2), (440, 4), (2000, 1))}
    sounds["dialling"] = 0.15 * _switched(_tone(770) + _tone(1336), 2.5)
    return sounds


def _noises(seed):
    white = np.random.default_rng(seed).normal(size=_TIMES.size)
    spectrum, hz = np.fft.rfft(white), np.maximum(np.fft.rfftfreq(_TIMES.size, 1 / RATE), 1)
    coloured = {power: np.fft.irfft(spectrum / hz**power, _TIMES.size) for power in (0.5, 1.0)}
    return {
        "white noise": 0.1 * white,
        "pink noise": 0.2 * coloured[0.5] / np.abs(coloured[0.5]).max(),
        "brown noise": 0.2 * coloured[1.0] / np.abs(coloured[1.0]).max(),
        "noise that swells 4 times a second": 0.1 * white * (1 + _tone(4)),
        "bursts of noise": 0.1 * _switched(white, 3),
    }


def _note(hz, seconds, harmonics=7, decays=True):
    times = np.arange(int(seconds * RATE)) / RATE
    sound = sum(np.sin(2 * np.pi * hz * k * times) / k for k in range(1, harmonics + 1))
    shape = np.exp(-3 * times / seconds) if decays else np.minimum(1, np.minimum(times, seconds - times) / 0.02)
    return 0.2 * sound * shape


def _music():
    steps = 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12, 4, 7, 0, 5]) / 12)
    sounds = {}
    for name, hz in (("high", 440.0), ("low", 147.0)):
        sounds[f"{name} melody, plucked"] = np.concatenate([_note(hz * step, 0.25) for step in steps])
        sounds[f"{name} melody, held"] = np.concatenate([_note(hz * step, 0.25, decays=False) for step in steps])
    chords = [sum(_note(hz * ratio, 0.75) for ratio in (1, 1.26, 1.5)) for hz in (220, 196, 174.6, 261.6)]
    sounds["chords"] = np.concatenate(chords) / 2
    return sounds


def _others(seed):
    rng = np.random.default_rng(seed)
    turns = np.cumsum(80 * (1 + 0.02 * rng.normal(size=_TIMES.size))) / RATE
    trill = np.cumsum(3000 + 800 * _tone(7)) / RATE
    bark, gap = 2 * _note(180, 0.15), np.zeros(int(0.25 * RATE))
    barks = np.concatenate([part for _ in range(7) for part in (bark, gap)])
    return {
        "engine": 0.2 * sum(np.sin(2 * np.pi * k * turns) / k for k in range(1, 20)),
        "bird": 0.2 * _switched(np.sin(2 * np.pi * trill), 2),
        "barking": barks + 0.01 * rng.normal(size=barks.size),
    }

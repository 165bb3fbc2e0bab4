"""The fall of recordings' spectra at the edge of their band: ``python benchmarks/bandwidth.py DIR [N]``.

N recordings (20 if not given) as they are, and limited to the bands of 8, 11.025 and 12 kHz and of the telephone: the
largest fall that the rule of :mod:`prosody_ser.audio.bandwidth` could find, and the band that it finds.
"""

import sys
from pathlib import Path

import numpy as np
import soundfile
import soxr
from scipy.signal import butter, sosfiltfilt

from prosody_ser.audio import bandwidth
from prosody_ser.audio.prepare import prepare_audio


def limited(samples, rate_hz, to_hz):
    """Resample to a lower rate and back, in 16 bits."""
    narrow = soxr.resample(soxr.resample(samples, rate_hz, to_hz), to_hz, rate_hz)
    return np.round(narrow * 32767) / 32767


def telephone(samples, rate_hz):
    """Filter to 300 to 3400 Hz, with noise 80 dB below full scale."""
    band = butter(4, [300, 3400], btype="band", fs=rate_hz, output="sos")
    filtered = sosfiltfilt(band, limited(samples, rate_hz, 8000))
    return filtered + 1e-4 * np.random.default_rng(0).normal(size=filtered.size)


TREATMENTS = {
    "as it is": lambda samples, rate_hz: samples,
    "8 kHz": lambda samples, rate_hz: limited(samples, rate_hz, 8000),
    "11.025 kHz": lambda samples, rate_hz: limited(samples, rate_hz, 11025),
    "12 kHz": lambda samples, rate_hz: limited(samples, rate_hz, 12000),
    "telephone": telephone,
}


def band_and_fall(samples, rate_hz):
    """The bandwidth in Hz and the largest fall in dB; there is no bandwidth limit if the fall is too small."""
    audio = prepare_audio(samples, rate_hz)
    speech = audio.samples[audio.start : audio.end]
    least, fall = bandwidth.MIN_FALL_DB, 0.0
    for bandwidth.MIN_FALL_DB in range(1, 81):
        if bandwidth.bandwidth_hz(speech) == 8000:
            break
        fall = bandwidth.MIN_FALL_DB
    bandwidth.MIN_FALL_DB = least
    return bandwidth.bandwidth_hz(speech), fall


def main(folder, n_clips=20):
    """Print the quantiles for each treatment."""
    files = sorted(path for path in Path(folder).rglob("*") if path.suffix in (".wav", ".flac"))
    files = files[:: max(1, len(files) // n_clips)][:n_clips]
    for name, treat in TREATMENTS.items():
        results = []
        for file in files:
            samples, rate_hz = soundfile.read(file, always_2d=True)
            results.append(band_and_fall(treat(samples.mean(axis=1), rate_hz), rate_hz))
        bands, falls = np.array(results).T
        lowest, middle, highest = np.quantile(falls, (0, 0.5, 1))
        fall = f"fall {lowest:.0f} to {highest:.0f} dB, median {middle:.0f}"
        print(f"{name:11} {len(files)} clips  {fall}; band {bands.min():.0f} to {bands.max():.0f} Hz")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))

"""Recordings as the page holds them, in memory only; and the built-in examples, which are synthetic."""

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

from ..synth import synthesise

#: Number of clips of the first speaker of the synthetic corpus, and those of them that make up the examples.
_N_CLIPS = 40
_SHORT = "anger_s1_t1"
_LONG = ("neutral_s1_t1", "anger_s2_t1", "anger_s3_t1", "sadness_s4_t1", "sadness_s1_t2", "neutral_s2_t1")
_SAME_VOICE = ("neutral_s3_t1", "sadness_s2_t2", "fear_s4_t1", "happiness_s3_t2", "anger_s4_t2")


@dataclass(frozen=True)
class Clip:
    """A recording as it was uploaded or recorded."""

    name: str
    sound: bytes
    synthetic: bool = False

    @cached_property
    def key(self) -> str:
        """A hash of the name and the sound."""
        return hashlib.sha256(self.name.encode() + b"\0" + self.sound).hexdigest()


@lru_cache(maxsize=1)
def example_clips() -> dict[str, tuple[Clip, ...]]:
    """Give synthetic recordings of one voice: a ``short`` one, a ``long`` one, and more of the ``same voice``."""
    with TemporaryDirectory(prefix="prosody-ser-page-") as folder:
        files = {path.stem.partition("_f1_")[2]: path for path in synthesise(folder, n_clips=_N_CLIPS)}
        pieces, rate_hz = [], 0
        for name in _LONG:
            samples, rate_hz = soundfile.read(files[name])
            pieces.append(samples)
        joined = io.BytesIO()
        soundfile.write(joined, np.concatenate(pieces), rate_hz, format="WAV", subtype="PCM_16")
        return {
            "short": (_clip(files[_SHORT]),),
            "long": (Clip("synthetic_neutral_anger_sadness.wav", joined.getvalue(), True),),
            "same voice": tuple(_clip(files[name]) for name in _SAME_VOICE),
        }


def _clip(path: Path) -> Clip:
    return Clip(path.name, path.read_bytes(), True)

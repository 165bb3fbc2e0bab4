"""Preparations before the page opens, so that the first visitor need not wait."""

import io

import numpy as np
import soundfile

from .clip_prediction import predict_clip
from .clips import Clip
from .models import given_model

_RATE_HZ = 16000


def warm_up() -> None:
    """Open the model, import the libraries and draw once, for a buzz of one second."""
    in_use = given_model()
    buzz = np.arange(_RATE_HZ) % (_RATE_HZ // 100) / _RATE_HZ
    file = io.BytesIO()
    soundfile.write(file, 10 * (buzz - buzz.mean()), _RATE_HZ, format="WAV")
    clip = Clip("buzz.wav", file.getvalue())
    others = [clip, clip] if in_use.takes_enrolment else []
    predict_clip(in_use.model, clip, in_use.ranges, others)

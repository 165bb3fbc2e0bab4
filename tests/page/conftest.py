"""Recordings that tests upload to the page."""

import io

import pytest
import soundfile

from prosody_ser.page.clips import Clip
from tests.support.signals import RATE, speech_like


def wav(samples):
    made = io.BytesIO()
    soundfile.write(made, samples, RATE, format="WAV", subtype="PCM_16")
    return made.getvalue()


@pytest.fixture(scope="session")
def clips():
    """Three uploads, the third of which is not a recording."""
    return [*(Clip(f"clip{i}.wav", wav(speech_like(i))) for i in range(2)), Clip("notes.wav", b"no sound at all" * 99)]

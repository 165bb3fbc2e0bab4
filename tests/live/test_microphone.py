"""Listening with a real capture device: to PortAudio, the monitor of what a sound server plays is a microphone."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from ctypes.util import find_library
from pathlib import Path

import numpy as np
import pytest

from prosody_ser import default_model_path, load_model
from prosody_ser.live.hop import SILENCE
from tests.support.processes import PATIENCE_S
from tests.support.schemas import validator
from tests.support.signals import voice, write_wav

#: Debian packages that the test needs.
NEEDED = "pulseaudio pulseaudio-utils libportaudio2 libasound2-plugins"
#: ALSA's own settings, and the sound server as the system's own device.
ALSA = "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n"
F0_HZ, AMPLITUDE = 200, 0.2


def missing():
    """List what a real capture device needs and this machine lacks."""
    lacking = [name for name in ("pulseaudio", "paplay", "pactl") if shutil.which(name) is None]
    lacking += [] if find_library("portaudio") else ["PortAudio"]
    lacking += [] if any(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")) else ["ALSA's pulse plugin"]
    return ", ".join(lacking)


@pytest.fixture
def folder():
    """A folder with a short name, because the name of a socket is limited."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture
def sound_server(folder):
    """A sound server of this test alone, with a sink that goes nowhere; gives the environment that leads to it."""
    if lacks := missing():
        pytest.skip(f"no capture device without {lacks} (on Debian: apt install {NEEDED})")
    pytest.importorskip("sounddevice", reason="no capture device without sounddevice (extra [live])")
    (folder / "run").mkdir(mode=0o700)
    (folder / "asound.conf").write_text(ALSA)
    socket = folder / "native"
    environment = os.environ | {
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "PULSE_RUNTIME_PATH": str(folder / "run"),
        "PULSE_STATE_PATH": str(folder),
        "PULSE_COOKIE": str(folder / "cookie"),
        "PULSE_SERVER": f"unix:{socket}",
        "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
    }
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    command += [f"--load=module-native-protocol-unix socket={socket} auth-anonymous=1"]
    command += ["--load=module-null-sink sink_name=test rate=48000 channels=1"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as server:
        try:
            deadline = time.monotonic() + PATIENCE_S
            while subprocess.run(["pactl", "info"], env=environment, capture_output=True, check=False).returncode:
                assert server.poll() is None, server.stderr.read().decode()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield environment
        finally:
            server.terminate()


@pytest.mark.slow
def test_the_microphone_is_heard(sound_server, tmp_path):
    """Silence, then a voice whose pitch and level are known."""
    played = voice(F0_HZ, 4.0, AMPLITUDE)
    write_wav(tmp_path / "voice.wav", played)
    command = [sys.executable, "-m", "prosody_ser", "live", "--json"]
    listening = subprocess.Popen(command, env=sound_server, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with listening:
        hops = [json.loads(listening.stdout.readline())]  # it listens now
        assert hops[0]["status"] == SILENCE
        with subprocess.Popen(["paplay", tmp_path / "voice.wav"], env=sound_server) as player:
            while len(hops) < 40 and not sum(heard(hop) for hop in hops) > 3:
                hops.append(json.loads(listening.stdout.readline()))
            player.wait(PATIENCE_S)
        listening.send_signal(signal.SIGINT)
        _, summary = listening.communicate(timeout=PATIENCE_S)
    assert listening.returncode == 0
    assert "with speech" in summary
    spoken = [hop for hop in hops if heard(hop)]
    assert len(spoken) > 3
    level_db = 20 * np.log10(np.sqrt(np.mean(played**2)))
    whole = [hop for hop in spoken if hop["level_db"] == pytest.approx(level_db, abs=0.5)]
    assert whole, [hop["level_db"] for hop in spoken]  # of the newest 0.5 s, all of which is the voice
    assert [hop["pitch_hz"] for hop in whole] == pytest.approx([F0_HZ] * len(whole), rel=0.01)
    for hop in hops:
        validator("live").validate(hop)
    labels = load_model(default_model_path()).labels
    for hop in spoken:
        assert hop["label"] in labels
        assert isinstance(hop["abstain"], bool)
        assert sum(hop["probabilities"].values()) == pytest.approx(1)


def heard(hop):
    return hop["status"] == "ok"

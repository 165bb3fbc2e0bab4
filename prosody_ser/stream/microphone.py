"""The microphone, by PortAudio (extra ``[live]``)."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..errors import LiveError
from .sources import BLOCK_S


class Microphone:
    """A microphone at its own sample rate, its first channel.

    Parameters
    ----------
    device : int or str, optional
        Number or part of the name; the system's own choice if not given.

    Attributes
    ----------
    overruns : int
        How often the driver's buffer was full before it was read: sound of unknown length is lost then.

    Raises
    ------
    LiveError
        If sounddevice or PortAudio is missing, or there is no such microphone.
    """

    waits = False

    def __init__(self, device: int | str | None = None):
        sounddevice = _sounddevice()
        self.overruns = 0
        # What PortAudio raises, and what sounddevice does of a name that fits none or several.
        self._errors: tuple[type[Exception], ...] = (sounddevice.PortAudioError, ValueError, OSError)
        try:
            about = sounddevice.query_devices(device, "input")
            self.title = f"microphone {about['name']}"
            self.sample_rate_hz = round(about["default_samplerate"])
            self._stream = sounddevice.InputStream(
                samplerate=self.sample_rate_hz, device=device, channels=1, dtype="float32", latency="high"
            )
            self._stream.start()
        except self._errors as error:
            wanted = "" if device is None else f" {device!r}"
            raise LiveError(
                f"no microphone{wanted} can be opened ({_first_line(error)}); or take --from FILE"
            ) from error

    def blocks(self) -> Iterator[np.ndarray]:
        """What is heard, until it is closed.

        Raises
        ------
        LiveError
            If the microphone is gone.
        """
        size = round(BLOCK_S * self.sample_rate_hz)
        while True:
            try:
                read, overrun = self._stream.read(size)
            except self._errors as error:
                if self._stream.closed:
                    return
                raise LiveError(f"{self.title}: is gone ({_first_line(error)})") from error
            self.overruns += bool(overrun)
            yield read[:, 0].astype(np.float64)

    def close(self) -> None:
        """Let go of the microphone."""
        try:
            self._stream.abort()
            self._stream.close()
        except self._errors:  # it was gone already
            pass


def _sounddevice() -> Any:
    try:
        import sounddevice
    except ImportError as error:
        raise LiveError(
            "a microphone needs the extra [live]: pip install 'prosody-ser[live]'; or take --from FILE"
        ) from error
    except OSError as error:
        raise LiveError(
            f"a microphone needs PortAudio ({_first_line(error)}; on Debian: apt install libportaudio2); or take "
            "--from FILE"
        ) from error
    return sounddevice


def _first_line(error) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]

"""The microphone, by PortAudio (extra ``[live]``)."""

from collections.abc import Iterator
from contextlib import suppress
from threading import Lock
from typing import Any

import numpy as np

from ..errors import LiveError
from .sources import BLOCK_S

#: How long a read may take before the microphone counts as gone.
CLOSING_S = 1.0


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

    Examples
    --------
    >>> listener = ser.Listener(ser.default_model_path(), ser.Microphone())  # doctest: +SKIP
    >>> for moment in listener.moments():  # doctest: +SKIP
    ...     print(moment)
    """

    waits = False

    def __init__(self, device: int | str | None = None):
        sounddevice = _sounddevice()
        self.overruns = 0
        self._closed, self._reading = False, Lock()
        # What PortAudio raises, and what sounddevice does of a name that fits none or several.
        self._errors: tuple[type[Exception], ...] = (sounddevice.PortAudioError, ValueError, OSError)
        try:
            about = sounddevice.query_devices(device, "input")
            self.title = f"microphone {about['name']}"
            self.sample_rate_hz = round(about["default_samplerate"])
            self._stream = sounddevice.InputStream(
                samplerate=self.sample_rate_hz, device=device, channels=1, dtype="float32", latency="high"
            )
        except self._errors as error:
            wanted = "" if device is None else f" {device!r}"
            why = _first_line(error)
            raise LiveError(f"no microphone{wanted} can be opened ({why}); or take --from FILE") from error

    def blocks(self) -> Iterator[np.ndarray]:
        """What is heard from now on, until it is closed.

        Yields
        ------
        ndarray of float64, shape (n_samples,)
            In [-1, 1].

        Raises
        ------
        LiveError
            If the microphone is gone.
        """
        size = round(BLOCK_S * self.sample_rate_hz)
        try:
            with self._reading:
                if not self._closed:
                    self._stream.start()
            while True:
                with self._reading:
                    if self._closed:
                        return
                    read, overrun = self._stream.read(size)
                self.overruns += bool(overrun)
                yield read[:, 0].astype(np.float64)
        except self._errors as error:
            raise LiveError(f"{self.title}: is gone ({_first_line(error)})") from error

    def close(self) -> None:
        """Let go of the microphone."""
        self._closed = True
        # Not while another thread reads; one that waits for a microphone that is gone would never end.
        if self._reading.acquire(timeout=CLOSING_S):
            with suppress(*self._errors):  # it was gone already
                self._stream.close()
            self._reading.release()


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


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]

"""The built-in synthetic corpus: emotional speech by rules, from the synthesiser inside Praat.

With it, every command can be tried without a corpus of recordings. The emotions follow the rules in
:mod:`prosody_ser.synth.rules`, so a score on this corpus says nothing about people.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ..errors import CorpusError, whole_number
from .rules import N_CLIPS

__all__ = ["synthesise"]


def synthesise(
    directory: str | os.PathLike,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    *,
    n_clips: int | None = None,
) -> list[Path]:
    """Write the synthetic corpus: 8 speakers, 5 emotions, 4 sentences, 2 takes.

    The same seed gives the same bytes on the same machine with the same versions. All files are rendered in one new
    process in a fixed order, because Praat's synthesiser keeps state between calls.

    Parameters
    ----------
    directory : path_like
        Created if missing. Files with the same names are replaced.
    seed : int
        Seed of the variation between takes.
    progress : callable, optional
        Called as ``progress(done, total)``.
    n_clips : int, optional
        Write only the first clips, with the same bytes; 40 clips are the first speaker, with 8 for each emotion.

    Returns
    -------
    list of Path
        The WAV files (320 if all; 16 kHz, 16 bit, mono), in the order in which they were made.

    Raises
    ------
    CorpusError
        If the folder cannot be created or written to.
    ProtocolError
        If `n_clips` is not a whole number of at least 1.

    Examples
    --------
    >>> len(ser.synthesise("corpus"))  # doctest: +SKIP
    320
    """
    if n_clips is not None:
        whole_number("the number of clips", n_clips, 1)
    folder = Path(directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CorpusError(f"{folder}: the folder cannot be created ({error.strerror})") from error
    if not os.access(folder, os.W_OK):
        raise CorpusError(f"{folder}: the folder cannot be written to")
    wanted = N_CLIPS if n_clips is None else n_clips
    command = [sys.executable, "-m", "prosody_ser.synth.render", str(folder), str(seed), str(wanted)]
    package_parent = str(Path(__file__).resolve().parents[2])
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, [package_parent, os.environ.get("PYTHONPATH")]))
    }
    files = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=environment
    ) as child:
        assert child.stdout is not None  # both are pipes
        assert child.stderr is not None
        try:
            for line in child.stdout:
                files.append(folder / line.rstrip("\n"))
                if progress is not None:
                    progress(len(files), wanted)
        except BaseException:
            child.kill()
            raise
        trouble = child.stderr.read().strip()
    if child.returncode != 0:
        cause = trouble.splitlines()[-1] if trouble else f"exit status {child.returncode}"
        raise CorpusError(f"{folder}: the speech synthesis failed ({cause})")
    return files

"""Search for inputs that a parser neither reads nor refuses, by coverage-guided fuzzing (atheris, on Linux).

``pip install atheris``, then ``python benchmarks/fuzz_parsers.py model FOLDER -max_total_time=3600``: the files in
FOLDER are changed at random for an hour, and those that reach new code are kept there. The other parsers are
``decode``, ``labels`` and ``textgrid``. The first input that raises something other than the parser's own error ends
the run and is kept as ``crash-...``. Options after the folder are libFuzzer's.
"""

import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["prosody_ser"], enable_loader_override=False):
    import pandas as pd
    import parselmouth

    from prosody_ser.audio.files.decode import open_recording
    from prosody_ser.datasets.labels import read_labels
    from prosody_ser.errors import CorpusError, ModelError, RecordingError
    from prosody_ser.model import load_model
    from prosody_ser.prediction.timeline import write_timeline


def model(path: Path) -> None:
    """Open a model file; it must be opened or refused."""
    with suppress(ModelError):
        load_model(path)


def decode(path: Path) -> None:
    """Decode a recording of any format; it must be decoded completely or refused."""
    with suppress(RecordingError), open_recording(path) as recording:
        for _ in recording.blocks():
            pass


def labels(path: Path) -> None:
    """Read a file of labels; it must be read or refused."""
    with suppress(CorpusError):
        read_labels(path.parent, [path])


def textgrid(path: Path) -> None:
    """Write a TextGrid of three intervals with any words; Praat must read the same words."""
    drawn = atheris.FuzzedDataProvider(path.read_bytes())
    words = [" ".join(drawn.ConsumeUnicodeNoSurrogates(20).split()) or "none" for _ in range(3)]
    words = ["".join(c for c in word if c.isprintable()) or "none" for word in words]
    rows = [(i * 1.5, i * 1.5 + 1.0, word, False, "ok", 0.5, 1.0) for i, word in enumerate(words)]
    columns = ["start", "end", "label", "abstain", "status", "confidence", "novelty"]
    out = path.with_suffix(".TextGrid")
    write_timeline(pd.DataFrame(rows, columns=columns), path.with_suffix(".none"), out)
    grid = parselmouth.read(str(out))
    count = int(parselmouth.praat.call(grid, "Get number of intervals", 1))
    texts = [parselmouth.praat.call(grid, "Get label of interval", 1, i + 1) for i in range(count)]
    assert [text for text in texts if text] == words, (words, texts)


PARSERS = {function.__name__: function for function in (model, decode, labels, textgrid)}


def main(arguments: list[str]) -> None:
    """Fuzz one parser, which gets its input as a file."""
    parser = PARSERS[arguments[1]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input"

        def one(content: bytes) -> None:
            path.write_bytes(content)
            parser(path)

        atheris.Setup([arguments[0], *arguments[2:]], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)

"""Timelines with arbitrary labels and times, read back by Praat."""

from itertools import pairwise

import pandas as pd
import parselmouth
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosody_ser.prediction.timeline import write_timeline
from tests.support.drawn import drawn, texts

labels = texts.map(str.strip).filter(bool)
times = st.lists(st.integers(1, 10**7), min_size=2, max_size=8, unique=True).map(
    lambda ms: [t / 1000 for t in sorted(ms)]
)


@pytest.mark.praat
@drawn
@given(times, st.data())
def test_praat_reads_what_was_written(tmp_path, times, data):
    """Segments may touch or have gaps between them."""
    pairs = [pair for pair in pairwise(times) if data.draw(st.booleans())]
    rows = [(start, end, data.draw(labels), data.draw(st.booleans())) for start, end in pairs]
    table = pd.DataFrame(rows, columns=["start", "end", "label", "abstain"]).assign(
        status="ok", confidence=0.5, novelty=1.25
    )
    path = tmp_path / "timeline.TextGrid"
    write_timeline(table, tmp_path / "gone.wav", path, notice='made "up"')
    grid = parselmouth.read(str(path))

    def ask(what, *where):
        return parselmouth.praat.call(grid, what, *where)

    assert [ask("Get tier name", tier) for tier in (1, 2, 3, 4)] == ["emotion", "confidence", "novelty", "notice"]
    assert ask("Get label of interval", 4, 1) == 'made "up"'
    intervals = []
    for i in range(1, int(ask("Get number of intervals", 1)) + 1):
        if text := ask("Get label of interval", 1, i):
            intervals.append((ask("Get start time of interval", 1, i), ask("Get end time of interval", 1, i), text))
            assert ask("Get label of interval", 2, i) == "0.50"
            assert ask("Get label of interval", 3, i) == "1.25"
    assert intervals == [(start, end, f"({label})" if unsure else label) for start, end, label, unsure in rows]

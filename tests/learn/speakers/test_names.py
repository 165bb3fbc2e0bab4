"""A row whose speaker is unknown is refused wherever speakers are read."""

import numpy as np
import pytest

from prosody_ser.errors import ProtocolError
from prosody_ser.learn.classifiers.calibration import SpeakerCalibratedClassifier
from prosody_ser.learn.pipeline import make_pipeline, make_tuned_pipeline
from prosody_ser.learn.preprocessing.speaker_norm import SpeakerNormalizer
from prosody_ser.learn.speakers.enrolment import mark_enrolment
from prosody_ser.learn.splits.splitters import (
    FixedSpeakerSplit,
    LeaveOneSpeakerOut,
    RepeatedSpeakerKFold,
    SpeakerKFold,
    SpeakerSentenceKFold,
)
from tests.support.tables import acted_table

TABLE = acted_table(6, rows_each=12)
Y = TABLE.y.to_numpy(dtype=object)
SPLITTERS = (LeaveOneSpeakerOut, SpeakerKFold, RepeatedSpeakerKFold, FixedSpeakerSplit, SpeakerSentenceKFold)


@pytest.mark.parametrize("unknown", [None, np.nan, ""])
def test_an_unknown_speaker_is_refused_by_all_who_read_speakers(unknown):
    X = TABLE.X
    levels = X.index.to_frame(index=False).astype({"speaker": object})
    levels.loc[3:5, "speaker"] = unknown
    X = X.set_axis(levels.set_index(list(levels.columns)).index, axis=0)
    readers = [lambda made=made: list(made().split(X, Y)) for made in SPLITTERS]
    readers += [
        lambda: SpeakerNormalizer().fit(X),
        lambda: SpeakerNormalizer(without_speakers="pool").fit(X),
        lambda: SpeakerNormalizer().fit(TABLE.X).transform(X),
        lambda: SpeakerCalibratedClassifier(make_pipeline("lda")).fit(X, Y),
        lambda: make_tuned_pipeline("lda").fit(X, Y),
        lambda: mark_enrolment(X),
    ]
    for read in readers:
        with pytest.raises(ProtocolError, match=r"X has 3 rows without a speaker \(the first is \('clip0003"):
            read()

"""Texts and arrays of a model file: unpacking returns what was packed, and other bytes are refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from numpy.testing import assert_array_equal

from prosody_ser.errors import ModelError
from prosody_ser.model.file_format.arrays import KINDS, array_bytes, array_from
from prosody_ser.model.file_format.canonical_json import as_json
from prosody_ser.model.file_format.skops_schema import SCHEMA, schema_of, texts_of
from prosody_ser.model.file_format.zip_members import packed, parsed, unpacked
from tests.support.drawn import drawn, texts

numbers = st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False))
plain = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)
arrays = st.sampled_from(list(KINDS.values())).flatmap(
    lambda kind: arrays_of.arrays(kind, arrays_of.array_shapes(max_dims=3, max_side=5, min_side=0))
)


@drawn
@given(plain, plain, st.lists(arrays, max_size=3))
def test_a_file_holds_what_was_packed(tmp_path, model, card, arrays):
    names = [f"array_{i:03d}.npy" for i in range(len(arrays))]
    schema = as_json(schema_of({"model": as_json(model), "card": as_json(card)}, names)).encode()
    members = {SCHEMA: schema} | {name: array_bytes(array) for name, array in zip(names, arrays, strict=True)}
    path = tmp_path / "one.skops"
    path.write_bytes(packed(members, "0.1.0"))
    read_members = unpacked(path)
    assert read_members == members
    assert texts_of(read_members[SCHEMA], ("model", "card"), names) == {"model": model, "card": card}
    for name, array in zip(names, arrays, strict=True):
        again = array_from(read_members[name], name)
        assert again.dtype == array.dtype
        assert_array_equal(again, array)


@drawn
@given(st.binary(max_size=300))
@pytest.mark.parametrize("begin", [b"", b"PK\x03\x04"])
def test_other_bytes_are_no_model(tmp_path, begin, content):
    path = tmp_path / "one.skops"
    path.write_bytes(begin + content)
    with pytest.raises(ModelError):
        unpacked(path)


@drawn
@given(st.one_of(st.text(), plain.map(repr), plain.map(as_json)))
def test_any_text_is_json_or_refused(text):
    with contextlib.suppress(ModelError):
        value = parsed(text, "card")
        assert parsed(as_json(value), "card") == value

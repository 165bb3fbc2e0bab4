"""Augmented copies as files are the same as those that are measured."""

import numpy as np
import pytest
import soundfile

from prosody_ser import extract_table, measure_file
from prosody_ser.augment import AUGMENTATIONS
from tests.support.signals import RATE, voice, write_wav


def test_a_copy_on_disk_is_the_one_in_the_table(cli):
    (cli.folder / "03a01Fa.wav").parent.mkdir(exist_ok=True)
    write_wav(cli.folder / "03a01Fa.wav", voice(180))
    done = cli("augment", "03a01Fa.wav", "copies", "--seed", "3")
    assert done.status == 0, done.err
    assert len(list((cli.folder / "copies").iterdir())) == len(AUGMENTATIONS) == len(done.out.splitlines())
    table = extract_table(cli.folder / "03a01Fa.wav", augment=",".join(AUGMENTATIONS), seed=3, jobs=1, cache=False)
    copies = table.frame[1:]
    assert [variant.partition(":")[0] for variant in copies["variant"]] == list(AUGMENTATIONS)
    for (_, row), path in zip(copies.iterrows(), sorted((cli.folder / "copies").iterdir()), strict=False):
        path = cli.folder / "copies" / f"03a01Fa_{row['variant'].replace(':', '_')}.wav"
        written = measure_file(path)
        close = np.isclose(
            row[list(table.feature_names)].to_numpy(dtype=float), written, rtol=1e-3, atol=1e-4, equal_nan=True
        )
        assert close.mean() > 0.97  # written with 24 bits


def test_nothing_is_overwritten_and_bad_input_is_a_line(cli):
    write_wav(cli.folder / "a.wav", voice(180))
    assert cli("augment", "a.wav", "copies", "--augment", "gain:-6").status == 0
    assert soundfile.info(cli.folder / "copies" / "a_gain_-6.wav").samplerate == RATE
    again = cli("augment", "a.wav", "copies", "--augment", "gain:-6")
    assert (again.status, again.err) == (
        2,
        "prosody-ser: copies/a_gain_-6.wav: the file exists already; choose another name, or add --force to replace "
        "it\n",
    )
    assert cli("augment", "a.wav", "copies", "--augment", "gain:-6", "--force").status == 0
    (cli.folder / "bad.wav").write_text("no")
    assert cli("augment", "bad.wav", "copies").err.startswith("prosody-ser: bad.wav: ")
    write_wav(cli.folder / "short.wav", voice(180, 0.01))
    assert cli("augment", "short.wav", "short").err.startswith(
        "prosody-ser: short.wav: Praat could not change the voice ("
    )
    assert not (cli.folder / "short").exists()
    assert "choose another folder" in cli("augment", "a.wav", ".").err
    assert "Praat could not change" in cli("plot", "short.wav", "--augment", "stretch").err
    assert cli("extract", "a.wav", "out.csv", "--seed", "3").err == (
        "prosody-ser: --seed can be used with --augment only, as nothing else is random\n"
    )
    assert "name a recording and a folder" in cli("augment", "a.wav").err
    assert cli("augment", "a.wav", "a.wav").err == "prosody-ser: a.wav: the folder cannot be created (File exists)\n"
    assert (
        "--segment and --augment cannot be combined"
        in cli("extract", "a.wav", "out.csv", "--segment", "2", "--augment", "noise").err
    )


def test_the_list_tells_what_each_one_moves(cli):
    listed = cli("augment", "--list").out
    for one in AUGMENTATIONS.values():
        assert f"{one.name:8}  {one.does[:40]}" in listed
        assert " ".join(one.moves.split()) in " ".join(listed.split())


@pytest.mark.parametrize("what", ["pitch", "noise:0"])
def test_before_and_after_are_drawn(cli, what):
    write_wav(cli.folder / "a.wav", voice(180))
    done = cli("plot", "a.wav", "--augment", what)
    assert done.status == 0, done.err
    assert done.out.startswith(what.partition(":")[0])
    assert (cli.folder / f"a_{what.replace(':', '_')}.png").stat().st_size > 20_000
    assert "a picture can show only one" in cli("plot", "a.wav", "--augment", "pitch,noise").err

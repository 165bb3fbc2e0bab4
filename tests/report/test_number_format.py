"""Numbers of reports: an undefined value is a dash, and a difference of nothing has one sign."""

from prosody_ser.report.number_format import MINUS, UNDEFINED, interval, number, signed


def test_what_rounds_to_zero_is_not_negative():
    assert signed(-0.0001) == signed(0.0) == "+0.000"
    assert number(-0.0001) == "0.000"
    assert signed(-0.012) == f"{MINUS}0.012"


def test_undefined_values_are_dashes():
    assert {signed(None), number(None), interval(None)} == {UNDEFINED}

"""Whether two tables, or two results, are of the same clips and mean the same by right."""

from collections.abc import Mapping

from ...errors import ProtocolError


def refuse_other_clips(one: Mapping[tuple, str], other: Mapping[tuple, str], one_name: str, other_name: str) -> None:
    """Raise unless both have the same clips with the same labels; a clip's key begins with file, ends with speaker."""
    both = f"{one_name} and {other_name}"
    for mine, theirs, name in ((one, other, one_name), (other, one, other_name)):
        only = sorted(set(mine) - set(theirs), key=str)
        if only:
            file, *_, speaker = only[0]
            raise ProtocolError(f"{both}: different clips ({len(only)} only in {name}, e.g. {file}, speaker {speaker})")
    for key, label in other.items():
        if one[key] != label:
            raise ProtocolError(
                f"{both}: different labels ({key[0]} is {one[key]} in {one_name}, {label} in {other_name})"
            )

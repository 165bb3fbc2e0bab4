"""Which candidates a search tries: all of a grid, or some drawn from it."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from sklearn.model_selection import ParameterGrid, ParameterSampler

from ...errors import ProtocolError, chosen

#: Ways of searching, by name.
SEARCHES = {
    "grid": "every candidate on every inner fold",
    "random": "candidates drawn at random, each on every inner fold",
    "halving": "after each inner fold the better half of the candidates goes on",
}
#: Candidates of a random search, if not said otherwise and if there are as many.
N_RANDOM = 20


def candidates_of(
    space: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Sequence[Any]]],
    search: str,
    n_candidates: int | None,
    seed: int,
) -> list[dict[str, Any]]:
    """Parameters of every candidate, in a fixed order; refused where there is nothing to try.

    Parameters
    ----------
    space : dict, or sequence of dict
        Values to try by name of parameter. A random search and a halving one with `n_candidates` also take
        distributions (anything with ``rvs``).
    search : str
    n_candidates : int, optional
        How many to draw, without repetition. For ``random`` 20 if not given, for ``halving`` all; a grid takes none.
    seed : int
    """
    chosen("search", search, SEARCHES)
    if n_candidates is not None and n_candidates < 1:
        raise ProtocolError(f"{n_candidates} candidates: take 1 or more")
    if search == "grid" and n_candidates is not None:
        raise ProtocolError("a grid tries all its candidates: a number of candidates is for 'random' or 'halving'")
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="The total space of parameters")  # then it is all of it
            if search == "random" or n_candidates is not None:
                found = list(ParameterSampler(space, n_candidates or N_RANDOM, random_state=seed))
            else:
                found = list(ParameterGrid(space))
    except (TypeError, ValueError) as error:
        raise ProtocolError(f"the search space cannot be used: {' '.join(str(error).split())}") from error
    if not any(found):
        raise ProtocolError("the search space is empty")
    return [dict(candidate) for candidate in found]

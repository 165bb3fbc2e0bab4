"""The candidates that a search tries: all of a grid, or a random selection."""

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
#: Default number of candidates of a random search, if the space has as many.
N_RANDOM = 20


def candidates_of(
    space: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Sequence[Any]]],
    search: str,
    n_candidates: int | None,
    seed: int,
) -> list[dict[str, Any]]:
    """Parameters of every candidate, in a fixed order.

    Parameters
    ----------
    space : dict, or sequence of dict
        Values to try by name of parameter. A random search, and a halving search with `n_candidates`, also accept
        distributions (objects with a method ``rvs``).
    search : str
    n_candidates : int, optional
        Number of candidates to draw, without repetition. By default 20 for ``random`` and all for ``halving``; not
        allowed for ``grid``.
    seed : int

    Raises
    ------
    ProtocolError
        If the search or the number of candidates is not valid, or there is nothing to try.
    """
    chosen("search", search, SEARCHES)
    if n_candidates is not None and n_candidates < 1:
        raise ProtocolError(f"the number of candidates must be at least 1 (got {n_candidates})")
    if search == "grid" and n_candidates is not None:
        raise ProtocolError(
            "a grid search tries all candidates: give a number of candidates only for the search 'random' or 'halving'"
        )
    try:
        with warnings.catch_warnings():
            # scikit-learn warns if the space is smaller than the number to draw; then all of it is tried.
            warnings.filterwarnings("ignore", message="The total space of parameters")
            if search == "random" or n_candidates is not None:
                candidates = list(ParameterSampler(space, n_candidates or N_RANDOM, random_state=seed))
            else:
                candidates = list(ParameterGrid(space))
    except (TypeError, ValueError) as error:
        raise ProtocolError(f"the search space cannot be used: {' '.join(str(error).split())}") from error
    if not any(candidates):
        raise ProtocolError("the search space is empty: give at least one value for at least one parameter")
    return [dict(candidate) for candidate in candidates]

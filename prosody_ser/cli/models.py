"""``prosody-ser models``."""

from collections.abc import Iterable, Mapping
from typing import Any

from .printing import print_lines

EXAMPLES = ("prosody-ser models",)


def command() -> None:
    """List the models and their parameters.

    The list gives the estimator of each model, its parameters, the values of --balance that it accepts, and the search
    spaces of 'tune'.
    """
    from ..learn.classifiers.registry import BALANCES, MODELS, balances_of
    from ..learn.tuning.spaces import SELECTION_SPACES, SPACES

    for name, model in MODELS.items():
        print_lines(f"{name}: {model.title}")
        print_lines(f"  estimator     {model.estimator}")
        print_lines(f"  parameters    {_set(model.parameters) or 'defaults'}")
        accepted = balances_of(name)
        print_lines(f"  balance       {'all' if accepted == list(BALANCES) else ', '.join(accepted)}")
        _print_spaces(SPACES[name])
        print_lines("")
    for name, spaces in SELECTION_SPACES.items():
        print_lines(f"--select {name} without a number: 'tune' searches the number as well")
        _print_spaces(spaces)
        print_lines("")
    print_lines(f"values of --balance: {', '.join(BALANCES)}")
    print_lines("your own model: --model package.module:Class, a scikit-learn classifier, installed or in this folder")


def _print_spaces(spaces: Mapping[str, Mapping[str, Iterable[Any]]]) -> None:
    for size, space in spaces.items():
        for number, (parameter, values) in enumerate(space.items()):
            head = f"search {size}:" if number == 0 else ""
            print_lines(f"  {head:14}{parameter} = {', '.join(map(_plain, values))}")


def _set(parameters: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_plain(value)}" for name, value in parameters.items())


def _plain(value: Any) -> str:
    return "+".join(map(str, value)) if isinstance(value, tuple) else str(value)

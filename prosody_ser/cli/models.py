"""``prosody-ser models``."""

from collections.abc import Iterable, Mapping
from typing import Any

from .printing import say

EXAMPLES = ("prosody-ser models",)


def command() -> None:
    """List the models and their parameters.

    The list gives the estimator of each model, its parameters, the values of --balance that it accepts, and the search
    spaces of 'tune'.
    """
    from ..learn.classifiers.registry import BALANCES, MODELS, balances_of
    from ..learn.tuning.spaces import SELECTION_SPACES, SPACES

    for name, model in MODELS.items():
        say(f"{name}: {model.title}")
        say(f"  estimator     {model.estimator}")
        say(f"  parameters    {_set(model.parameters) or 'defaults'}")
        accepted = balances_of(name)
        say(f"  balance       {'all' if accepted == list(BALANCES) else ', '.join(accepted)}")
        _print_spaces(SPACES[name])
        say("")
    for name, spaces in SELECTION_SPACES.items():
        say(f"--select {name} without a number: 'tune' searches the number as well")
        _print_spaces(spaces)
        say("")
    say(f"values of --balance: {', '.join(BALANCES)}")
    say("your own model: --model package.module:Class, a scikit-learn classifier, installed or in this folder")


def _print_spaces(spaces: Mapping[str, Mapping[str, Iterable[Any]]]) -> None:
    for size, space in spaces.items():
        for number, (parameter, values) in enumerate(space.items()):
            head = f"search {size}:" if number == 0 else ""
            say(f"  {head:14}{parameter} = {', '.join(map(_plain, values))}")


def _set(parameters: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_plain(value)}" for name, value in parameters.items())


def _plain(value: Any) -> str:
    return "+".join(map(str, value)) if isinstance(value, tuple) else str(value)

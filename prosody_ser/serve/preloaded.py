"""What the process imports from which workers are forked, so that each of them has it, and is ready, at once."""

from ..model import load_model
from ..prediction import default_model_path
from .work import warm_up

warm_up(load_model(default_model_path()))

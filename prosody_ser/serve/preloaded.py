"""What the process imports from which workers are forked, so that each of them has it, and is ready, at once.

In any other process this does nothing.
"""

import signal
import sys

from ..model import load_model
from ..prediction import default_model_path
from .work import warm_up

if any("multiprocessing.forkserver" in word for word in sys.orig_argv):
    # A service is stopped by SIGTERM to all of its processes: without this one, its workers would be gone at once.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    warm_up(load_model(default_model_path()))

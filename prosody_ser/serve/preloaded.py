"""Preparations in the process from which workers are forked, so that every worker is ready at once.

In any other process this module does nothing.
"""

import signal
import sys

from ..model import load_model
from ..prediction import default_model_path
from .work import warm_up

if any("multiprocessing.forkserver" in word for word in sys.orig_argv):
    # SIGTERM may be sent to all processes of the service; if this process ended, its workers would end at once.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    warm_up(load_model(default_model_path()))

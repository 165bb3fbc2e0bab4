"""CPU time of listening: ``python benchmarks/bench_live.py MODEL.skops RECORDING [--paced]``.

CPU seconds of all threads for each second of sound, in % of one core, at several hops, with and without the terminal
view. At full speed, so that a busy machine changes little; with ``--paced`` also at the recording's own pace, as a
microphone would give it, with the longest that a hop took.
"""

import os
import sys
import time

from rich.console import Console
from rich.live import Live

from prosody_ser import load_model
from prosody_ser.live import FileSource, Listener
from prosody_ser.report.text.model.live import live_view


def listened(model, path, hop_s, *, view=False, paced=False):
    """CPU seconds, longest wall-clock time of a hop in s, and the listener."""
    listener = Listener(model, FileSource(path, fast=not paced), hop_s=hop_s)
    listener.warm_up()
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(file=nowhere, force_terminal=True, width=100)
        with Live(live_view(None, model.labels, "x"), console=console, auto_refresh=False) as live:
            cpu, slowest, before = time.process_time(), 0.0, time.perf_counter()
            for hop in listener.hops():
                if view:
                    live.update(live_view(hop, model.labels, "x"), refresh=True)
                if not paced:
                    slowest = max(slowest, time.perf_counter() - before)
                before = time.perf_counter()
            cpu = time.process_time() - cpu
    return cpu, slowest, listener


def main(model_path, path, *options):
    """Print a line for each way of listening."""
    model = load_model(model_path)
    print("   hop  view  pace   % of one core  ms a window with speech  longest hop, ms")
    ways = [(hop_s, view, False) for hop_s in (1.0, 0.5, 0.25) for view in (False, True)]
    ways += [(0.5, True, True)] if "--paced" in options else []
    for hop_s, view, paced in ways:
        cpu, slowest, listener = listened(model, path, hop_s, view=view, paced=paced)
        summary = listener.summary
        share = cpu / summary.heard_s
        each = 1000 * cpu / max(summary.measured, 1)
        longest = "-" if paced else f"{1000 * slowest:.0f}"
        print(
            f"{hop_s:4.2f} s  {'yes' if view else 'no':4}  {'real' if paced else 'fast':5}  "
            f"{share:13.1%}  {each:23.1f}  {longest:>15}"
        )
    print(f"{summary.heard_s:.0f} s heard, {summary.measured} of {summary.hops} windows with speech in the last run")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The service under load: ``python benchmarks/bench_serve.py [--requests N] [--schemathesis]``.

A 4 s clip (made here) asked of the service and of the library in turn, in the same run; eight clients with N mixed
requests (1,000 if not given), of which every tenth is malformed; worker processes killed under load; SIGTERM under
load. Every well-formed request must get the library's own answer, every malformed one an answer from 400 to 499. With
``--schemathesis`` requests made from the OpenAPI document come last (``pip install schemathesis``). Linux only.
"""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import argparse
import contextlib
import http.client
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
from bench_predict import RATE_HZ, made_clip

CLIENTS = 8
MALFORMED = 0.1
MARKS = (1000, 5000, 10_000)


class Service:
    """``prosody-ser serve`` in a process of its own, with a folder for its temporary files."""

    def __init__(self, folder):
        self.temporary = Path(folder) / "temporary"
        self.temporary.mkdir()
        paths = os.pathsep.join(filter(None, [str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH")]))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "prosody_ser", "serve", "--port", "0"],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"TMPDIR": str(self.temporary), "PYTHONPATH": paths},
        )
        line = self.process.stdout.readline()
        self.host, _, port = line.partition("http://")[2].split()[0].partition(":")
        self.port = int(port)

    def connection(self):
        """Open a connection that is kept for many requests."""
        return http.client.HTTPConnection(self.host, self.port, timeout=300)

    def family(self):
        """Give the processes by role: server, fork server and resource tracker, workers."""
        pids = {"server": [self.process.pid], "fork server": [], "workers": []}
        for child in children(self.process.pid):
            pids["fork server"].append(child)
            pids["workers"] += children(child)
        return pids

    def state(self):
        """Megabytes of each role (RSS) and of all together (PSS), open files, and files in the temporary folder."""
        family = self.family()
        rss = {role: sum(kilobytes(pid, "Rss") for pid in pids) / 1000 for role, pids in family.items()}
        everyone = [pid for pids in family.values() for pid in pids]
        pss = sum(kilobytes(pid, "Pss") for pid in everyone) / 1000
        files = sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in everyone)
        kept = sum(path.is_file() for path in self.temporary.rglob("*"))
        each = ", ".join(f"{role} {mb:.0f}" for role, mb in rss.items())
        return f"RSS {each} MB; PSS {pss:.0f} MB; {len(everyone)} processes, {files} open files, {kept} temporary files"


def children(pid):
    """Processes that a process has started."""
    pids = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            pids += map(int, task.read_text().split())
    return pids


def alive(pid):
    """Whether a process is running, and not a zombie."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def kilobytes(pid, what):
    """Read the memory of a process, as Linux reports it."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1])
    return 0


def form(*parts):
    """Make a form of (field, name, content): its body and its header."""
    lines = b""
    for field, name, content in parts:
        head = f'--x\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
        lines += head.encode() + content + b"\r\n"
    return lines + b"--x--\r\n", {"Content-Type": "multipart/form-data; boundary=x"}


def requests_of(folder, clip):
    """Well-formed requests, each with the answer of the library, and malformed ones."""
    import soundfile

    import prosody_ser as ser
    from prosody_ser.prediction.writing import predictions_document

    model = ser.load_model(ser.default_model_path())
    samples, _ = soundfile.read(clip)
    rng = np.random.default_rng(1)
    paths = [clip]
    for number in range(4):  # different clips of 1 to 2 s
        path = Path(folder) / f"short{number}.flac"
        first = rng.integers(0, 2 * RATE_HZ)
        soundfile.write(path, samples[first : first + RATE_HZ + rng.integers(0, RATE_HZ)], RATE_HZ)
        paths.append(path)

    def predicted(paths, names, **how):
        notes = []
        predictions = ser.predict_files(model, paths, jobs=0, on_note=notes.append, **how)
        predictions["file"] = [names[str(path)] for path in predictions["file"]]
        for path, name in names.items():
            notes = [note.replace(path, name) for note in notes]
        return json.loads(json.dumps(predictions_document(predictions, model.card, tuple(notes))))

    good = []
    for path in paths:
        body = path.read_bytes()
        good.append((("POST", "/predict", body, {}), predicted([path], {str(path): "recording"})))
        good.append(
            (("POST", "/predict?segment=1", body, {}), predicted([path], {str(path): "recording"}, segment="1"))
        )
    both = paths[1:3]
    body, header = form(*(("file", path.name, path.read_bytes()) for path in both))
    good.append((("POST", "/predict", body, header), predicted(both, {str(path): path.name for path in both})))
    good.append((("GET", "/model", None, {}), json.loads(json.dumps(model.card))))
    whole = clip.read_bytes()
    silence, long = Path(folder) / "silence.wav", Path(folder) / "long.flac"
    soundfile.write(silence, np.zeros(RATE_HZ), RATE_HZ)
    soundfile.write(long, np.zeros(700 * RATE_HZ), RATE_HZ)
    bad = [
        ("POST", "/predict", b"not a recording", {}),
        ("POST", "/predict", b"", {}),
        ("POST", "/predict", whole[: len(whole) // 2], {}),
        ("POST", "/predict", whole[:30], {}),
        ("POST", "/predict", silence.read_bytes(), {}),
        ("POST", "/predict", long.read_bytes(), {}),
        ("POST", "/predict", rng.bytes(20_000), {"Content-Type": "audio/wav"}),
        ("POST", "/predict", *form(("audio", "a.wav", whole))),
        ("POST", "/predict", body[: len(body) // 3], header),
        ("POST", "/predict?segments=1", whole, {}),
        ("POST", "/features?set=none", whole, {}),
        ("POST", "/nowhere", whole, {}),
    ]
    return good, bad


def asked(connection, request):
    """Send a request; give the status and the body of the response."""
    method, path, body, header = request
    connection.request(method, path, body, header)
    answer = connection.getresponse()
    return answer.status, answer.read()


def latency(service, clip, n):
    """Predict the same clip by the library and by the service in turn."""
    import prosody_ser as ser
    from prosody_ser.parallel.one_thread import one_thread

    model = ser.load_model(ser.default_model_path())
    connection, body = service.connection(), clip.read_bytes()
    ways = {
        "library": lambda: ser.predict_files(model, [clip], jobs=0),
        "service": lambda: asked(connection, ("POST", "/predict", body, {})),
    }
    took_ms = {name: [] for name in ways}
    with one_thread():
        for _ in range(n):
            for name, way in ways.items():
                started = time.perf_counter()
                way()
                took_ms[name].append(1000 * (time.perf_counter() - started))
    at = {name: np.percentile(times[2:], [50, 95]) for name, times in took_ms.items()}
    print(f"a 4 s clip, {n} times in turn       median   95 %")
    for name, (middle, most) in at.items():
        print(f"  {name:30}  {middle:7.1f} {most:7.1f} ms")
    above = at["service"] - at["library"]
    print(f"  service above library           {above[0]:7.1f} {above[1]:7.1f} ms   (at most 80)")


class Clients:
    """Eight clients that send requests until all are sent or the service has ended."""

    def __init__(self, service, good, bad, n):
        self._service, self._good, self._bad, self._left = service, good, bad, n
        self._lock, self._rng = threading.Lock(), random.Random(0)
        self.statuses, self.faults, self.done = Counter(), [], 0
        self.gone = 0  # requests after the service had ended
        self.stops = False  # whether the service is meant to end
        self._threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _next(self):
        with self._lock:
            if not self._left:
                return None
            self._left -= 1
            malformed = self._rng.random() < MALFORMED
            return malformed, self._rng.choice(self._bad if malformed else self._good)

    def _ask(self):
        connection = self._service.connection()
        while (what := self._next()) is not None:
            malformed, one = what
            request, expected = (one, None) if malformed else one
            try:
                status, body = asked(connection, request)
            except (ConnectionError, http.client.HTTPException) as error:
                connection.close()
                with self._lock:
                    self.gone += 1
                    if not self.stops:
                        self.faults.append((request[:2], repr(error)))
                continue
            right = 400 <= status < 500 if malformed else status == 200 and json.loads(body) == expected
            right = right or (self.stops and status == 503)
            with self._lock:
                self.done += 1
                self.statuses["malformed" if malformed else "well-formed", status] += 1
                if not right:
                    self.faults.append((request[:2], status, body[:300]))
        connection.close()

    def wait(self):
        """Send requests until all are sent."""
        for thread in self._threads:
            thread.join()

    def __str__(self):
        counts = ", ".join(f"{kind} {status}: {n}" for (kind, status), n in sorted(self.statuses.items()))
        return f"{counts}; wrong answers: {len(self.faults)}" + "".join(f"\n    {f}" for f in self.faults[:5])


def endurance(service, good, bad, n):
    """Send mixed requests, and print the memory and files of the service meanwhile."""
    print(f"before: {service.state()}")
    done, started = 0, time.monotonic()
    statuses, faults = Counter(), 0
    for mark in [m for m in MARKS if m < n] + [n]:
        clients = Clients(service, good, bad, mark - done)
        clients.wait()
        done = mark
        statuses += clients.statuses
        faults += len(clients.faults)
        print(f"after {done:6}: {service.state()}", flush=True)
        if clients.faults:
            print(clients)
    took_s = time.monotonic() - started
    counts = ", ".join(f"{kind} {status}: {n}" for (kind, status), n in sorted(statuses.items()))
    print(f"  {counts}; wrong answers: {faults}; {done / took_s:.1f} requests a second")


def killed_under_load(service, good, bad, n):
    """Kill a worker every two seconds while eight clients send requests."""
    clients, kills = Clients(service, good, bad, n), 0
    while clients.done < n - CLIENTS and kills < 10:
        time.sleep(2)
        for pid in random.Random(kills).sample(service.family()["workers"] or [0], 1):
            if pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    kills += 1
    clients.wait()
    while len(service.family()["workers"]) < (os.cpu_count() or 1):
        time.sleep(0.1)
    time.sleep(5)  # workers are ready by then
    print(f"{kills} workers killed during {n} requests: {clients}")
    print(f"  after: {service.state()}")


def stopped_under_load(service, good, bad):
    """Send SIGTERM while eight clients send requests; every response must be complete and correct."""
    family = [pid for pids in service.family().values() for pid in pids]
    clients = Clients(service, good, bad, 2000)
    while clients.done < 100:
        time.sleep(0.01)
    clients.stops = True
    service.process.terminate()
    status = service.process.wait(120)
    clients.wait()
    time.sleep(5)
    left = [pid for pid in family if alive(pid)]
    print(f"SIGTERM under load: {clients}; found nobody any more: {clients.gone}")
    print(
        f"  exit status {status}, processes left: {len(left)}, left on disk: {len(list(service.temporary.iterdir()))}"
    )


def made_requests(service):
    """Send the requests that schemathesis makes from the OpenAPI document."""
    command = [Path(sys.executable).with_name("schemathesis"), "run", "--max-examples", "25", "--seed", "1"]
    command += ["--checks", "not_a_server_error,status_code_conformance,content_type_conformance"]
    command[-1] += ",response_schema_conformance,response_headers_conformance,unsupported_method"
    url = f"http://{service.host}:{service.port}/openapi.json"
    done = subprocess.run([*command, url], capture_output=True, text=True, check=False)
    print("\n".join(done.stdout.splitlines()[-40:]))


def main():
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--schemathesis", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clip = made_clip(folder)
        good, bad = requests_of(folder, clip)
        started = time.perf_counter()
        service = Service(folder)
        try:
            print(f"{os.cpu_count()} cores; ready after {time.perf_counter() - started:.1f} s")
            latency(service, clip, 100)
            endurance(service, good, bad, options.requests)
            killed_under_load(service, good, bad, 300)
            if options.schemathesis:
                made_requests(service)
            stopped_under_load(service, good, bad)
        finally:
            service.process.kill()


if __name__ == "__main__":
    main()

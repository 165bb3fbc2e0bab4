"""A real HTTP server on this machine that can serve, break off, send wrong lengths, hang or redirect."""

import contextlib
import hashlib
import io
import random
import threading
import time
import warnings
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prosody_ser.datasets.fetch import Connection, fetch_corpus
from prosody_ser.datasets.fetch.sources import Archive, Source
from tests.support.folders import files_in
from tests.support.processes import PATIENCE_S

PATH = "/files/corpus.zip"


class Loopback:
    """Files by path; `behave(path, ...)` sets the behaviour for the next requests for a path; then it serves well.

    Every request is logged as ``(path with query, headers)``.
    """

    def __init__(self):
        self.files = {}
        self.log = []
        self.behaviours = {}
        self.etag = '"1"'
        self.closing = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.log.append((self.path, dict(self.headers)))
                path = self.path.partition("?")[0]
                script = outer.behaviours.get(path, [])
                act = script.pop(0) if script else serve
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    act(outer, self, outer.files.get(path))

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def behave(self, path, *acts):
        self.behaviours[path] = list(acts)

    def ranges(self):
        """The Range header of each request, None where there was none."""
        return [headers.get("Range") for _, headers in self.log]

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def answer(handler, status, body=b"", length=None, etag=None, **headers):
    handler.send_response(status)
    if length != "none":
        handler.send_header("Content-Length", str(len(body) if length is None else length))
    if etag:
        handler.send_header("ETag", etag)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def serve(server, handler, body):
    """Serve correctly, with Range and If-Range."""
    if body is None:
        return answer(handler, 404)
    wanted = handler.headers.get("Range")
    if wanted is None or handler.headers.get("If-Range") not in (None, server.etag):
        return answer(handler, 200, body, etag=server.etag)
    return _rest(server, handler, body, int(wanted.removeprefix("bytes=").rstrip("-")))


def _rest(server, handler, body, start):
    if start >= len(body):
        return answer(handler, 416, Content_Range=f"bytes */{len(body)}")
    where = f"bytes {start}-{len(body) - 1}/{len(body)}"
    return answer(handler, 206, body[start:], etag=server.etag, Content_Range=where)


def without_range(server, handler, body):
    """Ignore Range."""
    answer(handler, 200, body)


def careless(server, handler, body):
    """Support Range but ignore If-Range."""
    _rest(server, handler, body, int(handler.headers["Range"].removeprefix("bytes=").rstrip("-")))


def cut(n_bytes, **headers):
    """Promise all, send `n_bytes` (counted from where the request begins), close."""

    def act(server, handler, body):
        wanted = handler.headers.get("Range")
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        more = {"Content_Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if wanted else {}
        answer(
            handler,
            206 if wanted else 200,
            body[start : start + n_bytes],
            length=len(body) - start,
            **{"etag": server.etag, **more, **headers},
        )
        handler.close_connection = True

    return act


def until_close(n_bytes):
    """Send no length and `n_bytes`, then close."""

    def act(server, handler, body):
        answer(handler, 200, body[:n_bytes], length="none", etag=server.etag, Connection="close")
        handler.close_connection = True

    return act


def says(length):
    """Send everything with a wrong length."""

    def act(server, handler, body):
        answer(handler, 200, body, length=length, etag=server.etag)
        handler.close_connection = True

    return act


def status(code, **headers):
    return lambda server, handler, body: answer(handler, code, **headers)


def redirect(to):
    return lambda server, handler, body: answer(handler, 302, Location=to)


def hang(server, handler, body):
    """Accept the connection and never answer."""
    server.closing.wait(30)
    handler.close_connection = True


def drip(n_bytes, seconds):
    """Send the body in pieces of `n_bytes`, with pauses."""

    def act(server, handler, body):
        answer(handler, 200, b"", length=len(body), etag=server.etag)
        for at in range(0, len(body), n_bytes):
            if server.closing.is_set():
                break
            handler.wfile.write(body[at : at + n_bytes])
            time.sleep(seconds)
        handler.close_connection = True

    return act


def in_halves(go_on):
    """Send half of the body, and the rest once an event is set."""

    def act(server, handler, body):
        answer(handler, 200, body[: len(body) // 2], length=len(body), etag=server.etag)
        go_on.wait(PATIENCE_S)
        handler.wfile.write(body[len(body) // 2 :])
        handler.close_connection = True

    return act


def md5(content):
    return f"md5:{hashlib.md5(content).hexdigest()}"


def connection(server, **options):
    """A connection to the server on this machine with a short timeout."""
    return Connection(**{"mirror": server.url, "timeout_s": 0.5, "retries": 2, **options})


def zipped(files, **options):
    made = io.BytesIO()
    with (
        zipfile.ZipFile(made, "w", **{"compression": zipfile.ZIP_STORED, **options}) as archive,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # on purpose: two of one name
        for name, content in files:
            archive.writestr(name, content)
    return made.getvalue()


CLIPS = {f"emodb/wav/03a0{i}Fa.wav": random.Random(i).randbytes(60_000) for i in range(1, 6)}
ZIP = zipped([*CLIPS.items(), ("__MACOSX/emodb/._wav", b"x"), ("emodb/.DS_Store", b"x")])


def source(body=ZIP, path=PATH, **options):
    return Source(archives=(Archive(f"https://corpus.example{path}", md5(body), len(body), **options),))


def fetch(server, directory, body=ZIP, **options):
    server.files.setdefault(PATH, body)
    return fetch_corpus(source(body), directory, connection=connection(server, **options))


def corpus_files(directory):
    """Files in the folder besides the note."""
    return {name: content for name, content in files_in(directory).items() if name != ".prosody-ser/fetched.json"}

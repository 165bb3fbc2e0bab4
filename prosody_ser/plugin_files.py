"""Find the files on which a plugin's values depend, as far as its source names them, and detect changes.

These files are covered:

- the file of the module;
- all modules of the user that it imports, anywhere in its code, and the modules that those import in turn. They can be
  beside or below the plugin, in the working directory, or in another folder of ``sys.path``. Installed packages and
  this package are not included;
- files that are named by a string in one of these modules, beside that module, in the working directory or by an
  absolute path: ``np.load(HERE / "weights.npy")``, ``open(HERE / f"{name}.json")``, ``HERE / "data" / name`` (all files
  in ``data``), ``Path(__file__).with_suffix(".npy")``. Recordings, files that end in ``.log`` and files that the code
  writes are not included.

Files that the source does not name are not covered, such as a path from the environment, or the answer of a server.
"""

import ast
import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import ModuleType

from .audio.files.suffixes import HEADERLESS, SUFFIXES
from .errors import PluginError
from .user_module import INSTALLED

#: For a larger file, size and time are used in place of its content.
_READ_BYTES = 64_000_000
#: Largest number of files from a folder that is named.
_FILES_OF_A_FOLDER = 1000
_LEFT_OUT = frozenset({".log", ".pyc", *SUFFIXES, *HEADERLESS})
_WRITERS = frozenset({"write_text", "write_bytes", "savetxt", "save", "savez", "to_csv", "to_parquet", "dump"})
_WRITING = re.compile(r"[rbt]*[wax+][rwaxbt+]*")
_Stamp = tuple[int, int, int]


class PluginFiles:
    """The files of a plugin, with their current state.

    Parameters
    ----------
    module : module
        The loaded plugin.

    Attributes
    ----------
    sha256 : str
        Digest of the names and contents of all these files.
    """

    def __init__(self, module: ModuleType) -> None:
        self._name = module.__name__
        self._stamps = {path: _stamp(path) for path in sorted(_covered(module))}
        self._digests = {path: _digest(path) for path in self._stamps}
        together = hashlib.sha256()
        for path, digest in self._digests.items():
            together.update(path.name.encode(errors="surrogateescape") + b"\0" + digest)
        self.sha256 = together.hexdigest()

    def check(self) -> None:
        """Raise a PluginError if a file has changed, because results could then be from the old or the new version."""
        for path, stamp in self._stamps.items():
            now = _stamp(path)
            if now == stamp:
                continue
            if _digest(path) != self._digests[path]:
                raise PluginError(
                    f"plugin {self._name!r}: {path} has changed since the plugin was loaded, so nothing more can be "
                    "measured with it; start the command again (finished recordings are kept). If the plugin itself "
                    "writes this file, give it a name that ends in .log"
                )
            self._stamps[path] = now


def _covered(module: ModuleType) -> set[Path]:
    module_file = Path(module.__file__ or "").resolve()
    roots = _roots(module, module_file)
    files: set[Path] = set()
    waiting = [module_file, *_loaded_below(module_file)]
    while waiting:
        path = waiting.pop()
        if path in files or not path.is_file():
            continue
        files.add(path)
        if path.suffix == ".py":
            tree = _tree(path)
            waiting += _imported(tree, path, roots)
            files |= {data.resolve() for data in _data(tree, path)}
    return files


def _roots(module: ModuleType, module_file: Path) -> list[Path]:
    """Return the folders from which modules of the user are imported."""
    top = module_file
    for _ in range(module.__name__.count(".") + (module_file.name == "__init__.py")):
        top = top.parent
    if any(part in INSTALLED for part in module_file.parts):
        return [top.parent] if top != module_file else []  # for an installed plugin, only its own package
    mine = [Path(place or os.getcwd()).resolve() for place in [str(top.parent), *sys.path]]
    standard = Path(os.__file__).resolve().parent
    return [
        place
        for place in dict.fromkeys(mine)
        if not place.is_relative_to(standard) and not any(part in INSTALLED for part in place.parts)
    ]


def _loaded_below(module_file: Path) -> list[Path]:
    """Return files of loaded modules beside or below the plugin, which it may have imported by a computed name."""
    files = []
    for other in list(sys.modules.values()):
        file = getattr(other, "__file__", None)
        if file and not any(part in file for part in INSTALLED) and not other.__name__.startswith("prosody_ser"):
            path = Path(file).resolve()
            if module_file.parent in path.parents:
                files.append(path)
    return files


def _tree(path: Path) -> ast.AST:
    try:
        return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ast.Module([], [])  # the file is covered, but its imports are unknown


def _imported(tree: ast.AST, path: Path, roots: list[Path]) -> Iterator[Path]:
    """Yield the possible files of all modules that a source may import."""
    for node in ast.walk(tree):
        names, places = [], roots
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [".".join(filter(None, (node.module, alias.name))) for alias in node.names]
            places = [path.parents[node.level - 1]] if 0 < node.level <= len(path.parents) else roots
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_module_name(node.value):
            names = [node.value]  # importlib.import_module("helper")
        for name in names:
            parts = name.split(".")
            if parts[0] == "prosody_ser":
                continue
            for place in places:
                for n in range(1, len(parts) + 1):
                    below = place.joinpath(*parts[:n])
                    yield from (below / "__init__.py", below.with_name(below.name + ".py"))


def _is_module_name(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))


def _data(tree: ast.AST, path: Path) -> Iterator[Path]:
    """Yield files that a source names, and files in folders that it names."""
    for text in _texts(tree):
        for place in _places(text, path):
            if place.is_dir():
                below = (Path(top) / name for top, _, names in os.walk(place) for name in sorted(names))
                yield from islice((file for file in below if _counts(file)), _FILES_OF_A_FOLDER)
            elif _counts(place):
                yield place


def _counts(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() not in _LEFT_OUT and not path.is_relative_to("/proc")


def _places(text: str, path: Path) -> Iterable[Path]:
    """Return the files or folders that a string may name, beside the module or in the working directory."""
    if not 2 <= sum(map(str.isalnum, text)) <= 255 or not text.isprintable() or "**" in text or ".." in text:
        return []
    try:
        if re.fullmatch(r"\.\w+", text):
            return [path.with_suffix(text)]
        if os.path.isabs(text):
            return [Path(text)] if os.path.isfile(text) else []
        folders = dict.fromkeys((path.parent, Path.cwd()))
        return [place for folder in folders for place in folder.glob(text)]
    except (OSError, ValueError, NotImplementedError):  # an impossible file name
        return []


def _texts(tree: ast.AST) -> set[str]:
    """Return all strings of a source except names of written files; an f-string becomes a pattern."""
    written, names = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _writes(node):
            written |= {id(part) for part in ast.walk(node)}
            names |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id in names for t in node.targets):
            written |= {id(part) for part in ast.walk(node.value)}
    texts: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in written:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            pattern = "".join(str(v.value) if isinstance(v, ast.Constant) else "*" for v in node.values)
            texts |= {pattern, pattern.removeprefix("*/")}
    return texts


def _writes(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    modes = [part.value for part in given if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return name in _WRITERS or (name == "open" and any(map(_WRITING.fullmatch, modes)))


def _stamp(path: Path) -> _Stamp | None:
    try:
        info = path.stat()
    except OSError:
        return None
    return info.st_size, info.st_mtime_ns, info.st_ctime_ns


def _digest(path: Path) -> bytes:
    """Return the digest of a file's content; empty if the file is missing."""
    try:
        size, changed_ns, _ = _stamp(path) or (0, 0, 0)
        if size > _READ_BYTES:
            return hashlib.sha256(f"{size} {changed_ns}".encode()).digest()
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return b""

"""What one visitor has chosen and heard so far, in Streamlit's memory of the session, which ends with it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ..tables.feature_table import FeatureTable
from .clips import Clip
from .forgetting import forget_when_closed
from .models import InUse, given_model

T = TypeVar("T")
_KEY = "prosody-ser"
#: So much is kept of what was heard.
_MOST_KEPT = 100


@dataclass
class Session:
    """Of one visitor."""

    clips: dict[str, list[Clip]] = field(default_factory=dict)  #: by where they came from
    same_voice: dict[str, list[Clip]] = field(default_factory=dict)
    kept: dict[Any, Any] = field(default_factory=dict)
    trained: InUse | None = None  #: on the corpus page, to be used at once
    table: FeatureTable | None = None
    table_name: str = ""  #: empty: the built-in table
    table_path: str | None = None  #: for jobs; None: the built-in table
    job: Any = None
    done: dict[str, Any] = field(default_factory=dict)  #: what jobs of the corpus page found

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """What `make` gives, made once for a key."""
        if key not in self.kept:
            while len(self.kept) >= _MOST_KEPT:
                self.kept.pop(next(iter(self.kept)))
            self.kept[key] = make()
        return self.kept[key]

    def end(self) -> None:
        """Let go of all of it."""
        for job in (self.job, self.done.get("measured")):
            if job is not None:
                job.close()
        for held in (self.clips, self.same_voice, self.kept, self.done):
            held.clear()
        self.job = self.trained = self.table = None

    @property
    def in_use(self) -> InUse:
        """The model that was trained in this session, else the one that the command was told."""
        return self.trained or given_model()


def session() -> Session:
    """The session of whoever is asking."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Session()
        context = get_script_run_ctx()
        if context is not None:
            forget_when_closed(context.session_id, st.session_state[_KEY].end)
    return st.session_state[_KEY]

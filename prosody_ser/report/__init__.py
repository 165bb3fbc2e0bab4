"""Results as text for people."""

from .audit import audit_text
from .comparison import comparison_text
from .cross import cross_text
from .importances import drop_family_text, importances_text, in_sample_text
from .profile import profile_text
from .text import result_text

__all__ = [
    "audit_text",
    "comparison_text",
    "cross_text",
    "drop_family_text",
    "importances_text",
    "in_sample_text",
    "profile_text",
    "result_text",
]

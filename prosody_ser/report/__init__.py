"""Results as text for people."""

from .audit import audit_text
from .text import importances_text, result_text

__all__ = ["audit_text", "importances_text", "result_text"]

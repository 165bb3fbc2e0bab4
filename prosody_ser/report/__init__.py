"""Results as text for people."""

from .text import importances_text, result_text

__all__ = ["importances_text", "result_text"]

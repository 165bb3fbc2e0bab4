"""Run work in several processes."""

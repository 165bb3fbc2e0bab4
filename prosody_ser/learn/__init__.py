"""Learning from feature tables, speaker-independently. Never sees audio."""

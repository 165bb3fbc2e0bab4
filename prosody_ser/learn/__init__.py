"""Learning from feature tables, speaker-independently. This part never reads audio."""

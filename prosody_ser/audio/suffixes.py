"""Which files of a folder are taken for recordings."""

#: Suffixes looked for in folders. What a file really holds is decided by its content.
SUFFIXES = frozenset(
    {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".caf", ".w64"}
    | {".m4a", ".aac", ".webm", ".wma"}
)

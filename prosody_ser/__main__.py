"""``python -m prosody_ser`` is ``prosody-ser``."""

from .cli import main

if __name__ == "__main__":
    main()

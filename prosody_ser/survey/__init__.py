"""What a corpus folder holds."""

"""The control API below `/_mock`: one noun, one file, one tuple of routes."""

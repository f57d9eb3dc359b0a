"""The control API below `/_mock`: one module with `ROUTES` per noun."""

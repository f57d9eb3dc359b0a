"""Small mistakes in core and engine, and which of them the tests see."""

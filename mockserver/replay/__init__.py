"""An exported journal once more: the same requests, the same time, the same answers."""

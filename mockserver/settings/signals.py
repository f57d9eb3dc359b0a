"""The signals that end a server or a command, as far as the system has them."""

import signal
from typing import Final

ENDING_SIGNALS: Final = tuple(
    getattr(signal, name)
    for name in ("SIGTERM", "SIGINT", "SIGHUP")  # Windows lacks the last
    if hasattr(signal, name)
)

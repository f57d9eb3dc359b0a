"""Notes on conditions for which the page of Effebot says less than the mock server decides."""

from typing import Final

MODERATION: Final = (
    "the page asks for moderated audio files; whether it refuses the call or holds it is not told"
)
TEMPLATE_MODERATION: Final = (
    "the page has moderated and other templates; that only the moderated are called is assumed "
    "from its rule for audio files"
)

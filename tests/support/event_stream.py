"""What the event stream sends of the entries that there are."""

from contextlib import aclosing

from mockserver.runtime.background import Background
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.journal_stream import _stream_events
from tests.support import read


async def read_events(sandbox: Sandbox) -> str:
    """Read all entries that a viewer gets who has read none yet."""
    text, end = "", f"id: {len(read.journal(sandbox.state))}\n"
    async with aclosing(_stream_events(sandbox, sandbox.state.epoch, 0, Background())) as chunks:
        async for chunk in chunks:
            text += chunk
            if end in text:
                break
    return text

"""The limit: asyncio and httptools only, responding with a new UUID."""

import asyncio
import sys
import uuid
from typing import cast

import httptools

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"


class Answers(asyncio.Protocol):
    """The protocol of one connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transport does not inherit from asyncio's
        self.transport = cast("asyncio.WriteTransport", transport)
        self.parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        body = b'{"status":200,"callId":"%b"}' % str(uuid.uuid4()).encode()
        self.transport.write(HEAD % (len(body), body))


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Answers, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1])))

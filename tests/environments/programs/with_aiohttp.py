"""Calls a vendor, and a host that nobody emulates, by aiohttp."""

import asyncio

import aiohttp

CLICK = {"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}
HEADERS = {"Authorization": "Bearer my-token", "Accept": "application/json"}


async def call() -> None:
    async with aiohttp.ClientSession(trust_env=True) as session:
        url = "https://portal.mobtexting.com/api/v2/voice/c2c"
        async with session.post(url, json=CLICK, headers=HEADERS) as response:
            print(response.status, response.headers["X-Mock-Request"])
        try:
            await session.get("https://other.example/")
        except aiohttp.ClientError:
            print("refused")


asyncio.run(call())

"""Put many clients on one URL: a small HTTP/1.1 client that costs little beside the service."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from urllib.parse import urlsplit

ANSWER_WITHIN = 15.0


class Tally(Counter[int | str]):
    """Count the answers by status; what is no answer counts by the name of its error."""

    @property
    def failed(self) -> dict[int | str, int]:
        """Return the statuses from 500 on, and the errors."""
        return {key: n for key, n in self.items() if isinstance(key, str) or key >= 500}


async def get_repeatedly(url: str, clients: int, seconds: float) -> Tally:
    """Let clients, each on its own connection, ask one after the other until time is up."""
    tally = Tally()
    end = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            group.create_task(_client(url, end, tally))
    return tally


async def _client(url: str, end: float, tally: Tally) -> None:
    parts = urlsplit(url)
    request = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    while time.monotonic() < end:
        try:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            try:
                while time.monotonic() < end:
                    writer.write(request)
                    async with asyncio.timeout(ANSWER_WITHIN):
                        tally[await _status(reader)] += 1
            finally:
                writer.close()
        except (OSError, EOFError, TimeoutError) as error:
            tally[type(error).__name__] += 1
            await asyncio.sleep(0.05)


async def _status(reader: asyncio.StreamReader) -> int:
    """Read one answer, body included, and return its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    await reader.readexactly(int(head.split("content-length:")[1].split("\r\n")[0]))
    return int(head.split(" ", 2)[1])

"""A TCP proxy on loopback that adds a delay each way: ``python benchmarks/delay_proxy.py PORT MILLISECONDS``.

Prints the port it listens on; ends with its standard input.
"""

from __future__ import annotations

import asyncio
import sys


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Hand over what arrives, each piece after the same delay."""
    loop = asyncio.get_running_loop()

    def write(octets: bytes) -> None:
        if not writer.is_closing():
            writer.write(octets)

    while octets := await reader.read(65_536):
        loop.call_later(seconds, write, octets)
    loop.call_later(seconds, writer.close)


async def main() -> None:
    """Listen until nobody is interested any more."""
    port, seconds = int(sys.argv[1]), float(sys.argv[2]) / 1000

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(
            pump(reader, back, seconds), pump(there, writer, seconds), return_exceptions=True
        )

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


asyncio.run(main())

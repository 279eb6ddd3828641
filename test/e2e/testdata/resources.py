"""Reads resources and a prompt through the gateway, with either MCP client of Python."""

import asyncio
import sys

from mcp import ClientSession, types
from mcp.client.streamable_http import streamable_http_client

try:
    import httpx2 as httpx
except ImportError:
    import httpx

address, token = sys.argv[1:]
headers = {"Authorization": "Bearer " + token}


async def talk(read, write):
    async with ClientSession(read, write) as session:
        await session.initialize()
        print("listed:", len((await session.list_resources()).resources), len((await session.list_prompts()).prompts))
        for name, uri in (("status", "orders://help/statuses"), ("sheet", "orders://order/ord_1001"), ("another", "orders://order/ord_1007")):
            try:
                print(name + ":", (await session.read_resource(uri)).contents[0].text)
            except Exception as err:
                print(name + ":", err)
        prompt = await session.get_prompt("database_order_summarize", {"customer": "cus_ada", "length": "full"})
        for message in prompt.messages:
            print("prompt:", message.content.text)
        ref = types.PromptReference(type="ref/prompt", name="database_order_summarize")
        print("values:", (await session.complete(ref, {"name": "length", "value": "f"})).completion.values)


async def main():
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        async with streamable_http_client(address, http_client=http) as streams:
            await talk(*streams[:2])


asyncio.run(main())

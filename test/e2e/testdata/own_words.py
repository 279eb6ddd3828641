"""Prints what a user of either MCP client of Python reads when a resource, a prompt and a tool fail, in each era that the client speaks."""

import asyncio
import sys

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

try:
    import httpx2 as httpx
except ImportError:
    import httpx

address, token = sys.argv[1:]
headers = {"Authorization": "Bearer " + token}


async def told(what, asked):
    try:
        result = await asked
        print(what, "result", result.is_error if hasattr(result, "is_error") else result.isError, result.content[0].text)
    except Exception as err:
        error = getattr(err, "error", None)
        print(what, "error", error and error.code, error and (error.data or {}).get("code"), err)


async def talk(era, begin, session):
    await begin()
    await told(era + " resource", session.read_resource("orders://help/statuses"))
    await told(era + " prompt", session.get_prompt("database_order_summarize", {"customer": "cus_ada"}))
    await told(era + " tool", session.call_tool("database_order_find", {"customer": "cus_ada"}))
    print(era, "goes on with", len((await session.list_tools()).tools) > 0)


async def main():
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        for era in ("initialize", "discover"):
            async with streamable_http_client(address, http_client=http) as streams, ClientSession(*streams[:2]) as session:
                if begin := getattr(session, era, None):
                    await talk(era, begin, session)


asyncio.run(main())

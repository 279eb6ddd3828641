"""Answers what tools of MCP servers ask, with either MCP client of Python."""

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


async def answer(context, params):
    print("asked:", params.message)
    schema = getattr(params, "requested_schema", None) or params.requestedSchema
    return types.ElicitResult(action="accept", content={name: "annual" if name == "plan" else "Grace" for name in schema["properties"]})


async def by_session():
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        async with streamable_http_client(address, http_client=http) as streams:
            async with ClientSession(*streams[:2], elicitation_callback=answer) as session:
                await session.initialize()
                await calls(session)


async def calls(client):
    for tool in ("works_task_ask", "works2_task_ask"):
        result = await client.call_tool(tool, {"name": "form"})
        print(tool + ":", result.content[0].text)


async def main():
    await by_session()
    try:
        from mcp import Client  # of mcp 2: it speaks the newest version there is
    except ImportError:
        return
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        async with Client(streamable_http_client(address, http_client=http), elicitation_callback=answer) as client:
            print("speaks", client.protocol_version)
            await calls(client)


asyncio.run(main())

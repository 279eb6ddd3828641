"""An example without its lines that hand refusals on: what its framework does by itself.

usage: default.py FOLDER sdk|mcp
"""
import asyncio
import sys

sys.path.insert(0, sys.argv[1])

import agent  # noqa: E402

MCP, URL, HEADERS = sys.argv[2] == "mcp", agent.GATEWAY + "/mcp", {"Authorization": "Bearer " + agent.TOKEN}


async def openai_agents():
    agent.set_tracing_disabled(True)
    if not MCP:
        tools = [agent.function_tool(tool) for tool in agent.TOOLS]
        return await agent.Runner.run(agent.Agent("support", model=agent.MODEL, tools=tools), "Refund.")
    async with agent.MCPServerStreamableHttp({"url": URL, "headers": HEADERS}) as gateway:
        await agent.Runner.run(agent.Agent("support", model=agent.MODEL, mcp_servers=[gateway]), "Refund.")


async def langchain():
    tools = agent.TOOLS
    if MCP:
        gateway = {"transport": "streamable_http", "url": URL, "headers": HEADERS}
        tools = await agent.MultiServerMCPClient({"sallyport": gateway}).get_tools()
    await agent.create_agent(agent.ChatOpenAI(model=agent.MODEL), tools).ainvoke({"messages": [("user", "Refund.")]})


async def pydantic_ai():
    tools = {"toolsets": [agent.MCPToolset(URL, headers=HEADERS)]} if MCP else {"tools": agent.TOOLS}
    await agent.Agent("openai:" + agent.MODEL, **tools).run("Refund.")


framework = openai_agents if hasattr(agent, "Runner") else langchain if hasattr(agent, "create_agent") else pydantic_ai
asyncio.run(framework())

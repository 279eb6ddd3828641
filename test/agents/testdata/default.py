"""An example without its lines that hand refusals on: what its framework does by itself.

usage: default.py FOLDER
"""
import asyncio
import sys

sys.path.insert(0, sys.argv[1])

import agent  # noqa: E402

if hasattr(agent, "Runner"):
    tools = [agent.function_tool(tool) for tool in agent.TOOLS]
    agent.set_tracing_disabled(True)
    asyncio.run(agent.Runner.run(agent.Agent("support", model=agent.MODEL, tools=tools), "Refund."))
elif hasattr(agent, "create_agent"):
    model = agent.ChatOpenAI(model=agent.MODEL)
    asyncio.run(agent.create_agent(model, agent.TOOLS).ainvoke({"messages": [("user", "Refund.")]}))
else:
    asyncio.run(agent.Agent("openai:" + agent.MODEL, tools=agent.TOOLS).run("Refund."))

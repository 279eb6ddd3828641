"""Uses of zenpy as its documentation shows them, told as one JSON object by their names.

usage: desk.py ADDRESS TOKEN
"""
import json
import os
import sys

import requests

os.environ["ZENPY_FORCE_SCHEME"] = "http"
os.environ["ZENPY_FORCE_NETLOC"] = sys.argv[1] + "/zendesk"

from zenpy import Zenpy  # noqa: E402
from zenpy.lib.api_objects import Comment, Ticket  # noqa: E402


class Gateway(requests.Session):
    """Takes Zendesk's links to the next page to the gateway."""

    def request(self, method, url, **kwargs):
        path = url.partition("/api/")[2]
        return super().request(method, f"http://{sys.argv[1]}/zendesk/api/{path}", **kwargs)


def client(token):
    return Zenpy(subdomain="gateway", oauth_token=token, session=Gateway(), ratelimit_budget=30)


desk = client(sys.argv[2])


def comment(body, ticket=1001):
    return [desk.tickets.update(Ticket(id=ticket, comment=Comment(body=body, public=False))).ticket]


def change(**fields):
    found = desk.tickets(id=1001)
    for name, value in fields.items():
        setattr(found, name, value)
    return [desk.tickets.update(found).ticket]


USES = {
    "read": lambda: [desk.tickets(id=1001)],
    "who asked": lambda: [desk.tickets(id=1001).requester],
    "list": lambda: list(desk.tickets()),
    "comments": lambda: list(desk.tickets.comments(ticket=1001)),
    "asked for": lambda: list(desk.users.requested(user=9001)),
    "search": lambda: list(desk.search(type="ticket", requester=9001)),
    "find": lambda: list(desk.users.search(query="email:ada@example.com")),
    "comment": lambda: comment("Looked into it."),
    "status": lambda: change(status="solved"),
    "reply": lambda: change(status="pending", comment=Comment(body="Is it there?", public=True)),
    "busy": lambda: [desk.tickets(id=1429)],
    "too many comments": lambda: comment("Looked into it.", ticket=1430),
    "and again": lambda: comment("Looked into it.", ticket=1430),
    "nobody's": lambda: [desk.tickets(id=1404)],
    "broken": lambda: comment("Looked into it.", ticket=1503),
    "held": lambda: comment("Hold this."),
    "refused": lambda: comment("Refuse this."),
    "a field that is not listed": lambda: change(priority="high"),
    "a token that has ended": lambda: [client(sys.argv[2] + "x").tickets(id=1001)],
}

told = {}
for name, use in USES.items():
    try:
        told[name] = {"ok": True, "ids": [str(one.id) for one in use()]}
    except Exception as error:
        response = getattr(error, "response", None)
        told[name] = {"ok": False, "class": type(error).__name__, "status": getattr(response, "status_code", 0), "message": str(error)}
print(json.dumps(told))

"""One call of zenpy, whose base URL takes no path, told as one JSON line.

usage: host.py DOMAIN:PORT TOKEN ticket TICKET

The names of the gateway's hosts lead to this machine, as a line of /etc/hosts
would have it.
"""
import json
import os
import socket
import sys

os.environ["ZENPY_FORCE_SCHEME"] = "http"

import zenpy  # noqa: E402
from zenpy.lib.exception import APIException, RecordNotFoundException  # noqa: E402

resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *args, **kwargs: resolve("127.0.0.1", *args, **kwargs)


def main(domain, token, what, ticket):
    client = zenpy.Zenpy(subdomain="zendesk", domain=domain, email="agent@acme.example", token=token)
    try:
        found = client.tickets(id=int(ticket))
        return {"ok": True, "id": str(found.id), "message": found.subject}
    except (APIException, RecordNotFoundException) as error:
        return {"ok": False, "class": type(error).__name__, "status": error.response.status_code,
                "code": error.response.json().get("error"), "message": error.response.json().get("description")}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))

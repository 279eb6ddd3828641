"""One call of a real provider SDK through the gateway, told as one JSON line.

usage: agent.py BASE TOKEN charges CUSTOMER
       agent.py BASE TOKEN refund CHARGE AMOUNT [KEY]
AMOUNT is in minor units; "rest" leaves it out. KEY is the idempotency key.
"""
import json
import sys

import stripe


def main(base, token, what, *args):
    client = stripe.StripeClient(
        token, base_addresses={"api": base}, max_network_retries=2)
    try:
        if what == "charges":
            page = client.v1.charges.list({"customer": args[0], "limit": 10})
            return {"ok": True, "ids": [c.id for c in page.data]}
        params = {"charge": args[0]}
        if args[1] != "rest":
            params["amount"] = int(args[1])
        options = {"idempotency_key": args[2]} if len(args) > 2 else {}
        refund = client.v1.refunds.create(params, options)
        return {"ok": True, "id": refund.id, "amount": refund.amount}
    except stripe.StripeError as error:
        code = ((error.json_body or {}).get("error") or {}).get("code")
        return {"ok": False, "class": type(error).__name__, "status": error.http_status, "code": code,
                "message": error.user_message or str(error)}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))

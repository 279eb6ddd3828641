#!/usr/bin/env python3
"""An agent without a model: it reads charges and asks for one refund.

It is written as any program that uses Stripe's own SDK. Two things differ: the
base address is the gateway's, and the API key is a gateway token, read from
SALLYPORT_TOKEN. It never sees a key of Stripe's.

    python agent.py charges [--customer cus_ada]
    python agent.py refund ch_ada_small 30.00

Exit status: 0 done, 1 refused or failed, 2 wrong use. A refusal is printed in
the words that the gateway wrote for the agent.
"""

import argparse
import os
import sys
from decimal import Decimal, InvalidOperation

import stripe

# Currencies whose smallest unit is the whole one.
WHOLE_UNITS = {"jpy"}


def client(base: str) -> stripe.StripeClient:
    token = os.environ.get("SALLYPORT_TOKEN")
    if not token:
        sys.exit("agent: set SALLYPORT_TOKEN to a gateway token (sallyport token prints one)")
    # The SDK repeats a call after a dropped connection with the same
    # idempotency key, so that a repeat is not a second refund.
    return stripe.StripeClient(token, base_addresses={"api": base}, max_network_retries=2)


def exponent(currency: str) -> int:
    return 0 if currency in WHOLE_UNITS else 2


def price(minor: int, currency: str) -> str:
    return f"{Decimal(minor).scaleb(-exponent(currency)):,} {currency.upper()}"


def minor_units(text: str, currency: str) -> int:
    try:
        amount = Decimal(text).scaleb(exponent(currency))
    except InvalidOperation:
        amount = Decimal(0)
    if amount <= 0 or amount != amount.to_integral_value():
        raise ValueError(f"{text} is not an amount in {currency.upper()}")
    return int(amount)


def charges(stripe_client: stripe.StripeClient, customer: str) -> None:
    found = stripe_client.v1.charges.list({"customer": customer, "limit": 10})
    for charge in found.data:
        print(f"{charge.id:16} {price(charge.amount, charge.currency):>16}  "
              f"refunded {price(charge.amount_refunded, charge.currency)}  {charge.description}")


def refund(stripe_client: stripe.StripeClient, charge_id: str, amount: str) -> None:
    charge = stripe_client.v1.charges.retrieve(charge_id)
    made = stripe_client.v1.refunds.create({
        "charge": charge_id,
        "amount": minor_units(amount, charge.currency),
    })
    print(f"refund {made.id}: {price(made.amount, made.currency)} of {made.charge}, {made.status}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="http://127.0.0.1:10000/stripe", help="the gateway's address of the tool (%(default)s)")
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("charges", help="list the charges of a customer")
    listing.add_argument("--customer", default="cus_ada")
    asking = commands.add_parser("refund", help="refund a part of a charge")
    asking.add_argument("charge")
    asking.add_argument("amount", help="in the charge's currency, as 30.00")
    return parser.parse_args()


def main() -> int:
    args = parse()
    stripe_client = client(args.base)
    try:
        if args.command == "charges":
            charges(stripe_client, args.customer)
        else:
            refund(stripe_client, args.charge, args.amount)
    except ValueError as error:
        print(f"agent: {error}", file=sys.stderr)
        return 2
    except stripe.StripeError as error:
        # user_message is the provider's or the gateway's own sentence.
        # Its classes for 401 and 403 leave the code in the body.
        code = error.code or ((error.json_body or {}).get("error") or {}).get("code")
        print(f"refused ({error.http_status}, {code}): {error.user_message or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

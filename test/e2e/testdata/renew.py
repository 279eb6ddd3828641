"""A program that sets its key once and outlives the tokens behind it.

It reads charges with stripe-python for some seconds, and prints what it got, and
the status that an address of another host gets at its base URL.
"""

import http.client
import json
import os
import sys
import time

import stripe

base, key = os.environ["SALLYPORT_URL"], os.environ["SALLYPORT_TOKEN"]
client = stripe.StripeClient(key, base_addresses={"api": os.environ["STRIPE_BASE"]}, max_network_retries=0)
end = time.monotonic() + float(sys.argv[1])
read, refused = 0, []
while time.monotonic() < end:
    try:
        client.v1.charges.retrieve("ch_chen_60")
        read += 1
    except stripe.StripeError as error:
        refused.append(str(error))
    time.sleep(0.1)
other = http.client.HTTPConnection(base.removeprefix("http://"))
other.request("GET", "/stripe/v1/charges", headers={"Host": "api.stripe.com", "Authorization": "Bearer " + key})
print(json.dumps({"read": read, "refused": refused, "key": key, "other": other.getresponse().status}))
sys.exit(7)

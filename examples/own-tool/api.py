"""An internal REST API as a company may have one: it reads customers and gives
them vouchers. It knows nothing of the gateway: `python3 api.py [PORT]`."""
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "internal-key-1"
CUSTOMERS = {
    "cus_ada": {"id": "cus_ada", "name": "Ada Lovelace", "email": "ada@example.com", "level": "gold"},
    "cus_bob": {"id": "cus_bob", "name": "Bob Stone", "email": "bob@example.com", "level": "new"},
}
VOUCHERS = []
DONE = {}  # what was answered under an idempotency key


class API(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        customer = re.fullmatch(r"/api/customers/(\w+)", self.path)
        if self.headers.get("x-api-key") != KEY:
            self.answer(401, {"error": "the key is wrong"})
        elif customer and customer[1] in CUSTOMERS:
            self.answer(200, CUSTOMERS[customer[1]])
        else:
            self.answer(404, {"error": "there is no such customer"})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
        key = self.headers.get("idempotency-key")
        if self.headers.get("x-api-key") != KEY:
            self.answer(401, {"error": "the key is wrong"})
        elif self.path != "/api/vouchers" or asked.get("customer") not in CUSTOMERS:
            self.answer(404, {"error": "there is no such customer"})
        elif key in DONE:
            self.answer(201, DONE[key])
        else:
            voucher = {"id": f"vou_{len(VOUCHERS) + 1}", **asked}
            VOUCHERS.append(voucher)
            if key:
                DONE[key] = voucher
            self.answer(201, voucher)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 9400
    ThreadingHTTPServer(("127.0.0.1", port), API).serve_forever()

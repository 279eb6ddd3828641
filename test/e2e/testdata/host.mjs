// One call of Stripe's SDK for Node, whose base URL takes no path, told as one
// JSON line.
//
// usage: host.mjs SDK HOST PORT TOKEN charges CUSTOMER
//        host.mjs SDK HOST PORT TOKEN refund CHARGE AMOUNT
//
// The names of the gateway's hosts lead to this machine, as a line of /etc/hosts
// would have it.
import http from "node:http";
import { createRequire } from "node:module";

const [sdk, host, port, token, what, ...args] = process.argv.slice(2);
const Stripe = createRequire(import.meta.url)(sdk);
const lookup = (_name, options, done) =>
  options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
const client = new Stripe(token, {
  host, port, protocol: "http", httpAgent: new http.Agent({ lookup }), maxNetworkRetries: 2, telemetry: false,
});

async function main() {
  try {
    if (what === "charges") {
      const page = await client.charges.list({ customer: args[0], limit: 10 });
      return { ok: true, ids: page.data.map((c) => c.id) };
    }
    const refund = await client.refunds.create({ charge: args[0], amount: Number(args[1]) });
    return { ok: true, id: refund.id, amount: refund.amount };
  } catch (error) {
    return { ok: false, class: error.type ?? error.name, status: error.statusCode ?? 0, code: error.code ?? "", message: error.message };
  }
}

console.log(JSON.stringify(await main()));

// Runs a module of WASI, whose path is the first argument, with the others.
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const wasi = new WASI({ version: "preview1", args: process.argv.slice(1), returnOnExit: true });
const module = await WebAssembly.compile(await readFile(process.argv[1]));
process.exit(wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject())));

// What runs on every page of a site that is read from a disk: the same, but that data is said by scripts (`publish/offline.py`).

import { runScript } from "./script";

const said = new Map<string, unknown>();

async function fetchSaid(address: RequestInfo | URL): Promise<Response> {
  const file = String(address);
  if (!said.has(file)) {
    window.vaultcSaid = (data) => said.set(file, data); // one at a time: a script runs right before its `load`
    await runScript(file);
  }
  return Response.json(said.get(file));
}

let last: Promise<unknown> = Promise.resolve();

window.fetch = (address) => {
  const answer = last.then(() => fetchSaid(address));
  last = answer.catch(() => undefined);
  return answer;
};

void import("../vaultc");

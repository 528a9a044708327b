// How the targets differ, for one client to speak to all of them. All speak the frames of the agents protocol.
//
// path      the address of a person's socket; asking for it is not part of any time
// ready     the frame after which a new tab can draw the timeline
// history   whether a chat request carries the whole conversation, as the published clients send it, or the newest message
// calls     the arguments of each edit
// result    the result of an edit in the floor's form
// seed      puts the first blocks on an empty timeline

import { FLUX } from "./flux.mjs";

/** How many blocks one call of `seed` takes. */
const PORTION = 250;

const calls = {
  schedule: (input) => ["scheduleBlock", input],
  update: (id, updates) => ["updateBlock", id, updates],
  complete: (id) => ["completeBlock", id],
  remove: (id) => ["deleteBlock", id],
};

async function seed(session, inputs) {
  for (let at = 0; at < inputs.length; at += PORTION) await session.call("seed", inputs.slice(at, at + PORTION));
}

const COMMON = { path: (name) => `/agents/chat/${name}`, calls, result: (_, result) => result, seed };

export const ADAPTERS = {
  floor: { ...COMMON, ready: "snapshot", sendsHistory: false },
  peer: { ...COMMON, ready: "cf_agent_state", sendsHistory: true },
  flux: FLUX,
};

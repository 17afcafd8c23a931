// Walks the PlaceOS simulator with PlaceOS's own client and prints what it saw as one JSON object.
//
//   node walk.mjs FOLDER HOST API_KEY SYSTEM      (FOLDER: where the client is installed)

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import { noticed, report, until } from "../../walking.mjs";

const [folder, host, key, system] = process.argv.slice(2);

// The client was made for browsers: these are the few things of a browser that it looks at.
class Store extends Map {
  getItem = (name) => this.get(name) ?? null;
  setItem = (name, value) => void this.set(name, `${value}`);
  removeItem = (name) => void this.delete(name);
}
Object.assign(globalThis, {
  window: globalThis,
  document: { cookie: "" },
  localStorage: new Store(),
  sessionStorage: new Store(),
  location: new URL(`http://${host}/`),
  WebSocket: createRequire(`${folder}/`)("ws"),
});
Object.defineProperty(globalThis, "navigator", { value: { userAgent: "node", platform: "node" } });
localStorage.setItem("x-api-key", key);

const place = await import(
  pathToFileURL(`${folder}/node_modules/@placeos/ts-client/dist/index.es.js`).href
);
const seen = { status: [], pages: [] };

// The first value of an observable.
function first(observable) {
  return new Promise((resolve, reject) => observable.subscribe({ next: resolve, error: reject }));
}

// Resolves once the room's status, as it was notified, is that.
function statusIs(wanted) {
  return until(() => seen.status.at(-1) === wanted);
}

async function refusal(promise) {
  try {
    return { answered: await promise };
  } catch (error) {
    return error;
  }
}

async function walk() {
  await place.setup({
    host,
    scope: "public",
    auth_uri: "",
    token_uri: "",
    redirect_uri: `http://${host}/`,
    token_header: true,
    handle_login: false,
  });
  seen.domain = place.authority().domain;

  let page = await first(place.querySystems({ bookable: true, limit: 2 }));
  for (;;) {
    seen.pages.push([page.total, page.data.map((each) => each.name)]);
    if (!page.next) break;
    page = await first(page.next());
  }
  seen.capacity = (await first(place.showSystem(system))).capacity;
  seen.types = await first(place.get(`${place.apiEndpoint()}/systems/${system}/types`));

  const room = place.getModule(system, "Bookings", 1);
  room.variable("status").bindThenSubscribe((value) => {
    if (value === undefined) return; // the client's own beginning
    seen.status.push(value);
    noticed();
  });
  await statusIs("free");

  seen.booked = await room.execute("book_now", [900, "Judged", null]);
  await statusIs("busy");
  seen.clash = await refusal(room.execute("book_now", [300, "Rival"]));
  seen.unknown = await refusal(room.execute("extend", [15]));
  seen.missing = await refusal(place.getModule(system, "Bookings", 2).execute("checkin"));
  seen.checkin = await room.execute("checkin");
  seen.end = await refusal(room.execute("end_meeting", [seen.booked.event_start], 500));
  await statusIs("free");
}

await report(walk, seen);
process.exit(0); // the client would go on to say "ping"

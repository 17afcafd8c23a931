// Walks the RoomOS simulator with Cisco's own client and prints what it saw as one JSON object.
//
//   node walk.mjs FOLDER URL USERNAME PASSWORD      (FOLDER: where jsxapi is installed)

import { createRequire } from "node:module";

import { noticed, report, until } from "../../walking.mjs";

const [folder, url, username, password] = process.argv.slice(2);
const { connect } = createRequire(`${folder}/`)("jsxapi");

const xapi = connect(url, { username, password, loglevel: "silent" });
const seen = { events: [], statuses: [] };

function note(list, entry) {
  list.push(entry);
  noticed();
}

// Resolves once an event of that name was seen.
async function event(name) {
  return (await until(() => seen.events.find((entry) => entry.name === name))).value;
}

// What a promise is rejected with.
async function refusal(promise) {
  try {
    await promise;
  } catch ({ code, message, data }) {
    return { code, message, data };
  }
  return null;
}

async function walk() {
  await new Promise((resolve, reject) => {
    xapi.on("ready", resolve);
    xapi.on("error", reject);
  });
  seen.empty = await xapi.Command.Bookings.List({ Days: 1, DayOffset: 0 });

  const offEvents = xapi.Event.Bookings.on((value) => {
    for (const name of Object.keys(value)) note(seen.events, { name, value: value[name] });
  });
  const offStatus = xapi.Status.Bookings.on((value) => note(seen.statuses, value));
  seen.registrations = [await offEvents.registration, await offStatus.registration];

  seen.book = await xapi.Command.Bookings.Book({
    BookingRequestUUID: "jsxapi-1",
    Duration: 15,
    OrganizerName: "Ada",
    Title: "Judged",
  });
  seen.created = await event("BookingCreated");
  seen.started = await event("Start");
  seen.list = await xapi.Command.Bookings.List();
  seen.get = await xapi.Command.Bookings.Get({ Id: seen.created.Id });
  seen.availability = await xapi.Status.Bookings.Availability.Status.get();
  seen.currentId = await xapi.Status.Bookings.Current.Id.get();
  seen.mac = await xapi.Status.Network[1].Ethernet.MacAddress.get();
  seen.set = await xapi.Config.Bookings.CheckIn.WindowDuration.set(15);
  seen.window = await xapi.Config.Bookings.CheckIn.WindowDuration.get();
  seen.query = await xapi.execute("xQuery", { Query: ["Status", "**", "SerialNumber"] });

  seen.delete = await xapi.Command.Bookings.Delete({ MeetingId: "jsxapi-1" });
  seen.deleted = await event("Deleted");

  seen.refusals = {
    unknownBooking: await refusal(xapi.Command.Bookings.Get({ MeetingId: "nothing" })),
    unknownPath: await refusal(xapi.Status.Bookings.Nothing.get()),
    unknownCommand: await refusal(xapi.Command.Bookings.Schedule()),
    wrongArgument: await refusal(xapi.Command.Bookings.Book({ Duration: 0 })),
    unknownSubscription: await refusal(xapi.execute("xFeedback/Unsubscribe", { Id: 4 })),
  };

  offEvents();
  offStatus();
  await xapi.Status.SystemUnit.Uptime.get(); // the unsubscriptions have arrived before this
}

await report(walk, seen);
xapi.close();

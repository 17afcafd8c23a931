// What a walk through a simulator with somebody else's client needs, whoever wrote the client.

const waiting = new Set();

// Resolves with what `look` finds, once it finds something; it looks again at every `noticed`.
export function until(look) {
  return new Promise((resolve) => {
    const check = () => {
      const found = look();
      if (!found) return;
      waiting.delete(check);
      resolve(found);
    };
    waiting.add(check);
    check();
  });
}

// Something new was seen.
export function noticed() {
  for (const check of [...waiting]) check();
}

// Walks for 20 seconds at most, and prints `seen` as one JSON object, with the error that ended it.
export async function report(walk, seen) {
  const deadline = setTimeout(() => {
    console.error("no end in sight", JSON.stringify(seen));
    process.exit(3);
  }, 20000);
  try {
    await walk();
  } catch (error) {
    seen.error = String(error?.message ?? error);
  }
  clearTimeout(deadline);
  console.log(JSON.stringify(seen));
}

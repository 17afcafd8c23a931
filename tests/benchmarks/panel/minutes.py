"""Minutes that pass in a page at once."""

# Backwards before midnight: another day has other bookings.
LET_PASS = """() => {
  const real = Date.now.bind(Date);
  const step = new Date().getHours() < 22 ? 60_000 : -60_000;
  let minutes = 0;
  Date.now = () => real() + minutes * step;
  globalThis.minute = (number) => { minutes = number % 60; };
  globalThis.frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
}"""

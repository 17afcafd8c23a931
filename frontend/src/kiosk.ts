import type { Hass } from "./hass";

/** Whether a card is all that its screen is to show: by the app's settings, or by `?kiosk`. */
export function fillsScreen({ layout, hass }: { layout?: string; hass?: Hass }): boolean {
  const asked = () => new URLSearchParams(location.search).has("kiosk");
  return layout === "panel" && (hass?.kioskMode === true || asked());
}

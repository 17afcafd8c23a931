/** The forms in which people set the cards up, and with what they begin. */
import type { Hass } from "./hass";
import { PLATFORM, roomsIn } from "./rooms";
import { type Say, sayIn } from "./words";

/** Speaks as the page does, for whoever is not told the language by Home Assistant. */
export const pageSay: Say = (key) => sayIn(document.documentElement.lang)(key);

const filter = { integration: PLATFORM, domain: "calendar" };
const multiple = true;
const SELECTORS = {
  entity: { entity: { filter } },
  title: { text: {} },
  area_id: { area: { multiple } },
  floor_id: { floor: { multiple } },
  label_id: { label: { multiple } },
  entities: { entity: { filter, multiple } },
};

type Name = keyof typeof SELECTORS;

function form(title: "option_title" | "option_board_title", ...names: Name[]) {
  return {
    schema: names.map((name) => ({ name, selector: SELECTORS[name] })),
    computeLabel: ({ name }: { name: Name }) =>
      pageSay(name === "title" ? title : `option_${name}`),
    computeHelper: ({ name }: { name: Name }) =>
      name === "entities" ? pageSay("help_places") : undefined,
  };
}

export const panelEditor = {
  getStubConfig: ({ entities }: Hass) => ({ entity: [...roomsIn(entities).keys()][0] }),
  getConfigForm: () => form("option_title", "entity", "title"),
};

export const boardEditor = {
  getStubConfig: () => ({}),
  getConfigForm: () =>
    form("option_board_title", "title", "area_id", "floor_id", "label_id", "entities"),
};

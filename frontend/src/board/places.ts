/** Which rooms a board or a dashboard is about. */
import type { Hass } from "../hass";
import { roomsIn } from "../rooms";

type Ids = string | readonly string[];

/** Where rooms are; of what is not said, or empty, all are meant. */
export interface Places {
  area_id?: Ids;
  floor_id?: Ids;
  label_id?: Ids;
  /** Calendars. */
  entities?: Ids;
}

/**
 * The calendars of the rooms in any of the areas, on any of the floors and with any of the labels.
 *
 * As in the action `find_room`, a room has the labels of its device and of its area, too.
 */
export function calendarsIn(hass: Hass, places: Places): string[] {
  return [...roomsIn(hass.entities).keys()].filter((calendar) => {
    const entity = hass.entities[calendar];
    const device = hass.devices[entity?.device_id ?? ""];
    const areaId = areaOf(hass, calendar);
    const area = hass.areas[areaId];
    const labels = [entity, device, area].flatMap((each) => each?.labels ?? []);
    return (
      meets(places.area_id, [areaId]) &&
      meets(places.floor_id, [area?.floor_id]) &&
      meets(places.label_id, labels) &&
      meets(places.entities, [calendar])
    );
  });
}

/** The area of a room, "" if it is in none. */
export function areaOf({ entities, devices }: Hass, calendar: string): string {
  const entity = entities[calendar];
  return entity?.area_id ?? devices[entity?.device_id ?? ""]?.area_id ?? "";
}

function meets(wanted: Ids | undefined, its: readonly (string | null | undefined)[]): boolean {
  return !wanted?.length || its.some((id) => id && [wanted].flat().includes(id));
}

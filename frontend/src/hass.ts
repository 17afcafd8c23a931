/** What these cards use of Home Assistant's frontend, which publishes no types of its own. */
import type { Connection, HassEntities } from "home-assistant-js-websocket";

export interface EntityEntry {
  entity_id: string;
  device_id?: string;
  area_id?: string;
  labels?: string[];
  platform?: string;
  translation_key?: string;
}

export interface DeviceEntry {
  name?: string | null;
  name_by_user?: string | null;
  area_id?: string | null;
  labels?: string[];
}

export interface AreaEntry {
  name: string;
  floor_id?: string | null;
  labels?: string[];
}

export interface Locale {
  language: string;
  time_format: "language" | "system" | "12" | "24";
  time_zone: "local" | "server";
}

/** Translates a key, `{placeholder}`s filled in; "" for a key that it does not know. */
export type Localize = (key: string, values?: Record<string, string>) => string;

/** Replaced by another object whenever anything in it changes. */
export interface Hass {
  states: HassEntities;
  entities: Record<string, EntityEntry>;
  devices: Record<string, DeviceEntry>;
  areas: Record<string, AreaEntry>;
  floors?: Record<string, { name: string }>;
  connection: Connection;
  connected: boolean;
  config: { time_zone: string };
  locale: Locale;
  language: string;
  kioskMode?: boolean;
  callWS<T>(message: { type: string; [key: string]: unknown }): Promise<T>;
  loadBackendTranslation(category: string, integration: string): Promise<Localize>;
}

/** How Home Assistant refuses a command. */
export interface Refusal {
  code: string;
  message: string;
  translation_domain?: string;
  translation_key?: string;
  translation_placeholders?: Record<string, string>;
}

/** What every card is told by the dashboard, which also wants these methods. */
export interface Card<Config> extends HTMLElement {
  hass?: Hass;
  setConfig(config: Config): void;
  getCardSize(): number;
}

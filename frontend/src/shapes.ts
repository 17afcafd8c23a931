/** Shapes that say what colours say, for those who cannot tell colours apart. */
import { html, svg, type TemplateResult } from "lit";
import type { Deed } from "./deeds";
import type { RoomState } from "./rooms";

const SHAPES: Record<RoomState, TemplateResult> = {
  free: svg`<circle cx="12" cy="12" r="11" /><path class="mark" d="m6.5 12.5 4 4 7-8" />`,
  pending: svg`<path d="M12 .5 23.5 12 12 23.5.5 12Z" /><path class="mark" d="M12 7v5.5l3 2" />`,
  busy: svg`<rect x="1" y="1" width="22" height="22" rx="4" /><path class="mark" d="M6 12h12" />`,
  unknown: svg`<path d="M12 1 23 22H1Z" /><path class="mark" d="M12 9v6m0 2.5v1" />`,
};

/** The shape of a state. */
export function shape(state: RoomState): TemplateResult {
  return html`<svg class="shape" viewBox="0 0 24 24" aria-hidden="true">${SHAPES[state]}</svg>`;
}

const MARKS: Record<Deed["phase"], TemplateResult> = {
  pending: svg`<path d="M12 3a9 9 0 1 1-9 9" />`,
  confirmed: svg`<path d="m4 13 5.5 5.5L20 6" />`,
  refused: svg`<path d="M6 6l12 12M18 6 6 18" />`,
};

/** What became of a tap. */
export function phaseMark(phase: Deed["phase"]): TemplateResult {
  return html`<svg class="phase" viewBox="0 0 24 24" aria-hidden="true">${MARKS[phase]}</svg>`;
}

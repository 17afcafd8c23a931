/** A button that shows its work. */
import { html, nothing, type TemplateResult } from "lit";
import type { Deed } from "./deeds";
import { phaseMark } from "./shapes";

export interface Button {
  id: string;
  label: string | TemplateResult;
  /** Why it cannot be used now. */
  why?: string | undefined;
  kind?: "primary" | "danger" | undefined;
}

/** Draw it; what cannot be used can still be reached, so that everybody learns why. */
export function button(
  { id, label, why, kind }: Button,
  deed: Deed | undefined,
  onTap: () => void,
): TemplateResult {
  const phase = deed?.button === id ? deed.phase : undefined;
  const asleep = why !== undefined || deed?.phase === "pending";
  const tap = () => {
    if (!asleep) onTap();
  };
  return html`<button
    type="button"
    class=${kind ?? nothing}
    data-phase=${phase ?? nothing}
    aria-disabled=${asleep ? "true" : nothing}
    @click=${tap}
  >
    ${phase ? phaseMark(phase) : nothing}
    <span class="label">${label}</span>
    ${why === undefined ? nothing : html`<span class="why">${why}</span>`}
  </button>`;
}

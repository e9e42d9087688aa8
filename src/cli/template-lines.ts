import { duration } from './duration.ts';
import { escapeControls } from './escape.ts';

export interface TemplateReport {
  /** State of each template. */
  readonly templates: Readonly<Record<string, string>>;
  /** Of those that are being read or made; ages in seconds. */
  readonly template_progress: Readonly<
    Record<string, { readonly phase: string; readonly age_seconds: number }>
  >;
}

/** A line per template that is not ready, else one that counts them; none where there are no templates. */
export function templateLines({ templates, template_progress: all }: TemplateReport): string[] {
  const entries = Object.entries(templates);
  const lines = entries
    .filter(([, state]) => state !== 'ready')
    .map(([name, state]) => {
      const progress = all[name];
      const detail = progress
        ? ` (${progress.phase}, ${duration(progress.age_seconds)})`
        : '; see `tvm logs --component tvm`';
      return escapeControls(`template ${name}: ${state}${detail}`);
    });
  return lines.length > 0 || entries.length === 0 ? lines : [`templates: ${entries.length} ready`];
}

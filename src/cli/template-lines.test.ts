import { describe, expect, it } from 'vitest';
import { templateLines } from './template-lines.ts';

const NAME = 'python@3.11-256m-1c';
const OTHER = 'javascript@20-128m-1c';

describe('templates in `tvm status`', () => {
  it('are counted when all are ready', () => {
    expect(
      templateLines({ templates: { [NAME]: 'ready', [OTHER]: 'ready' }, template_progress: {} }),
    ).toEqual(['templates: 2 ready']);
  });

  it('have a line each when they are not, with what is being done', () => {
    const lines = templateLines({
      templates: { [NAME]: 'building', [OTHER]: 'ready', third: 'loading' },
      template_progress: {
        [NAME]: { phase: 'booting', age_seconds: 3.9 },
        third: { phase: 'checking', age_seconds: 61 },
      },
    });
    expect(lines).toEqual([
      `template ${NAME}: building (booting, 3 s)`,
      'template third: loading (checking, 1 min 1 s)',
    ]);
  });

  it('that failed say where the reason is', () => {
    expect(templateLines({ templates: { [NAME]: 'failed' }, template_progress: {} })).toEqual([
      `template ${NAME}: failed; see \`tvm logs --component tvm\``,
    ]);
  });

  it('are not mentioned when there are none', () => {
    expect(templateLines({ templates: {}, template_progress: {} })).toEqual([]);
  });

  it('cannot drive the terminal', () => {
    expect(templateLines({ templates: { '\u001b[2J': 'failed' }, template_progress: {} })[0]).toContain(
      String.raw`\u001b[2J`,
    );
  });
});

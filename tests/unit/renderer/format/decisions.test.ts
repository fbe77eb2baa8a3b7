import { expect, test } from 'vitest';
import { holdCodes, watchCodes } from '../../../../shared/error-codes.ts';
import { decisionsFor, heldReasons } from '../../../../renderer/format/decisions.ts';

test('somebody is asked to decide exactly where the engine waits for an answer', () => {
  for (const code of [...holdCodes, ...watchCodes]) {
    const isAsked = heldReasons.some((reason) => reason === code);
    expect(decisionsFor({ code }).length > 0, code).toBe(isAsked);
    if (isAsked) expect(decisionsFor({ code }), code).toContain('skip');
  }
});

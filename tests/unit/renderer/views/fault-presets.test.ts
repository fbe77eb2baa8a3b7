import { expect, test } from 'vitest';
import { faultSchema } from '../../../../shared/contract/sandbox.ts';
import { faultNames, faultPresets, isFaultOn, withFault } from '../../../../renderer/views/sandbox/fault-presets.ts';

test('every switch turns its own fault on and off and leaves others alone', () => {
  const own = faultSchema.parse({ kind: 'status', status: 418 });
  for (const name of faultNames) {
    expect(faultSchema.safeParse(faultPresets[name]).success).toBe(true);
    const on = withFault([own], name, true);
    expect(faultNames.filter((other) => isFaultOn(on, other))).toEqual([name]);
    expect(withFault(on, name, false)).toEqual([own]);
    expect(withFault(on, name, true)).toEqual(on);
  }
});

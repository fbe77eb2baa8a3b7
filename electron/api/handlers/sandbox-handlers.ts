import type { HandlersOf } from '../host-parts.ts';
import type { SandboxControl } from '../sandbox-control.ts';
import type { SandboxLink } from '../sandbox-link.ts';

export const sandboxHandlers = (control: SandboxControl, link: SandboxLink): HandlersOf<'sandbox'> => ({
  'sandbox.start': () => link.start(),
  'sandbox.stop': () => link.stop(),
  'sandbox.faults': async ({ faults }) => {
    await control.setFaults(faults);
    return link.status();
  },
  'sandbox.tables': () => control.tables(),
  'sandbox.rows': (query) => control.rows(query),
  'sandbox.errors': (query) => control.errors(query),
});

import { expect, it } from 'vitest';
import { textTable } from '../../../../electron/headless/terminal/text-table.ts';

it('lines columns up and cuts what is too long', () => {
  const rows = [
    ['a', '1'],
    ['a long name', '1,461'],
  ];
  expect(textTable([{ title: 'Name' }, { title: 'Rows', align: 'right' }], rows, 8)).toEqual([
    'Name       Rows',
    'a             1',
    'a long …  1,461',
  ]);
});

it('does not let the content of a file steer the terminal', () => {
  expect(textTable([{ title: 'Name' }], [['\u001b[2Jgone\n']])[1]).toBe('\\x1b[2Jgone\\x0a');
});

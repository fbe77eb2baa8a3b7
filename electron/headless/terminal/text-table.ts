export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Lines of a table for a terminal: columns as wide as their longest text, two spaces between, `maxWidth` characters a cell. */
export function textTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[], maxWidth = 60): readonly string[] {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map((_, index) => cut(printable(row[index] ?? ''), maxWidth))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => (row[index] ?? '').length)));
  return cells.map((row) =>
    row
      .map((cell, index) => (columns[index]?.align === 'right' ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** The text with control characters made visible: what a file contains must not steer the terminal. */
export const printable = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);

export const cut = (text: string, maxWidth: number): string => (text.length <= maxWidth ? text : `${text.slice(0, maxWidth - 1)}…`);

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

export const columns: readonly string[] =
  'timestamp,sensor,site,temperature,humidity,pressure,wind_speed,wind_direction,battery,state'.split(',');

/**
 * Writes a CSV of about `bytes` bytes, as a weather logger would: ten columns, 59 bytes a row. Returns its rows. It lies on the disk then:
 * what is measured next does not share the machine with its writing.
 */
export async function writeCsv(path: string, bytes: number, { header = true } = {}): Promise<number> {
  const file = createWriteStream(path, { highWaterMark: 4 * 1024 * 1024, flush: true });
  let text = header ? `${columns.join(',')}\n` : '';
  let written = 0;
  let row = 0;
  while (written < bytes) {
    for (let count = 0; count < 10_000; count += 1, row += 1) {
      const temperature = (20 + Math.sin(row / 100) * 5).toFixed(3);
      text += `${String(1_700_000_000_000 + row * 1_000)},s${String(row % 500)},site-${String(row % 7)},${temperature},${String(50 + (row % 40))},${(
        1_000 +
        (row % 300) / 10
      ).toFixed(1)},${String(((row * 7) % 250) / 10)},${String(row % 360)},${(3 + (row % 100) / 100).toFixed(2)},ok\n`;
    }
    written += text.length;
    if (!file.write(text)) await once(file, 'drain');
    text = '';
  }
  file.end();
  await once(file, 'close');
  return row;
}

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWindowPlace, saveWindowPlace, type WindowPlace } from '../../../electron/desktop/window-place.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1080 };
const file = (): string => path.join(mkdtempSync(path.join(tmpdir(), 'window-')), 'window.json');
const place = (x: number, y: number): WindowPlace => ({ bounds: { x, y, width: 1200, height: 800 }, maximized: false });

describe('the place of the window', () => {
  it('is the one of the last time', async () => {
    const saved = file();
    await saveWindowPlace(saved, place(200, 100));
    await saveWindowPlace(saved, { ...place(300, 100), maximized: true });
    expect(readWindowPlace(saved, [screen])).toEqual({ ...place(300, 100), maximized: true });
  });

  it.each([
    [1850, 100],
    [-1150, 100],
    [100, 1060],
    [100, -500],
    [4000, 100],
  ])('is the default when its title bar would be out of reach (%i, %i)', async (x, y) => {
    const saved = file();
    await saveWindowPlace(saved, place(x, y));
    expect(readWindowPlace(saved, [screen])).toBeUndefined();
  });

  it('on a second screen is kept while that is there', async () => {
    const saved = file();
    await saveWindowPlace(saved, place(2200, 100));
    expect(readWindowPlace(saved, [screen, { ...screen, x: 1920 }])).toBeDefined();
    expect(readWindowPlace(saved, [screen])).toBeUndefined();
  });

  it.each(['', '{', '{"bounds":{"x":0}}', '{"bounds":{"x":0,"y":0,"width":-1,"height":9},"maximized":false}', '[]'])(
    'is the default when what was saved is “%s”',
    (text) => {
      const saved = file();
      writeFileSync(saved, text);
      expect(readWindowPlace(saved, [screen])).toBeUndefined();
    },
  );
});

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeAtomically } from '../api/atomic-write.ts';

/** In device-independent pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const pixels = z.number().int().min(-100_000).max(100_000);
const windowPlaceSchema = z.strictObject({
  bounds: z.strictObject({ x: pixels, y: pixels, width: pixels.positive(), height: pixels.positive() }),
  maximized: z.boolean(),
});
/** Where the window was; `bounds` are those it has when it is not maximized. */
export type WindowPlace = z.infer<typeof windowPlaceSchema>;

export const defaultSize = { width: 1200, height: 800 } as const;
/** Below this the layout breaks; 960×600 at 125 % zoom still fits. */
export const minimumSize = { width: 720, height: 560 } as const;

/** The place that was saved, when it can be read and enough of it is on a screen that is there; undefined: the default. */
export function readWindowPlace(file: string, workAreas: readonly Rectangle[]): WindowPlace | undefined {
  try {
    const place = windowPlaceSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return workAreas.some((area) => isReachable(place.bounds, area)) ? place : undefined;
  } catch {
    // Missing or damaged: a window at the default place is no loss.
    return undefined;
  }
}

export const saveWindowPlace = (file: string, place: WindowPlace): Promise<void> => writeAtomically(file, `${JSON.stringify(place)}\n`);

/** A person can take hold of it: at least 100×40 pixels of its upper part are on the screen. */
function isReachable(bounds: Rectangle, area: Rectangle): boolean {
  const width = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  return width >= 100 && bounds.y >= area.y - 10 && bounds.y + 40 <= area.y + area.height;
}

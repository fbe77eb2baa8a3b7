import { expect, it } from 'vitest';
import { objectState, partsText } from '../../../../renderer/format/object-progress.ts';

it('how far an object is says how many parts it takes once that is known, and what is under way', () => {
  expect(partsText({ parts: { finished: 3, inFlight: 0 } })).toBe('3');
  expect(partsText({ parts: { planned: 40, finished: 12, inFlight: 0 } })).toBe('12 of 40');
  expect(partsText({ parts: { planned: 40, finished: 12, inFlight: 3 } })).toBe('12 of 40, 3 under way');
});

it('an upload that can be gone on with has stopped, and what lies in the bucket has not', () => {
  expect(objectState({ state: 'uploading', mayResume: true })).toBe('stopped');
  expect(objectState({ state: 'uploading', mayResume: false })).toBe('uploading');
  expect(objectState({ state: 'stored', mayResume: true })).toBe('stored');
});

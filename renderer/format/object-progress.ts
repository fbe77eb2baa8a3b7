/** How far an object is, in words. Pure. */
import type { TransferObject } from '../../shared/contract/transfers.ts';
import { t } from '../messages/translate.ts';
import { formatCount } from './quantity.ts';

/** One whose upload has stopped in the middle is not being uploaded. */
export const objectState = ({ state, mayResume }: Pick<TransferObject, 'state' | 'mayResume'>): TransferObject['state'] | 'stopped' =>
  state === 'uploading' && mayResume ? 'stopped' : state;

/** `12 of 40, 3 under way`; without the number of all while that is not known. */
export function partsText({ parts }: Pick<TransferObject, 'parts'>): string {
  const { planned, finished, inFlight } = parts;
  const text =
    planned === undefined
      ? formatCount(finished)
      : t('objects.partsOf', { finished: formatCount(finished), planned: formatCount(planned) });
  return inFlight === 0 ? text : t('objects.inFlight', { parts: text, count: formatCount(inFlight) });
}

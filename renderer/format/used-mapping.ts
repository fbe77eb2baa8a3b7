import type { Transfer } from '../../shared/contract/transfers.ts';
import type { UsedMapping } from '../../shared/contract/mappings.ts';
import { t } from '../messages/translate.ts';
import { formatCount } from './quantity.ts';

const nameOf = ({ name, version, digest }: Pick<UsedMapping, 'name' | 'version' | 'digest'>): string =>
  name === undefined || version === undefined
    ? t('mappings.used.own', { digest: digest.slice(0, 8) })
    : t('mappings.is', { name, version: String(version) });

/** By which mapping rows were sent; where it was changed in the middle of a file, up to where by which. */
export const usedMappingWords = (used: UsedMapping): string =>
  [
    ...(used.earlier ?? []).map((one) => t('mappings.used.earlier', { mapping: nameOf(one), row: formatCount(one.untilRow) })),
    nameOf(used),
  ].join(', ');

/** Of all files of a transfer; undefined where it is not known. */
export const transferMapping = ({ files }: Pick<Transfer, 'files'>): { readonly words: string; readonly fileId: string } | undefined => {
  const [first] = files;
  if (first?.mapping === undefined) return undefined;
  const words = usedMappingWords(first.mapping);
  const isOne = files.every(({ mapping }) => mapping !== undefined && usedMappingWords(mapping) === words);
  return { words: isOne ? words : t('mappings.used.several'), fileId: first.id };
};

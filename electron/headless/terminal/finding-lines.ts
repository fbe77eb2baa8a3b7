import type { Finding } from '../../../shared/contract/finding.ts';
import type { Inspection } from '../../../shared/contract/files.ts';
import { findingText } from '../../../shared/model/finding-texts.ts';

/** What was found out about a file, each with its reason in words. */
export const findingLines = ({ findings }: Pick<Inspection, 'findings'>): readonly (Finding & { readonly reason: string })[] =>
  findings.map((finding) => ({ ...finding, reason: findingText(finding) }));

/** Follows the imports of the sources and holds them against the rules in `dependency-cruiser.cjs`. */
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import { createRequire } from 'node:module';

export interface Violation {
  readonly rule: string;
  readonly comment: string;
  readonly from: string;
  readonly to: string;
}

interface Rule {
  readonly name: string;
  readonly comment: string;
}
interface Configuration {
  readonly forbidden: readonly Rule[];
  readonly options: ICruiseOptions;
}

const configuration = createRequire(import.meta.url)('./dependency-cruiser.cjs') as Configuration;

export const ruleNames: readonly string[] = configuration.forbidden.map((rule) => rule.name);

/** Looks at `folders` below `baseDir`; `modules` counts the source files found there. */
export async function cruiseSources(
  baseDir: string,
  folders: readonly string[],
): Promise<{ readonly modules: number; readonly violations: readonly Violation[] }> {
  const options = {
    ...configuration.options,
    baseDir,
    validate: true,
    ruleSet: { forbidden: configuration.forbidden },
  } as ICruiseOptions;
  const { output } = await cruise([...folders], options, {
    ...configuration.options.enhancedResolveOptions,
    bustTheCache: true,
  });
  if (typeof output === 'string') throw new Error(output);
  const result: ICruiseResult = output;
  const own = new RegExp(`^(${folders.join('|')})/`);
  return {
    modules: result.modules.filter((module) => own.test(module.source)).length,
    violations: result.summary.violations.map((violation) => ({
      rule: violation.rule.name,
      comment: configuration.forbidden.find((rule) => rule.name === violation.rule.name)?.comment ?? '',
      from: violation.from,
      to: violation.to,
    })),
  };
}

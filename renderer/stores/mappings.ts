import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { CommandInput } from '../../shared/contract/contract.ts';
import type { Mapping } from '../../shared/contract/mapping.ts';
import type { NamedMapping } from '../../shared/contract/mappings.ts';
import { bridge } from '../bridge.ts';
import type { Result } from '../result.ts';

/** A version of a named mapping that something was begun with. */
export interface ChosenMapping {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly mapping: Mapping;
}

/** What a mapping says, whatever it is called, as a text that is the same for the same. */
const saying = ({ name: _name, $schema: _schema, ...mapping }: Mapping): string =>
  JSON.stringify(mapping, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

export const isSameMapping = (a: Mapping, b: Mapping): boolean => saying(a) === saying(b);

/** The mappings that are saved under a name. */
export const useMappings = defineStore('mappings', () => {
  const list = shallowRef<readonly NamedMapping[]>([]);
  const failure = shallowRef<Failure>();
  const isOpen = ref(false);
  const keep = <T>(answer: Result<T>): T | undefined => {
    failure.value = answer.ok ? undefined : answer.failure;
    return answer.ok ? answer.value : undefined;
  };

  const load = async (): Promise<void> => {
    const found = await bridge.call('mappings.list', {});
    if (found.ok) list.value = found.value.mappings;
    else failure.value = found.failure;
  };
  /** The newest version. */
  const get = async (name: string): Promise<ChosenMapping | undefined> => {
    const found = keep(await bridge.call('mappings.get', { name }));
    return found && { id: found.id, name: found.name, version: found.version, mapping: found.mapping };
  };
  const save = async (
    name: string,
    mapping: CommandInput<'mappings.save'>['mapping'],
    isNew: boolean,
  ): Promise<ChosenMapping | undefined> => {
    const saved = keep(await bridge.call('mappings.save', { name, mapping, isNew }));
    await load();
    return saved && get(saved.name);
  };
  const rename = async (id: string, name: string): Promise<void> => {
    keep(await bridge.call('mappings.rename', { id, name }));
    await load();
  };
  const remove = async (id: string): Promise<void> => {
    keep(await bridge.call('mappings.remove', { id }));
    await load();
  };
  /** The mapping as a file: its name, and its text. */
  const exported = async (name: string): Promise<{ readonly name: string; readonly text: string } | undefined> => {
    const found = await get(name);
    return found && { name: `${found.name}.mapping.json`, text: `${JSON.stringify({ ...found.mapping, name: found.name }, null, 2)}\n` };
  };
  /** Saves what a file says under the name in it, else that of the file. Whether it is a mapping, the engine says. */
  const importFile = async (file: File): Promise<void> => {
    const named = file.name.replace(/(\.mapping)?\.json$/i, '');
    let mapping: unknown;
    try {
      mapping = JSON.parse((await file.text()).replace(/^\uFEFF/, ''));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      failure.value = { code: 'mapping-invalid', message: `${file.name} is not JSON: ${message}`, context: { path: file.name } };
      return;
    }
    const own = typeof mapping === 'object' && mapping !== null && 'name' in mapping ? mapping.name : undefined;
    const name = typeof own === 'string' && own.trim() !== '' ? own : named;
    const answer = await bridge.call('mappings.save', { name, mapping: mapping as Mapping, isNew: true });
    keep(answer);
    if (!answer.ok && answer.failure.code === 'input-invalid') failure.value = { ...answer.failure, code: 'mapping-invalid' };
    await load();
  };

  /** What a file of the history was sent by. */
  const ofFile = async (fileId: string): Promise<Mapping | undefined> => keep(await bridge.call('mappings.ofFile', { fileId }))?.mapping;

  return { list, failure, isOpen, load, get, save, rename, remove, exported, importFile, ofFile };
});

import { check } from './en/check.ts';
import { common } from './en/common.ts';
import { connections } from './en/connections.ts';
import { folderForm } from './en/folder-form.ts';
import { folders } from './en/folders.ts';
import { history } from './en/history.ts';
import { map } from './en/map.ts';
import { mappings } from './en/mappings.ts';
import { overview } from './en/overview.ts';
import { read } from './en/read.ts';
import { sandbox } from './en/sandbox.ts';
import { schema } from './en/schema.ts';
import { upload } from './en/upload.ts';

/** Every text of the interface in English. Texts of error codes are in `shared/model/error-texts.ts`. */
export const en = {
  ...check,
  ...common,
  ...connections,
  ...folderForm,
  ...folders,
  ...history,
  ...map,
  ...mappings,
  ...overview,
  ...read,
  ...sandbox,
  ...schema,
  ...upload,
} as const;

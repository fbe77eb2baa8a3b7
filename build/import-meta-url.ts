/** Stands for `import.meta.url` in bundles, which are CommonJS and have none; some libraries find their files by it. */
import { pathToFileURL } from 'node:url';

export const importMetaUrl = /* @__PURE__ */ pathToFileURL(__filename).href;

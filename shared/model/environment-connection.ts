/**
 * Connections the command line makes for an address with secrets from the environment. The journal keeps them, to know
 * the destination again; people did not save them and do not see them among theirs.
 */
export const environmentIdPrefix = 'env-';

export const isSavedConnection = ({ id }: { readonly id: string }): boolean => !id.startsWith(environmentIdPrefix);

import { fieldTypes } from '../../../shared/contract/schema.ts';
import { t } from '../../messages/translate.ts';

export const typeOptions = fieldTypes.map((value) => ({ value, label: t(`schema.type.${value}`) }));

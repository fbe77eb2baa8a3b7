import { routes } from '../../../shared/model/route.ts';
import { icons } from '../../icons.ts';
import { t } from '../../messages/translate.ts';

/** The ways rows travel, to choose from. */
export const routeOptions = routes.map((value) => ({
  value,
  title: t(`upload.route.${value}.title`),
  text: t(`upload.route.${value}.text`),
  icon: icons[value],
  testId: `route-${value}`,
}));

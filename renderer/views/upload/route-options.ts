import { serviceRoutes, type DirectRoute, type Route } from '../../../shared/model/route.ts';
import { icons } from '../../icons.ts';
import { t } from '../../messages/translate.ts';

const optionOf = <R extends Exclude<Route, DirectRoute>>(value: R) => ({
  value,
  title: t(`upload.route.${value}.title`),
  text: t(`upload.route.${value}.text`),
  icon: icons[value],
  testId: `route-${value}`,
});

/** The ways rows travel, to choose from; past the service they go from the command line. */
export const routeOptions = serviceRoutes.map(optionOf);

/** Those that a watched folder has. */
export const folderRouteOptions = serviceRoutes.map(optionOf);

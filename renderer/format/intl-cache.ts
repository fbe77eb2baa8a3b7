/** Formats of the locale, made once each: making one takes longer than a hundred uses of it. */
const numbers = new Map<string, Intl.NumberFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();

export const locale = (): string => (typeof navigator === 'undefined' ? 'en' : navigator.language);

const cached = <F>(formats: Map<string, F>, options: object, make: () => F): F => {
  const key = `${locale()} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = make();
  formats.set(key, made);
  return made;
};

export const numberFormat = (options: Intl.NumberFormatOptions): Intl.NumberFormat =>
  cached(numbers, options, () => new Intl.NumberFormat(locale(), options));

export const dateFormat = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  cached(dates, options, () => new Intl.DateTimeFormat(locale(), options));

/** Patterns people's files have, the most exact first; date and month order both ways. */
const dateForms = [
  'uuuu-MM-dd',
  'uuuu/MM/dd',
  'uuuuMMdd',
  'uuuu.MM.dd',
  'dd.MM.uuuu',
  'd.M.uuuu',
  'dd/MM/uuuu',
  'MM/dd/uuuu',
  'd/M/uuuu',
  'M/d/uuuu',
  'dd-MM-uuuu',
  'MM-dd-uuuu',
  'dd-MMM-uuuu',
  'd MMM uuuu',
  'MMM d uuuu',
];
const timeForms = [
  ' HH:mm:ss.SSS',
  ' HH:mm:ss',
  ' HH:mm',
  ' HH:mm:ss.SSSSSS',
  ' H:mm:ss',
  ' H:mm',
  ' hh:mm:ss a',
  ' h:mm:ss a',
  ' h:mm a',
  "'T'HH:mm:ss",
  '',
];
const named = [
  'ISO_DATE_TIME',
  'RFC_1123_DATE_TIME',
  'EEE MMM dd HH:mm:ss uuuu',
  'uuuuMMddHHmmss',
  'uuuu-MM-dd HH:mm:ssXXX',
  'uuuu-MM-dd HH:mm:ss.SSSXXX',
  'uuuu-MM-dd HH:mm:ss VV',
];
export const timestampForms: readonly string[] = [...named, ...dateForms.flatMap((date) => timeForms.map((time) => date + time))];

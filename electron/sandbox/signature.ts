/**
 * Verifies AWS Signature Version 4, header form, written from the specification alone
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html). Shares nothing with the signer of the engine.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalHeader, canonicalPath, canonicalQuery, headerValues, type HeaderPairs } from './canonical-request.ts';

export const signingAlgorithm = 'AWS4-HMAC-SHA256';
const maxSkewMs = 5 * 60_000;

/** What the verifier may know about an access key: temporary credentials have a session token that must come along. */
export interface KnownCredentials {
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SignatureOptions {
  /** Lower-case names of headers that must be signed when the request has them; `host` and `x-amz-date` always must. */
  readonly signedWhenPresent: readonly string[];
}

/** What Fineo asks for (fineo-api.md, Authentication). */
export const fineoSignatureOptions: SignatureOptions = { signedWhenPresent: ['x-api-key', 'content-type', 'x-amz-security-token'] };

export interface SignedMessage {
  readonly method: string;
  /** Path and query as they stood in the request line. */
  readonly rawPath: string;
  /** Names in any case, in the order they came, repeated ones repeated. */
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
  readonly service: string;
  readonly region: string;
  readonly credentialsFor: (accessKeyId: string) => KnownCredentials | undefined;
  /** The clock of the verifier, milliseconds since the epoch. */
  readonly nowMs: number;
  readonly options?: SignatureOptions;
}

/** Why a request was refused; `errorType` and `message` are those of API Gateway. */
export interface SignatureRefusal {
  readonly kind: 'refused';
  readonly errorType:
    'MissingAuthenticationTokenException' | 'IncompleteSignatureException' | 'InvalidSignatureException' | 'UnrecognizedClientException';
  readonly message: string;
}

/** The texts that were compared, for whoever has to find out why they differ. They contain header values, so they are no log matter. */
export interface SignatureWorkings {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly signature: string;
}

export type SignatureVerdict =
  | { readonly kind: 'verified'; readonly accessKeyId: string; readonly workings: SignatureWorkings }
  | (SignatureRefusal & { readonly workings?: SignatureWorkings });

const refused = (errorType: SignatureRefusal['errorType'], message: string): SignatureRefusal => ({ kind: 'refused', errorType, message });

const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Uint8Array | string, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** `kSigning` of the specification. `date` is `yyyyMMdd`. */
export const signingKey = (secretAccessKey: string, date: string, region: string, service: string): Buffer =>
  hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), service), 'aws4_request');

/** The signature as hex of a string to sign. */
export const signatureOf = (key: Uint8Array, stringToSign: string): string => hmac(key, stringToSign).toString('hex');

interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const parseAuthorization = (text: string): Authorization | SignatureRefusal => {
  if (!text.startsWith(`${signingAlgorithm} `)) {
    return refused('IncompleteSignatureException', `Unsupported AWS 'algorithm'. Authorization header requires '${signingAlgorithm}'.`);
  }
  const parts = new Map<string, string>();
  for (const part of text.slice(signingAlgorithm.length + 1).split(',')) {
    const equals = part.indexOf('=');
    if (equals > 0) parts.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  const [credential, signedHeaders, signature] = [parts.get('Credential'), parts.get('SignedHeaders'), parts.get('Signature')];
  if (!credential || !signedHeaders || !signature) {
    const missing = ['Credential', 'SignedHeaders', 'Signature'].filter((name) => !parts.get(name));
    return refused('IncompleteSignatureException', missing.map((name) => `Authorization header requires '${name}' parameter.`).join(' '));
  }
  const scope = credential.split('/');
  const [terminator, service, region, date] = [scope.pop(), scope.pop(), scope.pop(), scope.pop()];
  if (terminator !== 'aws4_request' || service === undefined || region === undefined || date === undefined || scope.length === 0) {
    return refused(
      'IncompleteSignatureException',
      'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/aws4_request.',
    );
  }
  return { accessKeyId: scope.join('/'), date, region, service, signedHeaders: signedHeaders.toLowerCase().split(';'), signature };
};

const parseAmzDate = (text: string): number | undefined => {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const instant = Date.parse(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`);
  return Number.isNaN(instant) ? undefined : instant;
};

const amzDate = (instantMs: number): string => new Date(instantMs).toISOString().replace(/[-:]|\.\d+/g, '');

const checkTime = (signedAtMs: number, nowMs: number): SignatureRefusal | undefined => {
  const [signed, now] = [amzDate(signedAtMs), amzDate(nowMs)];
  if (signedAtMs < nowMs - maxSkewMs) {
    const limit = amzDate(nowMs - maxSkewMs);
    return refused('InvalidSignatureException', `Signature expired: ${signed} is now earlier than ${limit} (${now} - 5 min.)`);
  }
  if (signedAtMs > nowMs + maxSkewMs) {
    const limit = amzDate(nowMs + maxSkewMs);
    return refused('InvalidSignatureException', `Signature not yet current: ${signed} is still later than ${limit} (${now} + 5 min.)`);
  }
  return undefined;
};

const checkScope = (authorization: Authorization, message: SignedMessage, date: string): SignatureRefusal | undefined => {
  if (authorization.region !== message.region) {
    return refused('InvalidSignatureException', `Credential should be scoped to a valid region, not '${authorization.region}'.`);
  }
  if (authorization.service !== message.service) {
    return refused('InvalidSignatureException', `Credential should be scoped to correct service: '${message.service}'.`);
  }
  if (authorization.date !== date.slice(0, 8)) {
    return refused(
      'InvalidSignatureException',
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${authorization.date}' != '${date.slice(0, 8)}', from '${date}'.`,
    );
  }
  return undefined;
};

const checkSignedHeaders = (authorization: Authorization, message: SignedMessage): SignatureRefusal | undefined => {
  const signed = new Set(authorization.signedHeaders);
  const wanted = (message.options ?? fineoSignatureOptions).signedWhenPresent.filter(
    (name) => headerValues(message.headers, name).length > 0,
  );
  const missing = ['host', 'x-amz-date', ...wanted].find((name) => !signed.has(name));
  if (missing !== undefined) {
    return refused('InvalidSignatureException', `'${missing}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
  const absent = authorization.signedHeaders.find((name) => headerValues(message.headers, name).length === 0);
  return absent === undefined
    ? undefined
    : refused('InvalidSignatureException', `The signed header '${absent}' is not a header of the request.`);
};

const splitTarget = (rawPath: string): readonly [path: string, query: string] => {
  const mark = rawPath.indexOf('?');
  return mark < 0 ? [rawPath, ''] : [rawPath.slice(0, mark), rawPath.slice(mark + 1)];
};

const computeSignature = (
  authorization: Authorization,
  message: SignedMessage,
  secretAccessKey: string,
  date: string,
): SignatureWorkings => {
  const [path, query] = splitTarget(message.rawPath);
  const names = [...authorization.signedHeaders].sort();
  const canonicalRequest = [
    message.method,
    canonicalPath(path),
    canonicalQuery(query),
    ...names.map((name) => `${name}:${canonicalHeader(message.headers, name)}`),
    '',
    names.join(';'),
    sha256(message.body),
  ].join('\n');
  const scope = `${authorization.date}/${authorization.region}/${authorization.service}/aws4_request`;
  const stringToSign = [signingAlgorithm, date, scope, sha256(canonicalRequest)].join('\n');
  const key = signingKey(secretAccessKey, authorization.date, authorization.region, authorization.service);
  return { canonicalRequest, stringToSign, signature: signatureOf(key, stringToSign) };
};

/** Compares in a time that does not depend on where the two differ. */
export const sameText = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

const tokenInvalid = (): SignatureRefusal =>
  refused('UnrecognizedClientException', 'The security token included in the request is invalid.');

/** Whether the request was signed by someone who has the secret of the access key it names, within five minutes, for this service. */
export function verifySignature(message: SignedMessage): SignatureVerdict {
  const header = headerValues(message.headers, 'authorization');
  const [text] = header;
  if (text === undefined || header.length !== 1) return refused('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const authorization = parseAuthorization(text);
  if ('kind' in authorization) return authorization;
  const [date = ''] = headerValues(message.headers, 'x-amz-date');
  const signedAtMs = parseAmzDate(date);
  if (signedAtMs === undefined) {
    return refused('IncompleteSignatureException', "Date must be in ISO-8601 'basic format', in the header 'X-Amz-Date'.");
  }
  const known = message.credentialsFor(authorization.accessKeyId);
  if (!known) return tokenInvalid();
  const [token] = headerValues(message.headers, 'x-amz-security-token');
  if (!sameText(token ?? '', known.sessionToken ?? '')) return tokenInvalid();
  const refusal =
    checkScope(authorization, message, date) ?? checkTime(signedAtMs, message.nowMs) ?? checkSignedHeaders(authorization, message);
  if (refusal) return refusal;
  const workings = computeSignature(authorization, message, known.secretAccessKey, date);
  if (!sameText(workings.signature, authorization.signature)) {
    return {
      ...refused(
        'InvalidSignatureException',
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      ),
      workings,
    };
  }
  return { kind: 'verified', accessKeyId: authorization.accessKeyId, workings };
}

/** Answers as API Gateway and the service behind it give them (fineo-api.md, Authentication). */

export interface Answer {
  readonly status: number;
  /** Sent as JSON; undefined: no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body names the request, as the service's own errors do. */
  readonly namesRequest?: boolean;
}

export const ok = (body: unknown = {}): Answer => ({ status: 200, body });

/** From the service; its `request-id` is added when it is sent. */
export const serviceError = (status: number, message: string): Answer => ({
  status,
  body: { type: status === 404 ? 'NotFoundException' : 'BadRequestException', message },
  namesRequest: true,
});

export const badRequest = (message: string): Answer => serviceError(400, message);
export const notFound = (message: string): Answer => serviceError(404, message);

/** From the gateway. */
export const gatewayError = (status: number, message: string, errorType: string): Answer => ({
  status,
  body: { message },
  headers: { 'x-amzn-ErrorType': errorType },
});

/** What the gateway says for a path or method that it does not know. */
export const unknownOperation = (): Answer => gatewayError(403, 'Missing Authentication Token', 'MissingAuthenticationTokenException');
export const apiKeyRefused = (): Answer => gatewayError(403, 'Forbidden', 'ForbiddenException');
export const tooManyRequests = (): Answer => gatewayError(429, 'Too Many Requests', 'TooManyRequestsException');
export const requestTooLong = (): Answer => gatewayError(413, 'Request Too Long', 'RequestTooLargeException');
export const internalError = (): Answer => gatewayError(500, 'Internal server error', 'InternalServerErrorException');

/** A device may use the stream alone. */
export const notAuthorized = (accessKeyId: string, region: string, path: string): Answer => ({
  status: 403,
  body: {
    Message: `User: ${accessKeyId} is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:${region}:sandbox${path}`,
  },
  headers: { 'x-amzn-ErrorType': 'AccessDeniedException' },
});

const statusMessages: Readonly<Record<number, readonly [message: string, errorType: string]>> = {
  400: ['Bad Request', 'BadRequestException'],
  401: ['Unauthorized', 'UnauthorizedException'],
  403: ['Forbidden', 'ForbiddenException'],
  404: ['Not Found', 'NotFoundException'],
  413: ['Request Too Long', 'RequestTooLargeException'],
  429: ['Too Many Requests', 'TooManyRequestsException'],
  500: ['Internal server error', 'InternalServerErrorException'],
  502: ['Internal server error', 'InternalServerErrorException'],
  503: ['Service Unavailable', 'ServiceUnavailableException'],
  504: ['Endpoint request timed out', 'InternalServerErrorException'],
};

/** What the gateway says with a status, for a fault. */
export const statusAnswer = (status: number, retryAfterSeconds?: number): Answer => {
  const [message, errorType] = statusMessages[status] ?? ['Error', 'UnknownException'];
  const answer = gatewayError(status, message, errorType);
  return retryAfterSeconds === undefined ? answer : { ...answer, headers: { ...answer.headers, 'Retry-After': String(retryAfterSeconds) } };
};

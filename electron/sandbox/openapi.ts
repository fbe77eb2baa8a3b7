/** The OpenAPI 3.1 description of everything the sandbox answers, made from the table of operations and their zod schemas. */
import { z } from 'zod';
import { operations, pathOf, type Operation } from './operations.ts';
import { errorAnswerSchema } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io });
  return rest;
};

const content = (schema: Json): Json => ({ 'application/json': { schema } });
const errorReference = { $ref: '#/components/schemas/Error' };
const requestIdHeader = { 'x-amzn-RequestId': { $ref: '#/components/headers/RequestId' } };

const errorTexts: Readonly<Record<number, string>> = {
  400: 'The request is refused as a whole.',
  403: 'API key, signature, clock or permission are wrong, or there is no such operation.',
  404: 'There is no such thing.',
  413: 'The body is over 10 MB.',
  429: 'Too many requests; Retry-After may say how long to wait.',
  500: 'The service failed.',
  504: 'The service did not answer in time; the request may have been carried out.',
};

const errorAnswers = (statuses: readonly number[]): Json =>
  Object.fromEntries(
    statuses.map((status) => [
      String(status),
      {
        description: errorTexts[status] ?? 'An error.',
        headers: status === 429 ? { ...requestIdHeader, 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } : requestIdHeader,
        content: content(errorReference),
      },
    ]),
  );

const pathParameters = (operation: Operation): Json[] =>
  [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1 },
  }));

const queryParameters = (operation: Operation): Json[] =>
  Object.entries(operation.query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !z.safeParse(schema as z.ZodType, undefined).success,
    schema: jsonSchema(schema as z.ZodType, 'output'),
  }));

const signatureHeaders: readonly Json[] = [
  { name: 'X-Amz-Date', in: 'header', required: true, description: 'Time of the signature, yyyyMMddTHHmmssZ.', schema: { type: 'string' } },
  { name: 'X-Amz-Security-Token', in: 'header', required: false, description: 'For temporary credentials.', schema: { type: 'string' } },
];

const answerHeaders = (operation: Operation): Json =>
  Object.fromEntries(
    Object.entries(operation.answerHeaders ?? {}).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );

const describe = (operation: Operation): Json => {
  const isService = operation.api !== 'sandbox';
  const parameters = [...pathParameters(operation), ...queryParameters(operation), ...(isService ? signatureHeaders : [])];
  const always = isService ? [403, 413, 429, 500, 504] : [403, 413, 500];
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.api],
    security: [isService ? { apiKey: [], sigv4: [] } : { apiKey: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.body ? { requestBody: { required: true, content: content(jsonSchema(operation.body, 'input')) } } : {}),
    responses: {
      '200': {
        description: 'Done.',
        headers: { ...requestIdHeader, ...answerHeaders(operation) },
        content: content(jsonSchema(operation.answer, 'output')),
      },
      ...errorAnswers([...operation.errors, ...always].sort((a, b) => a - b)),
    },
  };
};

/** `root`: where the server is, for the copy that it serves itself. */
export function openApiDocument(root = 'http://127.0.0.1:{port}'): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const path = (paths[pathOf(operation)] ??= {});
    path[operation.method.toLowerCase()] = describe(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Fineo ingest and schema API',
      version: '1',
      description: 'As the embedded sandbox of Fineo Uploader speaks it. The paths below /sandbox/ are the sandbox’s own.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [root.includes('{') ? { url: root, variables: { port: { default: '8080' } } } : { url: root }],
    tags: ['stream', 'batch', 'schema', 'sandbox'].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Error: jsonSchema(errorAnswerSchema, 'output') },
      headers: {
        RequestId: { description: 'Names the request.', schema: { type: 'string' } },
        RetryAfter: { description: 'Seconds to wait.', schema: { type: 'string' } },
      },
      securitySchemes: {
        apiKey: { type: 'apiKey', name: 'x-api-key', in: 'header' },
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4, service execute-api; host, x-amz-date, x-api-key and content-type are signed.',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
    },
  };
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Place } from '../aws/call.ts';

/** The IAM caller that an `AWS_IAM` route passes on. */
export type HttpCaller = { readonly userId: string; readonly userArn: string; readonly accessKeyId: string };

export type MatchedRoute = {
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly requiresIam: boolean;
  readonly apiId: string;
};

const TEXT_TYPES = /^(text\/|application\/(json|javascript|xml|problem\+json|[\w.-]+\+(json|xml)))/;

/** API Gateway hands a body on as text only for types that are text, and never an encoded one. */
function isText(request: IncomingMessage): boolean {
  const type = String(request.headers['content-type'] ?? '');
  return request.headers['content-encoding'] === undefined && TEXT_TYPES.test(type);
}

/** Lower-case names, repeated headers joined with a comma; cookies apart. */
function headersOf(request: IncomingMessage): Record<string, string> {
  const joined: Record<string, string> = Object.create(null);
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = String(request.rawHeaders[i]).toLowerCase();
    const value = String(request.rawHeaders[i + 1]);
    if (name === 'cookie' || name === 'connection' || name === 'transfer-encoding') continue;
    joined[name] = name in joined ? `${joined[name]},${value}` : value;
  }
  return {
    ...joined,
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '443',
  };
}

function queryOf(rawQuery: string): Record<string, string> | undefined {
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value;
  }
  return rawQuery === '' ? undefined : parameters;
}

function commonLogTime(at: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

/** A part of a path, percent-decoded; one with a broken escape as it is. */
export function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * Builds the event of payload format 2.0 for a request.
 *
 * `rawPath` is percent-decoded, as an HTTP API (unlike a function URL) hands it on.
 */
export function httpEvent(
  request: IncomingMessage,
  body: Buffer,
  route: MatchedRoute,
  caller: HttpCaller,
  place: Place,
): Record<string, unknown> {
  const [path = '/', rawQueryString = ''] = (request.url ?? '/').split('?');
  const cookies = request.headers.cookie?.split(/;\s*/);
  const query = queryOf(rawQueryString);
  const now = new Date();
  const domainName = request.headers.host ?? 'localhost';
  const asText = isText(request);
  const iam = {
    accessKey: caller.accessKeyId,
    accountId: place.accountId,
    callerId: caller.userId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: caller.userArn,
    userId: caller.userId,
  };
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: decoded(path),
    rawQueryString,
    ...(cookies === undefined ? {} : { cookies }),
    headers: headersOf(request),
    ...(query === undefined ? {} : { queryStringParameters: query }),
    ...(Object.keys(route.pathParameters).length === 0 ? {} : { pathParameters: route.pathParameters }),
    requestContext: {
      accountId: place.accountId,
      apiId: route.apiId,
      ...(route.requiresIam ? { authorizer: { iam } } : {}),
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method: request.method,
        path: decoded(path),
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route.routeKey,
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString(asText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !asText,
  };
}

import { randomBytes } from 'node:crypto';
import type { Identity, Place } from '../aws/call.ts';
import type { FunctionSettings } from './function-settings.ts';
import type { HttpCaller } from './http-event.ts';

/** The access key of whoever runs the world: everything is allowed to it. */
export const OPERATOR_ACCESS_KEY_ID = 'operator';

/** Their unique id in IAM. */
export const OPERATOR_USER_ID = 'AIDALOCALOPERATOR0001';

export type Identities = {
  /** The functions come after the endpoints listen: their environment names the endpoints. */
  addFunctions(functions: readonly FunctionSettings[]): void;
  identify(accessKeyId: string): Identity | undefined;
  /** The secret of an access key, made for this run and this identity; undefined for a key of nobody. */
  secretOf(accessKeyId: string): string | undefined;
  /** The person behind an access key; undefined for a function or nobody. */
  callerOf(accessKeyId: string): HttpCaller | undefined;
};

/** Everybody who may call something: the operator, the people a test names, and every function under its role. */
export function createIdentities(place: Place, people: readonly HttpCaller[]): Identities {
  const operator: HttpCaller = {
    accessKeyId: OPERATOR_ACCESS_KEY_ID,
    userId: OPERATOR_USER_ID,
    userArn: `arn:aws:iam::${place.accountId}:user/operator`,
  };
  const callers = new Map([operator, ...people].map((person) => [person.accessKeyId, person]));
  const identities = new Map<string, Identity>();
  const secrets = new Map<string, string>();
  function add(identity: Identity): void {
    identities.set(identity.accessKeyId, identity);
    secrets.set(identity.accessKeyId, randomBytes(30).toString('base64url'));
  }
  for (const { accessKeyId, userId, userArn } of callers.values()) {
    const identity = { accessKeyId, functionId: undefined, userId, principalArn: userArn };
    add({ ...identity, statements: 'all' });
  }
  return {
    addFunctions(functions) {
      for (const { id, name, role } of functions) {
        if (identities.has(id)) throw new Error(`two functions (or a caller) are called ${id}`);
        const userId = `${role.roleId}:${name}`;
        const identity = { accessKeyId: id, functionId: id, userId, principalArn: role.arn };
        add({ ...identity, statements: role.statements });
      }
    },
    identify: (accessKeyId) => identities.get(accessKeyId),
    secretOf: (accessKeyId) => secrets.get(accessKeyId),
    callerOf: (accessKeyId) => callers.get(accessKeyId),
  };
}

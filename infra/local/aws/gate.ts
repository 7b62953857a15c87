import { AwsError, ConnectionReset } from './aws-error.ts';
import type { Call, Identity, Tap, TapAnswer } from './call.ts';
import { isAllowed, isDenied, type Permission, type Statement } from './iam-policy.ts';
import type { WireRequest } from './signature.ts';
import type { Verify } from './verify-signature.ts';

export type Pass = { readonly call: Call; readonly identity: Identity };

export type Gate = {
  /** Proves who signed the request, asks the role and the `before` taps; throws the refusal. */
  admit(request: WireRequest, call: Omit<Call, 'functionId' | 'workerId'>): Promise<Pass>;
  /** The `after` taps; throws when one of them loses the answer. */
  settle(pass: Pass): Promise<void>;
};

export type GateOptions = {
  readonly verify: Verify;
  identify(accessKeyId: string): Identity | undefined;
  requiredPermissions(call: Call): readonly Permission[];
  /** The explicit denials of key, queue and bucket policies; they bind the operator too. */
  denials(): readonly Statement[];
  readonly taps: readonly Tap[];
  /** The function of a running sandbox; undefined for one that is gone or never was. */
  functionOf(workerId: string): string | undefined;
};

/** The refusal that IAM words for a caller whose policies do not allow an action. */
export function accessDenied(identity: Identity, permission: Permission): AwsError {
  const who = `${identity.functionId ?? identity.accessKeyId} (${identity.userId})`;
  const detail = Object.entries(permission.context)
    .map(([key, values]) => `${key}=${values.join(',')}`)
    .join(' ');
  return new AwsError(
    'AccessDeniedException',
    `User: ${who} is not authorized to perform: ${permission.action} on resource: ${permission.resource} ` +
      `because no policy allows the ${permission.action} action${detail && ` [${detail}]`}`,
    403,
  );
}

function obey(answer: TapAnswer): void {
  if (answer === undefined || answer === null) return;
  if (answer.fail === 'reset') throw new ConnectionReset('a tap broke the connection');
  throw new AwsError(answer.fail.code, answer.fail.message ?? 'injected by a tap', answer.fail.status ?? 500);
}

/**
 * Every emulated service asks this before it acts.
 *
 * A call whose sandbox died while a `before` tap was awaited is not performed: that is what lets a test kill a worker
 * exactly between two effects.
 */
export function createGate(options: GateOptions): Gate {
  function authorize(identity: Identity, permission: Permission): void {
    const context = {
      'aws:SecureTransport': ['true'],
      // Services of AWS deliver past this door.
      'aws:PrincipalIsAWSService': ['false'],
      'aws:PrincipalArn': [identity.principalArn],
      ...permission.context,
    };
    const { statements } = identity;
    const allowed = statements === 'all' || isAllowed(statements, { ...permission, context });
    if (!allowed || isDenied(options.denials(), { ...permission, context })) {
      throw accessDenied(identity, permission);
    }
  }

  /** A function signs with the token of a sandbox of its own, a person with none. */
  function isTokenOf({ functionId }: Identity, token: string | undefined): boolean {
    if (functionId === undefined || token === undefined)
      return functionId === undefined && token === undefined;
    return [functionId, undefined].includes(options.functionOf(token));
  }

  async function runTaps(call: Call, phase: 'before' | 'after'): Promise<void> {
    for (const tap of options.taps) obey(await tap({ ...call, phase }));
    if (call.workerId !== undefined && options.functionOf(call.workerId) === undefined) {
      throw new ConnectionReset('the calling sandbox is gone');
    }
  }

  return {
    async admit(request, called) {
      const signer = await options.verify(called.service, request);
      const identity = options.identify(signer.accessKeyId);
      if (identity === undefined || !isTokenOf(identity, signer.sessionToken))
        throw new AwsError('InvalidClientTokenId', 'The security token of the request is invalid.', 403);
      // Whoever was given a presigned address sends it, long after its sandbox perhaps.
      const workerId = signer.isPresigned ? undefined : signer.sessionToken;
      const call: Call = { ...called, functionId: identity.functionId, workerId };
      for (const permission of options.requiredPermissions(call)) authorize(identity, permission);
      await runTaps(call, 'before');
      return { call, identity };
    },
    settle: (pass) => runTaps(pass.call, 'after'),
  };
}

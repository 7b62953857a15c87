import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { FunctionName } from '../../shared/contracts/environment.ts';

/** The functions that may sign: payments and sign-ins, with one key. */
export const signers = ['payer', 'poll'] as const;
type Signer = (typeof signers)[number];

export const isSigner = (name: FunctionName): name is Signer =>
  (signers as readonly FunctionName[]).includes(name);

/**
 * The name of a role that may sign. It is ours, and not CloudFormation's, so that the key's policy can say it before the
 * role is there, whatever the stack is called. Roles are the account's: a deployment in another region has others.
 */
export const signerRoleName = (scope: Construct, deployment: string, signer: Signer): string =>
  `${deployment}-${Stack.of(scope).region}-${signer}`;

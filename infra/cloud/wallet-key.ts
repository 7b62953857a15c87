import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { signerRoleName, signers } from './signers.ts';

/**
 * The key of one wallet. Its account administers it; nobody but the two roles of the deployment signs with it, whoever
 * else is allowed to, and nobody is granted it.
 * @param edition 1 for the first; a later one lies beside those before it, which are kept
 * @param deployment its name
 */
export function walletKey(scope: Construct, edition: number, deployment: string): Key {
  const { account, partition } = Stack.of(scope);
  const key = new Key(scope, edition === 1 ? 'Wallet' : `Wallet${edition}`, {
    description: 'The wallet that pays for pictures. Its deletion loses what it holds.',
    keySpec: KeySpec.ECC_SECG_P256K1,
    keyUsage: KeyUsage.SIGN_VERIFY,
    removalPolicy: RemovalPolicy.RETAIN,
    pendingWindow: Duration.days(30),
  });
  // The roles may live in another stack, which needs this one: they are known here by the names they will get.
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'NobodyElseSigns',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['kms:Sign'],
      resources: ['*'],
      conditions: {
        ArnNotEquals: {
          'aws:PrincipalArn': signers.map(
            (signer) => `arn:${partition}:iam::${account}:role/${signerRoleName(scope, deployment, signer)}`,
          ),
        },
      },
    }),
  );
  // A grant would be a way to sign that no policy shows.
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'NobodyGrants',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['kms:CreateGrant'],
      resources: ['*'],
    }),
  );
  return key;
}

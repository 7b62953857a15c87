import { signedHeaderOf } from '../../functions/signed-header.ts';
import type { Authorization } from '../../shared/core/authorization.ts';
import { transactionOf } from '../../shared/core/job-money.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { withdrawalSchema } from '../../shared/core/withdrawal.ts';
import {
  chainIdOf,
  type TransferCall,
  transferCall,
  transferSignature,
} from '../../shared/protocol/eip3009.ts';
import { facts } from './booth-command.ts';
import { coinbooth } from './program.ts';

/** A withdrawal as it stands, and while it is open, everything that whoever submits it needs. */
export interface WithdrawalView {
  readonly jobId: string;
  readonly state: 'asked' | 'signed' | 'settled' | 'dead' | 'refused';
  readonly usd: string;
  readonly amountAtomic: string;
  readonly network: string;
  readonly asset: string;
  readonly treasury?: string | undefined;
  /** Until when it can be submitted. */
  readonly validUntil?: string | undefined;
  readonly authorization?: Authorization | undefined;
  /** 65 bytes, r ‖ s ‖ v. */
  readonly signature?: string | undefined;
  readonly call?: (TransferCall & { readonly chainId: number }) | undefined;
  /** For a shell, with Foundry's `cast`. */
  readonly cast?: string | undefined;
  readonly transaction?: string | undefined;
  readonly blockNumber?: number | undefined;
  readonly reason?: string | undefined;
}

type Booth = Parameters<typeof signedHeaderOf>[0];

/** Looks at a withdrawal's job, and at its authorization while that is open. */
export async function viewWithdrawal(booth: Booth, job: Job): Promise<WithdrawalView> {
  const { network, asset, amountAtomic } = withdrawalSchema.parse(JSON.parse(job.body));
  const { purchase, proof } = job;
  const state = stateOf(job);
  return {
    jobId: job.jobId,
    state,
    usd: formatUsd(amountAtomic, purchase?.decimals ?? 6),
    amountAtomic,
    network,
    asset,
    treasury: purchase?.payTo,
    ...(state === 'signed' && (await openView(booth, job))),
    ...(state === 'settled' && transactionOf(job)),
    blockNumber: proof?.blockNumber,
    reason: job.end?.reason?.message,
  };
}

function stateOf({ status, end }: Job): WithdrawalView['state'] {
  if (!end) return status === 'authorized' ? 'signed' : 'asked';
  return status === 'delivered' ? 'settled' : status === 'unpaid' ? 'dead' : 'refused';
}

async function openView(booth: Booth, job: Job): Promise<Partial<WithdrawalView>> {
  const { authorization } = (await booth.ledger.readAuthorization(job)) ?? {};
  const signature = await signedHeaderOf(booth, job);
  // Settled or dead since it was looked at, what was signed is erased.
  if (!authorization || authorization.rail === 'tempo' || signature === undefined) return {};
  const call = { chainId: chainIdOf(authorization.network), ...transferCall(authorization, signature) };
  return {
    authorization,
    signature,
    validUntil: new Date(authorization.validBefore * 1000).toISOString(),
    call,
    cast:
      `cast send ${call.to} "${transferSignature}" ${call.args.join(' ')}` +
      ` --chain ${call.chainId} --rpc-url "$ETH_RPC_URL" --account "$ACCOUNT"`,
  };
}

/** A withdrawal in lines for a person: what it is, and what there is to do. @param now Unix milliseconds */
export function describeWithdrawal(view: WithdrawalView, now: number): string[] {
  const { call, authorization, cast } = view;
  const isOver = authorization !== undefined && now >= authorization.validBefore * 1000;
  const [, , , , , , v, r, s] = call?.args ?? [];
  return [
    ...facts({
      withdrawal: view.jobId,
      state: view.state,
      amount: `${view.usd} of ${view.asset} on ${view.network}`,
      from: authorization?.from,
      to: view.treasury && `${view.treasury}, the treasury`,
      until: view.validUntil,
      ...(authorization && {
        value: authorization.value,
        validAfter: String(authorization.validAfter),
        validBefore: String(authorization.validBefore),
        nonce: authorization.nonce,
      }),
      v,
      r,
      s,
      transaction: view.transaction,
      block: view.blockNumber?.toString(),
      reason: view.reason,
    }),
    ...(call && cast && !isOver
      ? ['', `call data, for ${call.to} on chain ${call.chainId}:`, call.data, '', cast]
      : []),
    '',
    isOver
      ? 'Its time is over. What it holds is given back when a final block shows that it was not used.'
      : nextOf[view.state](view),
  ];
}

const nextOf: Readonly<Record<WithdrawalView['state'], (view: WithdrawalView) => string>> = {
  asked: ({ jobId }) => `It is not signed yet; look again: ${coinbooth} wallet withdrawal ${jobId}`,
  signed: ({ jobId }) =>
    'Nobody is sent it: submit it from any account with gas on that chain. It can pay the treasury and nobody else, once. ' +
    `What became of it, a final block says: ${coinbooth} wallet withdrawal ${jobId}`,
  settled: () => 'It is settled, as a final block shows, and in the books.',
  dead: () => 'It was not submitted in time: nothing was moved, and what it held is given back.',
  refused: () => 'Nothing was signed.',
};

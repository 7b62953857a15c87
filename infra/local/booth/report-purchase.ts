import { relative, resolve } from 'node:path';
import { formatUsd } from '../../../shared/core/money.ts';
import { type Ended, savePicture } from './buy-picture.ts';
import { findSettlement } from './find-settlement.ts';
import type { Booth } from './open-booth.ts';

/** What came of one job: the line that `--json` prints. */
export interface Purchase {
  readonly jobId: string;
  readonly status: string;
  readonly money: string;
  /** Absolute path of the picture, with what its bytes say. */
  readonly file?: string;
  readonly sha256?: string;
  readonly bytes?: number;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly format?: string;
  readonly mismatch?: readonly string[];
  readonly amountAtomic?: string;
  readonly network?: string;
  readonly asset?: string;
  readonly transaction?: string;
  /** `chain`: we saw it in a block; `seller`: the seller says so. */
  readonly transactionSeenBy?: 'chain' | 'seller';
  readonly reason?: { readonly name: string; readonly message: string };
  readonly event: { readonly id: string; readonly detailType: string };
}

/**
 * Saves the picture of an ended job and looks its settlement up.
 * @param rpcUrl of a node of the seller's chain, where there is one to ask
 */
export async function reportPurchase(
  booth: Booth,
  { detail, detailType }: Ended,
  folder: string,
  rpcUrl: string | undefined,
): Promise<Purchase> {
  const { payment, asset, reason, jobId, status, money } = detail;
  const settlement = payment && (await findSettlement(booth, payment, rpcUrl));
  const file = await savePicture(booth.world, detail, folder);
  return {
    jobId,
    status,
    money,
    ...(file !== undefined && { file: resolve(file) }),
    ...(asset && {
      sha256: asset.sha256,
      bytes: asset.bytes,
      width: asset.width,
      height: asset.height,
      format: asset.format,
      mismatch: asset.mismatch,
    }),
    ...(payment && {
      amountAtomic: payment.amountAtomic,
      network: payment.network,
      asset: payment.asset,
    }),
    ...(settlement && { transaction: settlement.transaction, transactionSeenBy: settlement.source }),
    ...(reason && { reason }),
    event: { id: detail.id, detailType },
  };
}

/** The same for people: one fact a line. */
export function describePurchase(purchase: Purchase, decimals: number): string {
  const { file, transaction, amountAtomic, event } = purchase;
  const size = `${purchase.width} × ${purchase.height} ${purchase.format}, ${purchase.bytes} bytes`;
  const seen = purchase.transactionSeenBy === 'chain' ? 'seen on the chain' : 'as the seller says';
  const facts = [
    ['picture', file === undefined ? `none: ${purchase.reason?.message}` : relative(process.cwd(), file)],
    ['size', file && size],
    ['price', amountAtomic === undefined ? 'nothing was signed' : formatUsd(amountAtomic, decimals)],
    ['settlement', transaction && `${transaction} (${seen})`],
    ['event', `${event.detailType} ${event.id}`],
  ];
  return facts.flatMap(([name, fact]) => (fact ? [`${name?.padEnd(11)} ${fact}`] : [])).join('\n');
}

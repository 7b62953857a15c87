import type { Suite } from '../suite.ts';
import { budget } from './budget/prove-budget.ts';
import { chain } from './chain/prove-chain.ts';
import { fuzz } from './fuzz/prove-fuzz.ts';
import { kms } from './kms/prove-kms.ts';
import { leak } from './leak/prove-leak.ts';
import { ledger } from './ledger/prove-ledger.ts';

/** The suites of what lies at the edges: strangers' bytes, the chain, KMS, the store, and what must not get out. */
export const edgeSuites: readonly Suite[] = [fuzz, chain, kms, ledger, budget, leak];
